//! Binding the arguments of a call to a function's parameters, and what does not fit.

use crate::code::Code;
use crate::interpreter::call::Call;
use crate::object::{Dict, Function, Obj, Str, Tuple};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// Fills the parameters' registers (all unset before): positional arguments, keywords,
    /// defaults, then the starred parameters. Takes a count of everything it stores.
    pub(super) fn bind_arguments(
        &mut self,
        function: Obj<Function>,
        code: &Code,
        registers: &mut [Value],
        call: Call<'_>,
    ) -> Result<(), Raised> {
        let parameters = code.parameters;
        let positional = parameters.positional as usize;
        let keyword_only = parameters.keyword_only as usize;
        let star = positional + keyword_only;
        let star_star = star + usize::from(parameters.varargs);
        let named = call.names.cast::<Tuple>().map_or(0, |names| names.length);
        let (plain, with_names) = call.arguments.split_at(call.arguments.len() - named);
        // 1. By position, the receiver in front; what is left over goes to `*args`.
        let received = usize::from(!call.receiver.is_unset());
        let given = received + plain.len();
        let mut room = registers[..positional].iter_mut();
        if received == 1
            && let Some(register) = room.next()
        {
            *register = call.receiver.increment();
        }
        for (register, value) in room.zip(plain) {
            *register = value.increment();
        }
        if parameters.varargs {
            registers[star] = if received > positional {
                self.new_tuple(&[&[call.receiver], plain].concat())?
            } else {
                self.new_tuple(plain.get(positional - received..).unwrap_or(&[]))?
            };
        } else if given > positional {
            return Err(self.raise_too_many(function, code, given));
        }
        if parameters.varkw {
            registers[star_star] = self.new_dict()?;
        }
        // 2. By name.
        if let Some(names) = call.names.cast::<Tuple>() {
            for (index, &value) in with_names.iter().enumerate() {
                let name = names.as_slice()[index];
                self.bind_keyword(code, registers, name, value, star, star_star)?;
            }
        }
        // 3. Defaults.
        self.bind_defaults(function, code, registers)
    }

    fn bind_keyword(
        &mut self,
        code: &Code,
        registers: &mut [Value],
        name: Value,
        value: Value,
        star: usize,
        star_star: usize,
    ) -> Result<(), Raised> {
        let parameters = code.parameters;
        let own: &[vm_bytecode::NameIndex] = &code.function().parameter_names;
        let program = code.program();
        // Names in a call are interned, as parameters' are: equal ones are identical. Those of a dict that
        // is passed need not be.
        let by_identity = (0..star).find(|&index| program.name(own[index]) == name);
        let found = by_identity.or_else(|| {
            let interned = name.object_unchecked().aux() & Str::INTERNED != 0;
            let text = self.text(name);
            let equal = |&index: &usize| self.text(program.name(own[index])) == text;
            (0..star).find(|index| !interned && equal(index))
        });
        match found {
            Some(index) if index >= parameters.positional_only as usize => {
                if !registers[index].is_unset() {
                    let message = format!(
                        "{}() got multiple values for argument '{}'",
                        self.text(code.qualified_name),
                        self.text(name)
                    );
                    return Err(self.raise_type_error(&message));
                }
                registers[index] = value.increment();
                Ok(())
            }
            _ if parameters.varkw => {
                let dict = Obj::<Dict>::of(registers[star_star].object_unchecked());
                self.dict_set(dict, name, value)
            }
            Some(_) => {
                let message = format!(
                    "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                    self.text(code.qualified_name),
                    self.text(name)
                );
                Err(self.raise_type_error(&message))
            }
            None => {
                let message = format!(
                    "{}() got an unexpected keyword argument '{}'",
                    self.text(code.qualified_name),
                    self.text(name)
                );
                Err(self.raise_type_error(&message))
            }
        }
    }

    fn bind_defaults(
        &mut self,
        function: Obj<Function>,
        code: &Code,
        registers: &mut [Value],
    ) -> Result<(), Raised> {
        let positional = code.parameters.positional as usize;
        let keyword_only = code.parameters.keyword_only as usize;
        if registers[..positional]
            .iter()
            .any(|register| register.is_unset())
        {
            if let Some(defaults) = function.defaults.cast::<Tuple>() {
                let defaults = defaults.as_slice();
                let first = positional.saturating_sub(defaults.len());
                let skipped = defaults.len().saturating_sub(positional);
                for (register, value) in registers[first..positional]
                    .iter_mut()
                    .zip(&defaults[skipped..])
                {
                    if register.is_unset() {
                        *register = value.increment();
                    }
                }
            }
            if registers[..positional]
                .iter()
                .any(|register| register.is_unset())
            {
                return Err(self.raise_missing(code, registers, 0..positional, "positional"));
            }
        }
        let range = positional..positional + keyword_only;
        if registers[range.clone()]
            .iter()
            .any(|register| register.is_unset())
        {
            if let Some(defaults) = function.keyword_defaults.cast::<Dict>() {
                for index in range.clone() {
                    if registers[index].is_unset() {
                        let name = code.program().name(code.function().parameter_names[index]);
                        if let Some(value) = self.dict_get(defaults, name)? {
                            registers[index] = value.increment();
                        }
                    }
                }
            }
            if registers[range.clone()]
                .iter()
                .any(|register| register.is_unset())
            {
                return Err(self.raise_missing(code, registers, range, "keyword-only"));
            }
        }
        Ok(())
    }

    #[cold]
    fn raise_missing(
        &mut self,
        code: &Code,
        registers: &[Value],
        range: core::ops::Range<usize>,
        what: &str,
    ) -> Raised {
        let names: Vec<String> = range
            .filter(|&index| registers[index].is_unset())
            .map(|index| {
                let name = code.program().name(code.function().parameter_names[index]);
                format!("'{}'", self.text(name))
            })
            .collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [all @ .., last] => format!("{}, and {last}", all.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        let message = format!(
            "{}() missing {} required {what} argument{plural}: {list}",
            self.text(code.qualified_name),
            names.len()
        );
        self.raise_type_error(&message)
    }

    #[cold]
    fn raise_too_many(&mut self, function: Obj<Function>, code: &Code, given: usize) -> Raised {
        let positional = code.parameters.positional as usize;
        let defaults = function
            .defaults
            .cast::<Tuple>()
            .map_or(0, |defaults| defaults.length);
        let takes = if defaults > 0 {
            format!(
                "from {} to {positional}",
                positional.saturating_sub(defaults)
            )
        } else {
            format!("{positional}")
        };
        let plural = if positional == 1 && defaults == 0 {
            ""
        } else {
            "s"
        };
        let were = if given == 1 { "was" } else { "were" };
        let message = format!(
            "{}() takes {takes} positional argument{plural} but {given} {were} given",
            self.text(code.qualified_name)
        );
        self.raise_type_error(&message)
    }
}
