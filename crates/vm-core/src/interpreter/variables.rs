//! Globals, cells and unbound names, when the loop's fast path does not apply.

use crate::code::Code;
use crate::object::{Cell, Function, Generator, Module, Obj, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// A variable that lives in a cell, for messages.
#[derive(Clone, Copy)]
pub(crate) enum Variable {
    /// The cell is in this register of the code.
    Local(*const Code, u8),
    /// The cell is this free variable of the code.
    Free(*const Code, u16),
}

impl Vm {
    /// `UnboundLocalError` for a register.
    #[cold]
    pub(crate) fn raise_unbound(&mut self, code: *const Code, name: u32) -> Result<(), Raised> {
        // SAFETY: code lives as long as the machine.
        let name = unsafe { (*code).program().names[name as usize] };
        let message = format!(
            "cannot access local variable '{}' where it is not associated with a value",
            self.text(name)
        );
        Err(self.raise(Type::UnboundLocalError, &message))
    }

    /// `NameError` for a global.
    #[cold]
    pub(crate) fn raise_name(&mut self, name: Value) -> Result<(), Raised> {
        let message = format!("name '{}' is not defined", self.text(name));
        Err(self.raise_name_error(&message))
    }

    /// Stores an owned value in a global; returns the former one, owned.
    pub(crate) fn store_global(&mut self, code: *const Code, link: u32, value: Value) -> Value {
        // SAFETY: code lives as long as the machine.
        let program = unsafe { (*code).program() };
        let slot = program.globals[link as usize].slot as usize;
        let mut module = Obj::<Module>::of(program.namespace.object_unchecked());
        module.namespace.replace(slot, value)
    }

    pub(crate) fn delete_global(&mut self, code: *const Code, link: u32) -> Result<(), Raised> {
        let former = self.store_global(code, link, Value::UNSET);
        if former.is_unset() {
            // SAFETY: code lives as long as the machine.
            let name = unsafe { (*code).program().globals[link as usize].name };
            return self.raise_name(name);
        }
        self.give_back(former);
        Ok(())
    }

    /// The cell of a free variable of the running function, borrowed; `None` if a collection cleared
    /// the function. `make_closure` saw to it that a function that has free variables holds a tuple
    /// of cells, and the verifier to their number.
    #[inline(always)]
    pub(crate) fn free_cell(&mut self, index: u16) -> Option<Obj<Cell>> {
        let frame = self.frames.top();
        let function = if frame.kind.is_generator() {
            Obj::<Generator>::of(frame.extra.object_unchecked()).function
        } else {
            frame.function
        };
        let function = Obj::<Function>::of(function.object_unchecked());
        let cells = Obj::<Tuple>::of(function.free.as_object()?);
        let cell = cells.as_slice().get(index as usize)?.as_object()?;
        Some(Obj::of(cell))
    }

    /// The error of reading an empty cell, or something that is not a cell.
    #[cold]
    pub(crate) fn raise_empty_cell(
        &mut self,
        cell: Value,
        variable: Variable,
    ) -> Result<Value, Raised> {
        if cell.cast::<Cell>().is_none() && !cell.is_unset() {
            let message = format!("expected a cell, not '{}'", self.type_name(cell));
            return Err(self.raise_type_error(&message));
        }
        match variable {
            Variable::Free(code, index) => {
                // SAFETY: code lives as long as the machine.
                let name = free_name(unsafe { &*code }, index);
                Err(self.raise_name_error(&format!(
                    "cannot access free variable '{name}' where it is not associated with a \
                     value in enclosing scope"
                )))
            }
            Variable::Local(code, register) => {
                // SAFETY: code lives as long as the machine.
                let name = self.register_name(unsafe { &*code }, register);
                let message = format!(
                    "cannot access local variable '{name}' where it is not associated with a value"
                );
                Err(self.raise(Type::UnboundLocalError, &message))
            }
        }
    }

    /// The name of a register, as far as it is known: a parameter's, or one of the debug section.
    pub(crate) fn register_name(&self, code: &Code, register: u8) -> String {
        let parameters = &code.function().parameter_names;
        let register = register as usize;
        match parameters.get(register) {
            Some(&name) => self.text(code.program().name(name)).to_owned(),
            None => code
                .function_debug()
                .and_then(|debug| debug.register_names.get(register - parameters.len()))
                .filter(|name| !name.is_empty())
                .cloned()
                .unwrap_or_else(|| format!("r{register}")),
        }
    }

    pub(crate) fn delete_cell(&mut self, cell: Value, variable: Variable) -> Result<(), Raised> {
        match cell.cast::<Cell>() {
            Some(mut typed) if !typed.value.is_unset() => {
                let former = core::mem::replace(&mut typed.value, Value::UNSET);
                self.give_back(former);
                Ok(())
            }
            _ => self.raise_empty_cell(cell, variable).map(|_| ()),
        }
    }
}

/// The name of a free variable, as far as it is known.
fn free_name(code: &Code, index: u16) -> String {
    code.function_debug()
        .and_then(|debug| debug.free_names.get(index as usize).cloned())
        .unwrap_or_else(|| format!("{index}"))
}
