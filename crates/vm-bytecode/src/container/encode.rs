//! Module to bytes.

use super::{
    HEADER_BYTES, MAGIC, SECTION_ENTRY_BYTES, VERSION, constant_tag, function_flag, member_tag,
};
use crate::constant::Constant;
use crate::debug::Debug;
use crate::limits;
use crate::module::{ClassTemplate, Function, Member, Module, NameIndex};

/// Why a module has no binary form.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EncodeError {
    /// There is too much of something.
    #[error("{count} {what}, the limit is {limit}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How much there is.
        count: usize,
        /// How much may be.
        limit: usize,
    },
    /// A function's parameters and their names are not equally many.
    #[error("function {function} has {count} parameters, but {names} names for them")]
    ParameterNames {
        /// Index of the function.
        function: usize,
        /// How many parameters it has.
        count: usize,
        /// How many names.
        names: usize,
    },
    /// Tuple constants refer to later ones, or are too deep or too large.
    #[error("{message}")]
    Tuples {
        /// What is wrong.
        message: String,
    },
}

impl Module {
    /// The module's binary form, always the same for the same module.
    ///
    /// # Errors
    /// If the module exceeds a [limit](crate::limits), or does not fit together so far as the
    /// format relies on it. A verified module can only exceed the limits of sizes in bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        crate::verify::check_tuples(&self.constants)
            .map_err(|message| EncodeError::Tuples { message })?;
        let mut sections = vec![
            section(|out| out.names(&self.names))?,
            section(|out| out.constants(&self.constants))?,
            section(|out| out.functions(self))?,
            section(|out| out.classes(&self.classes))?,
        ];
        if let Some(debug) = &self.debug {
            sections.push(section(|out| out.debug(debug))?);
        }
        let contents: usize = sections.iter().map(Vec::len).sum();
        let mut offset = HEADER_BYTES + SECTION_ENTRY_BYTES * sections.len();
        check_limit(
            "bytes of module",
            offset + contents,
            limits::MAX_MODULE_BYTES,
        )?;

        let mut out = Writer {
            bytes: Vec::with_capacity(offset + contents),
        };
        out.bytes.extend(MAGIC);
        out.u16(VERSION.0);
        out.u16(VERSION.1);
        out.u32(0);
        out.u32(sections.len() as u32);
        for (index, section) in sections.iter().enumerate() {
            out.u32(index as u32 + 1);
            out.u32(offset as u32);
            out.u32(section.len() as u32);
            out.u32(crc32fast::hash(section));
            offset += section.len();
        }
        sections
            .iter()
            .for_each(|section| out.bytes.extend(section));
        Ok(out.bytes)
    }
}

type Written = Result<(), EncodeError>;

fn section(write: impl FnOnce(&mut Writer) -> Written) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer { bytes: Vec::new() };
    write(&mut writer)?;
    Ok(writer.bytes)
}

fn check_limit(what: &'static str, count: usize, limit: usize) -> Written {
    if count > limit {
        Err(EncodeError::Limit { what, count, limit })
    } else {
        Ok(())
    }
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    fn u16(&mut self, value: u16) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn count(&mut self, what: &'static str, count: usize, limit: usize) -> Written {
        check_limit(what, count, limit)?;
        self.u32(count as u32);
        Ok(())
    }

    fn blob(&mut self, bytes: &[u8]) -> Written {
        self.count("bytes", bytes.len(), limits::MAX_BLOB_BYTES)?;
        self.bytes.extend(bytes);
        Ok(())
    }

    fn texts(&mut self, what: &'static str, texts: &[String], limit: usize) -> Written {
        self.count(what, texts.len(), limit)?;
        texts.iter().try_for_each(|text| self.blob(text.as_bytes()))
    }

    fn names(&mut self, names: &[String]) -> Written {
        self.texts("names", names, limits::MAX_NAMES)
    }

    fn indices(&mut self, indices: &[NameIndex]) {
        indices.iter().for_each(|index| self.u32(index.0));
    }

    fn constants(&mut self, constants: &[Constant]) -> Written {
        self.count("constants", constants.len(), limits::MAX_CONSTANTS)?;
        constants
            .iter()
            .try_for_each(|constant| self.constant(constant))
    }

    fn constant(&mut self, constant: &Constant) -> Written {
        match constant {
            Constant::None => self.u8(constant_tag::NONE),
            Constant::True => self.u8(constant_tag::TRUE),
            Constant::False => self.u8(constant_tag::FALSE),
            Constant::Ellipsis => self.u8(constant_tag::ELLIPSIS),
            Constant::Int(integer) => {
                self.u8(constant_tag::INT);
                self.u8(u8::from(integer.is_negative()));
                self.blob(integer.magnitude())?;
            }
            Constant::Float(bits) => {
                self.u8(constant_tag::FLOAT);
                self.bytes.extend(bits.to_le_bytes());
            }
            Constant::Str(text) => {
                self.u8(constant_tag::STR);
                self.blob(text.as_bytes())?;
            }
            Constant::Bytes(bytes) => {
                self.u8(constant_tag::BYTES);
                self.blob(bytes)?;
            }
            Constant::Tuple(items) => {
                self.u8(constant_tag::TUPLE);
                self.count("items of a tuple", items.len(), limits::MAX_TUPLE_ITEMS)?;
                items.iter().for_each(|item| self.u32(item.0));
            }
        }
        Ok(())
    }

    fn functions(&mut self, module: &Module) -> Written {
        self.u32(module.entry.0);
        self.count("functions", module.functions.len(), limits::MAX_FUNCTIONS)?;
        for (index, function) in module.functions.iter().enumerate() {
            self.function(index, function)?;
        }
        Ok(())
    }

    fn function(&mut self, index: usize, function: &Function) -> Written {
        let parameters = function.parameters;
        let (count, names) = (parameters.count(), function.parameter_names.len());
        if names != count {
            return Err(EncodeError::ParameterNames {
                function: index,
                count,
                names,
            });
        }
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        self.u32(function.name.0);
        self.u8(parameters.positional);
        self.u8(parameters.positional_only);
        self.u8(parameters.keyword_only);
        self.u8(flag(parameters.varargs, function_flag::VARARGS)
            | flag(parameters.varkw, function_flag::VARKW)
            | flag(function.generator, function_flag::GENERATOR));
        self.u16(function.registers);
        self.u8(function.free_count);
        self.indices(&function.parameter_names);
        self.count("words of code", function.code.len(), limits::MAX_CODE_WORDS)?;
        function.code.iter().for_each(|&word| self.u32(word));
        self.count("regions", function.regions.len(), limits::MAX_REGIONS)?;
        for region in &function.regions {
            self.u32(region.start);
            self.u32(region.end);
            self.u32(region.handler);
            self.u8(region.register);
        }
        Ok(())
    }

    fn classes(&mut self, classes: &[ClassTemplate]) -> Written {
        self.count("classes", classes.len(), limits::MAX_CLASSES)?;
        for class in classes {
            self.u32(class.name.0);
            self.u8(u8::from(class.slots.is_some()));
            if let Some(slots) = &class.slots {
                self.count("slots of a class", slots.len(), limits::MAX_CLASS_ENTRIES)?;
                self.indices(slots);
            }
            self.count(
                "members of a class",
                class.members.len(),
                limits::MAX_CLASS_ENTRIES,
            )?;
            for &(name, member) in &class.members {
                let (tag, index) = match member {
                    Member::Function(index) => (member_tag::FUNCTION, index.0),
                    Member::Constant(index) => (member_tag::CONSTANT, index.0),
                };
                self.u32(name.0);
                self.u8(tag);
                self.u32(index);
            }
        }
        Ok(())
    }

    fn debug(&mut self, debug: &Debug) -> Written {
        self.u8(u8::from(debug.file.is_some()));
        if let Some(file) = &debug.file {
            self.blob(file.as_bytes())?;
        }
        let functions = &debug.functions;
        self.count(
            "functions with debug information",
            functions.len(),
            limits::MAX_FUNCTIONS,
        )?;
        for function in functions {
            self.count(
                "lines of a function",
                function.lines.len(),
                limits::MAX_CODE_WORDS,
            )?;
            for entry in &function.lines {
                self.u32(entry.word);
                self.u32(entry.position.line);
                self.u32(entry.position.column);
            }
            let registers = usize::from(limits::MAX_REGISTERS);
            self.texts("names of registers", &function.register_names, registers)?;
            self.texts("names of free variables", &function.free_names, registers)?;
        }
        Ok(())
    }
}
