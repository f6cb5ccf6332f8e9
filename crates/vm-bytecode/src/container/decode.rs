//! Bytes to module. Checks the form, and leaves what the parts mean to the verifier.

use super::reader::{Read, Reader, u32_at};
use super::{
    HEADER_BYTES, MAGIC, REQUIRED_SECTIONS, SECTION_ENTRY_BYTES, SECTION_NAMES, VERSION,
    constant_tag, function_flag, member_tag,
};
use crate::constant::{Constant, Integer};
use crate::debug::{Debug, FunctionDebug, LineEntry, Position};
use crate::limits;
use crate::module::{
    ClassTemplate, ConstantIndex, Function, FunctionIndex, Member, Module, NameIndex, Parameters,
    Region,
};

/// Bytes that are not an encoded module.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at byte {offset}: {fault}")]
pub struct DecodeError {
    /// Where in the file.
    pub offset: usize,
    /// What is wrong there.
    pub fault: DecodeFault,
}

/// What is wrong with an encoded module.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeFault {
    /// The first bytes are others.
    #[error("this is not a module")]
    Magic,
    /// The format is of another version.
    #[error("the format's version is {major}.{minor}, this reads {}.{}", VERSION.0, VERSION.1)]
    Version {
        /// Major version found.
        major: u16,
        /// Minor version found.
        minor: u16,
    },
    /// Flags that have no meaning are set.
    #[error("unknown flags {flags:#x}")]
    Flags {
        /// The flags.
        flags: u32,
    },
    /// The section table is not the one that belongs to the sections.
    #[error("{what} is {found}, not {expected}")]
    SectionTable {
        /// Which field.
        what: &'static str,
        /// What it should be.
        expected: u32,
        /// What it is.
        found: u32,
    },
    /// A section's bytes changed after they were written.
    #[error("the checksum of the section `{section}` does not match")]
    Checksum {
        /// The section.
        section: &'static str,
    },
    /// Bytes are missing.
    #[error("missing bytes: {missing}")]
    Truncated {
        /// How many, at least.
        missing: usize,
    },
    /// Bytes are left over.
    #[error("surplus bytes: {bytes}")]
    Trailing {
        /// How many.
        bytes: usize,
    },
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
    /// A byte that tells alternatives apart is none of them.
    #[error("{value} is not a {what}")]
    Tag {
        /// What it should be.
        what: &'static str,
        /// What it is.
        value: u8,
    },
    /// A text is not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// An integer constant has zero bytes at its end, or is a negative zero.
    #[error("the integer is not in its shortest form")]
    Integer,
    /// Tuple constants refer to later ones, or are too deep or too large.
    #[error("{message}")]
    Tuples {
        /// What is wrong.
        message: String,
    },
}

impl Module {
    /// Decodes a module, which is to be [verified](crate::VerifiedModule) before it runs.
    ///
    /// # Errors
    /// If the bytes are not exactly what [`to_bytes`](Module::to_bytes) writes for some module.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (count, limit) = (bytes.len(), limits::MAX_MODULE_BYTES);
        if count > limit {
            let what = "bytes of module";
            return Reader::fail(limit, DecodeFault::Limit { what, count, limit });
        }
        let mut module = Module::default();
        let mut rest = Reader::new(bytes, 0);
        let sections = read_header(&mut rest)?;
        for (index, section) in sections.iter().enumerate() {
            let start = rest.offset();
            let contents = rest.take(section.length as usize)?;
            if crc32fast::hash(contents) != section.crc32 {
                let section = SECTION_NAMES[index];
                return Reader::fail(start, DecodeFault::Checksum { section });
            }
            let mut reader = Reader::new(contents, start);
            match index {
                0 => module.names = reader.list("names", limits::MAX_NAMES, 4, Reader::text)?,
                1 => module.constants = reader.constants()?,
                2 => (module.entry, module.functions) = reader.functions()?,
                3 => module.classes = reader.classes()?,
                _ => module.debug = Some(reader.debug()?),
            }
            reader.finish()?;
        }
        rest.finish()?;
        Ok(module)
    }
}

struct Section {
    length: u32,
    crc32: u32,
}

/// Reads the header and the section table, of which only lengths and checksums are not determined
/// by the rest.
fn read_header(reader: &mut Reader<'_>) -> Read<Vec<Section>> {
    if reader.take(MAGIC.len()).ok() != Some(&MAGIC) {
        return Reader::fail(0, DecodeFault::Magic);
    }
    let offset = reader.offset();
    let (major, minor) = (reader.u16()?, reader.u16()?);
    if major != VERSION.0 || minor > VERSION.1 {
        return Reader::fail(offset, DecodeFault::Version { major, minor });
    }
    let offset = reader.offset();
    let flags = reader.u32()?;
    if flags != 0 {
        return Reader::fail(offset, DecodeFault::Flags { flags });
    }
    let expect = |reader: &mut Reader<'_>, what, expected: u32| {
        let offset = reader.offset();
        match reader.u32()? {
            found if found == expected => Ok(()),
            found => Reader::fail(
                offset,
                DecodeFault::SectionTable {
                    what,
                    expected,
                    found,
                },
            ),
        }
    };
    let offset = reader.offset();
    let count = reader.u32()? as usize;
    if !(REQUIRED_SECTIONS..=SECTION_NAMES.len()).contains(&count) {
        let (what, limit) = ("sections", SECTION_NAMES.len());
        return Reader::fail(offset, DecodeFault::Limit { what, count, limit });
    }
    let mut sections = Vec::with_capacity(count);
    let mut start = (HEADER_BYTES + count * SECTION_ENTRY_BYTES) as u32;
    for index in 0..count {
        expect(reader, "section id", index as u32 + 1)?;
        expect(reader, "section offset", start)?;
        let offset = reader.offset();
        let length = reader.u32()?;
        let crc32 = reader.u32()?;
        let Some(end) = start.checked_add(length) else {
            let (what, limit) = ("bytes of section", limits::MAX_MODULE_BYTES);
            let count = length as usize;
            return Reader::fail(offset, DecodeFault::Limit { what, count, limit });
        };
        start = end;
        sections.push(Section { length, crc32 });
    }
    Ok(sections)
}

impl Reader<'_> {
    fn name(&mut self) -> Read<NameIndex> {
        self.u32().map(NameIndex)
    }

    fn constants(&mut self) -> Read<Vec<Constant>> {
        let start = self.offset();
        let constants = self.list("constants", limits::MAX_CONSTANTS, 1, Self::constant)?;
        match crate::verify::check_tuples(&constants) {
            Ok(()) => Ok(constants),
            Err(message) => Reader::fail(start, DecodeFault::Tuples { message }),
        }
    }

    fn constant(&mut self) -> Read<Constant> {
        Ok(match self.tag("kind of constant", constant_tag::TUPLE)? {
            constant_tag::NONE => Constant::None,
            constant_tag::TRUE => Constant::True,
            constant_tag::FALSE => Constant::False,
            constant_tag::ELLIPSIS => Constant::Ellipsis,
            constant_tag::INT => {
                let offset = self.offset();
                let negative = self.tag("sign", 1)? == 1;
                let magnitude = self.blob()?;
                let integer = Integer::new(negative, magnitude.to_vec());
                if integer.is_negative() != negative || integer.magnitude() != magnitude {
                    return Reader::fail(offset, DecodeFault::Integer);
                }
                Constant::Int(integer)
            }
            constant_tag::FLOAT => Constant::Float(self.u64()?),
            constant_tag::STR => Constant::Str(self.text()?),
            constant_tag::BYTES => Constant::Bytes(self.blob()?.to_vec()),
            _ => Constant::Tuple(self.records(
                "items of a tuple",
                limits::MAX_TUPLE_ITEMS,
                |bytes| ConstantIndex(u32::from_le_bytes(*bytes)),
            )?),
        })
    }

    fn functions(&mut self) -> Read<(FunctionIndex, Vec<Function>)> {
        let entry = FunctionIndex(self.u32()?);
        let functions = self.list("functions", limits::MAX_FUNCTIONS, 19, Self::function)?;
        Ok((entry, functions))
    }

    fn function(&mut self) -> Read<Function> {
        let name = self.name()?;
        let (positional, positional_only, keyword_only) = (self.u8()?, self.u8()?, self.u8()?);
        let flags = self.tag("set of function flags", function_flag::ALL)?;
        let parameters = Parameters {
            positional,
            positional_only,
            keyword_only,
            varargs: flags & function_flag::VARARGS != 0,
            varkw: flags & function_flag::VARKW != 0,
        };
        let registers = self.u16()?;
        let free_count = self.u8()?;
        let parameter_names = (0..parameters.count())
            .map(|_| self.name())
            .collect::<Read<Vec<_>>>()?;
        let code = self.records("words of code", limits::MAX_CODE_WORDS, |bytes| {
            u32::from_le_bytes(*bytes)
        })?;
        let regions = self.records("regions", limits::MAX_REGIONS, |bytes: &[u8; 13]| Region {
            start: u32_at(bytes, 0),
            end: u32_at(bytes, 4),
            handler: u32_at(bytes, 8),
            register: bytes[12],
        })?;
        Ok(Function {
            name,
            parameters,
            parameter_names,
            registers,
            free_count,
            generator: flags & function_flag::GENERATOR != 0,
            code,
            regions,
        })
    }

    fn classes(&mut self) -> Read<Vec<ClassTemplate>> {
        let limit = limits::MAX_CLASS_ENTRIES;
        self.list("classes", limits::MAX_CLASSES, 9, |reader| {
            let name = reader.name()?;
            let slots = match reader.tag("mark of slots", 1)? {
                0 => None,
                _ => Some(reader.records("slots of a class", limit, |bytes| {
                    NameIndex(u32::from_le_bytes(*bytes))
                })?),
            };
            let members = reader.list("members of a class", limit, 9, Self::member)?;
            Ok(ClassTemplate {
                name,
                slots,
                members,
            })
        })
    }

    fn member(&mut self) -> Read<(NameIndex, Member)> {
        let name = self.name()?;
        let tag = self.tag("kind of member", member_tag::CONSTANT)?;
        let index = self.u32()?;
        let member = match tag {
            member_tag::FUNCTION => Member::Function(FunctionIndex(index)),
            _ => Member::Constant(ConstantIndex(index)),
        };
        Ok((name, member))
    }

    fn debug(&mut self) -> Read<Debug> {
        let file = match self.tag("mark of a file", 1)? {
            0 => None,
            _ => Some(self.text()?),
        };
        let what = "functions with debug information";
        let functions = self.list(what, limits::MAX_FUNCTIONS, 12, Self::function_debug)?;
        Ok(Debug { file, functions })
    }

    fn function_debug(&mut self) -> Read<FunctionDebug> {
        let registers = usize::from(limits::MAX_REGISTERS);
        Ok(FunctionDebug {
            lines: self.records(
                "lines of a function",
                limits::MAX_CODE_WORDS,
                |bytes: &[u8; 12]| LineEntry {
                    word: u32_at(bytes, 0),
                    position: Position {
                        line: u32_at(bytes, 4),
                        column: u32_at(bytes, 8),
                    },
                },
            )?,
            register_names: self.list("names of registers", registers, 4, Self::text)?,
            free_names: self.list("names of free variables", registers, 4, Self::text)?,
        })
    }
}
