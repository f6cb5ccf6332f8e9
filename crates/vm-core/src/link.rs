//! Loading: from a verified module to code that this machine runs. See `code.rs`.

use crate::code::{Code, GlobalLink, Parameters, Program, Site};
use crate::object::{Module, Obj};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use core::cell::{Cell, UnsafeCell};
use num_bigint::{BigInt, Sign};
use vm_bytecode::{Constant, NameIndex, Opcode, VerifiedModule, Word};

impl Program {
    /// An interned name; borrowed.
    #[inline]
    pub(crate) fn name(&self, index: NameIndex) -> Value {
        self.names[index.0 as usize]
    }
}

impl Code {
    /// The debug information of the function, unless it was stripped.
    pub(crate) fn function_debug(&self) -> Option<&vm_bytecode::FunctionDebug> {
        self.program()
            .module
            .debug
            .as_ref()?
            .functions
            .get(self.index as usize)
    }

    /// Source line and column of an instruction word; zero if unknown.
    pub(crate) fn position(&self, instruction: u32) -> (u32, u32) {
        let Some(debug) = self.function_debug() else {
            return (0, 0);
        };
        let after = debug
            .lines
            .partition_point(|entry| entry.word <= instruction);
        match after
            .checked_sub(1)
            .and_then(|index| debug.lines.get(index))
        {
            Some(entry) => (entry.position.line, entry.position.column),
            None => (0, 0),
        }
    }

    /// The source file, as the module names it.
    pub(crate) fn file(&self) -> Option<&str> {
        self.program().module.debug.as_ref()?.file.as_deref()
    }
}

/// What a frame with that many registers takes on the stack: at least four, so that leaving it need not
/// ask whether there are any.
const fn frame_bytes(registers: u16) -> u16 {
    let slots = if registers == 0 {
        4
    } else {
        registers.next_multiple_of(4)
    };
    slots * size_of::<Value>() as u16
}

// A function has up to 256 registers.
const _: () = assert!(frame_bytes(256) == 2048);

impl Vm {
    /// Links a module: its namespace is a new module object called `name`. Returns its index.
    pub(crate) fn link(&mut self, module: VerifiedModule, name: &str) -> Result<usize, Raised> {
        let namespace = self.new_module(name)?;
        match self.link_program(module, namespace) {
            Ok(program) => {
                self.programs.push(program);
                Ok(self.programs.len() - 1)
            }
            Err(raised) => {
                self.aside(|vm| vm.release(namespace));
                Err(raised)
            }
        }
    }

    /// The program of a module whose globals are in `namespace`, which it takes over unless it
    /// fails. Constants made before a failure stay with the machine, immortal.
    fn link_program(
        &mut self,
        module: VerifiedModule,
        namespace: Value,
    ) -> Result<Box<Program>, Raised> {
        let mut names = Vec::with_capacity(module.names.len());
        for text in &module.names {
            names.push(self.intern(text)?);
        }
        let mut constants: Vec<Value> = Vec::with_capacity(module.constants.len());
        for constant in &module.constants {
            let value = self.make_constant(constant, &constants)?;
            if let Some(object) = value.as_object() {
                object.make_immortal();
            }
            constants.push(value);
        }
        let mut program = Box::new(Program {
            module,
            namespace,
            constants: constants.into(),
            names: names.into(),
            globals: Box::default(),
            codes: Box::default(),
        });
        let address: *const Program = &raw const *program;
        let mut globals = Vec::new();
        let mut codes = Vec::new();
        for index in 0..program.module.functions.len() {
            codes.push(self.link_function(address, &program, index, &mut globals)?);
        }
        program.globals = globals.into();
        program.codes = codes.into();
        for code in &program.codes {
            code.globals.set(program.globals.as_ptr());
        }
        Ok(program)
    }

    fn link_function(
        &mut self,
        address: *const Program,
        program: &Program,
        index: usize,
        globals: &mut Vec<GlobalLink>,
    ) -> Result<Code, Raised> {
        let function = &program.module.functions[index];
        let mut words = function.code.clone();
        let mut sites: Vec<UnsafeCell<Site>> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let word = Word(words[at]);
            let info = &vm_bytecode::TABLE[word.opcode_byte() as usize];
            let opcode = word.opcode_byte();
            if [
                Opcode::LoadGlobal,
                Opcode::StoreGlobal,
                Opcode::DeleteGlobal,
            ]
            .iter()
            .any(|&of| of as u8 == opcode)
            {
                let name = program.names[words[at + 1] as usize];
                words[at + 1] = self.link_global(program, name, globals)?;
            } else if [
                Opcode::LoadAttr,
                Opcode::StoreAttr,
                Opcode::DeleteAttr,
                Opcode::LoadSuperAttr,
                Opcode::CallMethod,
            ]
            .iter()
            .any(|&of| of as u8 == opcode)
            {
                let name = program.names[words[at + 1] as usize];
                words[at + 1] = (sites.len() * size_of::<Site>()) as u32;
                sites.push(UnsafeCell::new(Site::empty(name)));
            }
            at += info.words as usize;
        }
        vm_bytecode::fuse(&mut words);
        let of = function.parameters;
        let parameters = Parameters {
            positional: of.positional,
            positional_only: of.positional_only,
            keyword_only: of.keyword_only,
            varargs: of.varargs,
            varkw: of.varkw,
        };
        let simple = parameters.is_simple() && !function.generator;
        let qualified_name = program.name(function.name);
        let last = self
            .text(qualified_name)
            .rsplit('.')
            .next()
            .unwrap_or("")
            .to_owned();
        let name = self.intern(&last)?;
        let bytes = words.len() * 4 + sites.len() * size_of::<Site>() + size_of::<Code>();
        self.heap
            .charge(bytes)
            .map_err(|error| self.raise_memory_error(error))?;
        Ok(Code {
            program: address,
            globals: Cell::new(core::ptr::null()),
            module: Obj::of(program.namespace.object_unchecked()),
            index: index as u32,
            words: words.into_iter().map(Cell::new).collect(),
            register_count: function.registers,
            frame_bytes: frame_bytes(function.registers),
            parameters,
            fast_arity: if simple {
                of.positional as u16
            } else {
                u16::MAX
            },
            generator: function.generator,
            sites: sites.into(),
            qualified_name,
            name,
        })
    }

    fn link_global(
        &mut self,
        program: &Program,
        name: Value,
        globals: &mut Vec<GlobalLink>,
    ) -> Result<u32, Raised> {
        if let Some(index) = globals.iter().position(|link| link.name == name) {
            return Ok(index as u32);
        }
        let mut module = Obj::<Module>::of(program.namespace.object_unchecked());
        let slot = module.namespace.ensure_slot(&mut self.heap, name);
        let slot = slot.map_err(|error| self.raise_memory_error(error))? as u32;
        let builtins = Obj::<Module>::of(self.builtins.object_unchecked());
        let builtin = builtins.namespace.get(name);
        if let Some(object) = builtin.as_object() {
            object.make_immortal();
        }
        globals.push(GlobalLink {
            name,
            slot,
            builtin,
        });
        Ok(globals.len() as u32 - 1)
    }

    /// The value of a constant of the module. Owned.
    fn make_constant(&mut self, constant: &Constant, made: &[Value]) -> Result<Value, Raised> {
        match constant {
            Constant::None => Ok(Value::NONE),
            Constant::True => Ok(Value::TRUE),
            Constant::False => Ok(Value::FALSE),
            Constant::Ellipsis => Ok(Value::ELLIPSIS),
            Constant::Float(bits) => Ok(Value::from_float(f64::from_bits(*bits))),
            Constant::Int(integer) => {
                let sign = if integer.is_negative() {
                    Sign::Minus
                } else {
                    Sign::Plus
                };
                self.new_big_int(BigInt::from_bytes_le(sign, integer.magnitude()))
            }
            Constant::Str(text) => {
                let value = self.new_str(text)?;
                // Short constants are often attribute names or dict keys.
                if text.len() > 64 {
                    return Ok(value);
                }
                let interned = self.intern_value(value)?.increment();
                self.release(value);
                Ok(interned)
            }
            Constant::Bytes(octets) => self.new_bytes(octets),
            Constant::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|item| made[item.0 as usize]).collect();
                self.new_tuple(&items)
            }
        }
    }
}
