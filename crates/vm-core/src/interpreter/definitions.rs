//! Instructions that make functions and classes, and the import of modules.

use crate::code::Code;
use crate::object::{Dict, Function, Module, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_bytecode::Member;

impl Vm {
    /// A function object for function `index` of the program; takes over the tuple of cells.
    pub(crate) fn make_function(
        &mut self,
        code: *const Code,
        index: u32,
        cells: Value,
    ) -> Result<Value, Raised> {
        // SAFETY: code lives as long as the machine.
        let program = unsafe { (*code).program() };
        let target = &program.codes[index as usize];
        let made = self.make(|header| Function {
            header,
            code: target,
            globals: program.namespace,
            name: target.name,
            qualified_name: target.qualified_name,
            free: cells,
            defaults: Value::UNSET,
            keyword_defaults: Value::UNSET,
            attributes: Value::UNSET,
        });
        match made {
            Ok(function) => {
                for value in [program.namespace, target.name, target.qualified_name] {
                    self.further(value);
                }
                Ok(function.value())
            }
            Err(raised) => {
                self.aside(|vm| vm.give_back(cells));
                Err(raised)
            }
        }
    }

    pub(crate) fn set_defaults(&mut self, function: Value, values: Value) -> Result<(), Raised> {
        let mut function = self.operand::<Function>(function)?;
        self.operand::<Tuple>(values)?;
        let former = core::mem::replace(&mut function.defaults, self.further(values));
        self.give_back(former);
        Ok(())
    }

    pub(crate) fn set_keyword_defaults(
        &mut self,
        function: Value,
        values: Value,
    ) -> Result<(), Raised> {
        let mut function = self.operand::<Function>(function)?;
        self.operand::<Dict>(values)?;
        let former = core::mem::replace(&mut function.keyword_defaults, self.further(values));
        self.give_back(former);
        Ok(())
    }

    /// A class after template `index` of the program.
    pub(crate) fn make_class(
        &mut self,
        code: *const Code,
        bases: Value,
        index: u32,
    ) -> Result<Value, Raised> {
        // SAFETY: code lives as long as the machine.
        let program = unsafe { (*code).program() };
        let template = &program.module.classes[index as usize];
        let bases = self.operand::<Tuple>(bases)?;
        let bases: Vec<Value> = bases.as_slice().to_vec();
        let slots: Option<Vec<Value>> = template
            .slots
            .as_ref()
            .map(|slots| slots.iter().map(|name| program.name(*name)).collect());
        let name = program.name(template.name);
        let class = self.new_class(name, &bases, slots.as_deref())?;
        let mut fill = || -> Result<(), Raised> {
            let module = self.module_name(program.namespace);
            self.set_class_module(class, module);
            for (name, member) in &template.members {
                let value = match member {
                    Member::Function(function) => {
                        self.make_function(code, function.0, Value::UNSET)?
                    }
                    Member::Constant(constant) => {
                        program.constants[constant.0 as usize].increment()
                    }
                };
                let stored = self.set_attribute(class, program.name(*name), value);
                self.give_back(value);
                stored?;
            }
            self.finish_class(class)
        };
        match fill() {
            Ok(()) => Ok(class),
            Err(raised) => {
                self.aside(|vm| vm.give_back(class));
                Err(raised)
            }
        }
    }

    fn module_name(&self, module: Value) -> Value {
        module
            .cast::<Module>()
            .map_or(Value::UNSET, |module| module.name)
    }

    /// A module by name. Owned.
    pub(crate) fn import(&mut self, code: *const Code, name: u32) -> Result<Value, Raised> {
        // SAFETY: code lives as long as the machine.
        let name = unsafe { (*code).program().names[name as usize] };
        let found = self
            .modules
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, module)| module);
        match found {
            Some(module) => Ok(self.further(module)),
            None => {
                let message = format!("No module named '{}'", self.text(name));
                Err(self.raise(Type::ModuleNotFoundError, &message))
            }
        }
    }
}
