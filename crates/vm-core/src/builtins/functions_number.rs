//! Built-in functions of numbers: `abs`, `divmod`, `pow`, `round`, `bin`, `oct`, `hex`.

use crate::native::Arguments;
use crate::ops::arithmetic::{BinaryOperator, UnaryOperator};
use crate::pure::integer_text;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the module `builtins`.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let builtins = vm.builtins;
    vm.define_functions(
        builtins,
        &[
            ("abs", abs),
            ("divmod", divmod),
            ("pow", pow),
            ("round", round),
            ("bin", bin),
            ("oct", oct),
            ("hex", hex),
        ],
    )
}

fn abs(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "abs")?;
    vm.unary(UnaryOperator::Abs, value)
}

fn divmod(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [left, right] = arguments.exactly::<2>(vm, "divmod")?;
    vm.binary(BinaryOperator::DivMod, left, right)
}

fn pow(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [base, exponent, modulus] = arguments.bind(vm, "pow", ["base", "exp", "mod"], 2, 3)?;
    if modulus.is_unset() || modulus.is_none() {
        return vm.binary(BinaryOperator::Pow, base, exponent);
    }
    vm.power_modulo(base, exponent, modulus)
}

fn round(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [number, digits] = arguments.bind(vm, "round", ["number", "ndigits"], 1, 2)?;
    vm.round(number, digits)
}

/// The text of an integer argument in a base, with its prefix.
fn in_base(vm: &mut Vm, arguments: Arguments<'_>, name: &str, base: u32) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, name)?;
    let index = vm.index(value)?;
    let text = index
        .number()
        .and_then(|number| Some(integer_text::to_prefixed_text(&*number.to_big()?, base)));
    vm.release(index);
    vm.new_str(&text.unwrap_or_default())
}

fn bin(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    in_base(vm, arguments, "bin", 2)
}

fn oct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    in_base(vm, arguments, "oct", 8)
}

fn hex(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    in_base(vm, arguments, "hex", 16)
}
