//! Native modules: what programs can import.

pub(crate) mod gc;
mod math;
mod math_float;
mod math_integer;
mod math_sum;
mod sys;
mod sys_output;
mod time;
mod weakref;

use crate::vm::{Raised, Vm};

pub(crate) use sys::update_arguments;

/// Makes every module of a new machine.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let builtins = vm.builtins;
    vm.register_module("builtins", builtins)?;
    gc::install(vm)?;
    math::install(vm)?;
    sys::install(vm)?;
    time::install(vm)?;
    weakref::install(vm)
}
