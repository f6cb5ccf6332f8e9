//! `str.format` and `str.format_map`.

use crate::builtins::str::receiver;
use crate::native::Arguments;
use crate::ops::format::FieldSource;
use crate::pure::str_format::Numbering;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_methods(Type::Str, &[("format", format), ("format_map", format_map)])
}

/// Fields from the arguments of a call.
struct CallFields<'a>(Arguments<'a>);

impl FieldSource for CallFields<'_> {
    fn position(&mut self, vm: &mut Vm, position: usize) -> Result<Value, Raised> {
        match self.0.positional().get(position) {
            Some(value) => Ok(value.increment()),
            None => Err(vm.raise(
                Type::IndexError,
                &format!("Replacement index {position} out of range for positional args tuple"),
            )),
        }
    }

    fn name(&mut self, vm: &mut Vm, name: &str) -> Result<Value, Raised> {
        match self
            .0
            .keywords()
            .find(|&(keyword, _)| vm.text(keyword) == name)
        {
            Some((_, value)) => Ok(value.increment()),
            None => Err(vm.raise_key_error_for(name)),
        }
    }
}

/// Fields from a mapping.
struct MappingFields(Value);

impl FieldSource for MappingFields {
    fn position(&mut self, vm: &mut Vm, _position: usize) -> Result<Value, Raised> {
        Err(vm.raise_value_error("Format string contains positional fields"))
    }

    fn name(&mut self, vm: &mut Vm, name: &str) -> Result<Value, Raised> {
        let key = vm.new_str(name)?;
        let item = vm.get_item(self.0, key);
        vm.release(key);
        item
    }
}

fn format(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (template, rest) = receiver(vm, arguments, "format")?;
    let mut fields = CallFields(rest);
    // The template outlives the call: the caller holds it, and strings do not change.
    vm.build_text(|vm, text| {
        vm.push_template(
            text,
            template.as_str(),
            &mut fields,
            &mut Numbering::default(),
            1,
        )
    })
}

fn format_map(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (template, rest) = receiver(vm, arguments, "format_map")?;
    let [mapping] = rest.exactly::<1>(vm, "str.format_map")?;
    let mut fields = MappingFields(mapping);
    vm.build_text(|vm, text| {
        vm.push_template(
            text,
            template.as_str(),
            &mut fields,
            &mut Numbering::default(),
            1,
        )
    })
}
