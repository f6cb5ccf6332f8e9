//! A machine, looked at: frames, places, registers, the heap in figures.

use crate::code::Code;
use crate::object::{Cell, Function, Instance, Module, Obj, Tuple};
use crate::observe::{ObjectId, ValueView};
use crate::stack::Frame;
use crate::statistics::Statistics;
use crate::value::Value;
use crate::vm::Vm;
use vm_bytecode::{Position, TABLE, VerifiedModule, Word};
use vm_gc::{Generation, PERMANENT};

/// A machine, looked at without changing it.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a machine has no text")]
pub struct View<'vm> {
    vm: &'vm Vm,
}

impl<'vm> View<'vm> {
    pub(super) fn new(vm: &'vm Vm) -> View<'vm> {
        View { vm }
    }

    /// How many functions of program code are active.
    pub fn depth(&self) -> usize {
        self.vm.frames.len()
    }

    /// The active functions, the innermost first.
    pub fn frames(&self) -> impl Iterator<Item = FrameView<'vm>> + use<'vm> {
        let vm = self.vm;
        (0..vm.frames.len()).filter_map(move |index| FrameView::new(vm, index))
    }

    /// The innermost active function.
    pub fn frame(&self) -> Option<FrameView<'vm>> {
        FrameView::new(self.vm, 0)
    }

    /// What a global name means to the module loaded last: its own global, or the builtin.
    pub fn global(&self, name: &str) -> Option<ValueView<'vm>> {
        let name = self.vm.interner.find(name)?;
        let own = self.vm.programs.last().map(|program| program.namespace);
        [own, Some(self.vm.builtins)]
            .into_iter()
            .flatten()
            .find_map(|module| {
                let module = Obj::<Module>::of(module.as_object()?);
                module.namespace.get(name).set()
            })
            .map(|value| ValueView::new(self.vm, value))
    }

    /// Reports the death of a value from now on. False if it cannot die: it is in the word itself, or
    /// immortal, or nobody observes the machine.
    pub fn watch(&self, value: ValueView<'_>) -> bool {
        let object = value
            .value
            .as_object()
            .filter(|object| !object.is_immortal());
        let (Some(object), Some(observation)) = (object, &self.vm.observation) else {
            return false;
        };
        object.set_has_weakrefs(true);
        let id = ObjectId::of(object);
        observation.watched.borrow_mut().insert(id, object);
        true
    }

    /// A watched object, while it is alive.
    pub fn watched(&self, id: ObjectId) -> Option<ValueView<'vm>> {
        let watched = self.vm.observation.as_ref()?.watched.borrow();
        let object = watched.get(&id).copied()?;
        Some(ValueView::new(self.vm, Value::from_object(object)))
    }

    /// Counters of everything so far.
    pub fn statistics(&self) -> Statistics {
        self.vm.statistics()
    }

    /// The collector's three counts, as of `gc.get_count`.
    pub fn collector_counts(&self) -> [u32; 3] {
        self.vm.collector.counts()
    }

    /// The collector's three thresholds.
    pub fn collector_thresholds(&self) -> [i32; 3] {
        self.vm.collector.thresholds()
    }

    /// Tracked objects in generations 0, 1, 2 and the permanent one.
    pub fn population(&self) -> [u64; PERMANENT as usize + 1] {
        self.vm.collector.population()
    }

    /// The generation that is being collected, if one is.
    pub fn collecting(&self) -> Option<Generation> {
        self.vm.collector.collecting()
    }
}

/// An active function, looked at.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a frame has no text")]
pub struct FrameView<'vm> {
    vm: &'vm Vm,
    frame: &'vm Frame,
    code: &'vm Code,
    /// Counted from the outermost, which is 1.
    depth: usize,
}

/// A register, looked at.
#[derive(Clone, Copy, Debug)]
pub struct RegisterView<'vm> {
    /// Its number.
    pub index: u8,
    /// What the debug information calls it: a parameter's or a local variable's name.
    pub name: Option<&'vm str>,
    /// What it holds.
    pub value: ValueView<'vm>,
}

impl<'vm> FrameView<'vm> {
    fn new(vm: &'vm Vm, index: usize) -> Option<FrameView<'vm>> {
        let depth = vm.frames.len().checked_sub(index)?;
        let frame = vm.frames.get(depth.checked_sub(1)?)?;
        // SAFETY: a frame's code lives as long as the machine, which is borrowed for as long.
        let code: &'vm Code = unsafe { &*frame.code };
        Some(FrameView {
            vm,
            frame,
            code,
            depth,
        })
    }

    /// The function's qualified name.
    pub fn function_name(&self) -> &'vm str {
        self.vm.text(self.code.qualified_name)
    }

    /// The module that the function comes from.
    pub fn module(&self) -> &'vm VerifiedModule {
        &self.code.program().module
    }

    /// The function's index in its module.
    pub fn function_index(&self) -> u32 {
        self.code.index
    }

    /// How deep the call is nested; the outermost is 1.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Whether native code called the function: a finalizer, a comparison within `sort`, the host.
    pub fn is_called_from_native_code(&self) -> bool {
        self.frame.entry
    }

    /// The first word of the instruction that runs now, or is about to; in a function that has called
    /// another one, of the call.
    pub fn offset(&self) -> u32 {
        let words = &self.code.words;
        let index_of = |at: *const core::cell::Cell<u32>| {
            (at as usize).wrapping_sub(words.as_ptr() as usize) / size_of::<u32>()
        };
        if let Some(observation) = &self.vm.observation
            && observation.depth == self.depth
            && index_of(observation.at) < words.len()
        {
            return index_of(observation.at) as u32;
        }
        // The stored place is behind the instruction, or at the first one.
        let place = index_of(self.frame.instruction).saturating_sub(1);
        let (mut start, mut next) = (0, 0);
        while next <= place && next < words.len() {
            start = next;
            let opcode = Word(words[start].get()).opcode_byte();
            next += TABLE[opcode as usize].words as usize;
        }
        start as u32
    }

    /// The source file, if it is known.
    pub fn file(&self) -> Option<&'vm str> {
        self.module().debug.as_ref()?.file.as_deref()
    }

    /// The source position of that instruction, if it is known.
    pub fn position(&self) -> Option<Position> {
        let debug = self.module().debug.as_ref()?;
        let function = debug.functions.get(self.code.index as usize)?;
        function.position(self.offset())
    }

    /// The registers in their order.
    pub fn registers(&self) -> impl Iterator<Item = RegisterView<'vm>> + use<'vm> {
        let FrameView {
            vm, frame, code, ..
        } = *self;
        let module = self.module();
        let parameters = code.function().parameter_names.iter();
        let debug = module.debug.as_ref();
        let locals = debug
            .and_then(|debug| debug.functions.get(code.index as usize))
            .map_or(&[][..], |function| &function.register_names);
        let mut names = parameters
            .map(|&name| module.name(name))
            .chain(locals.iter().map(String::as_str));
        (0..code.register_count).map(move |index| {
            // SAFETY: the frame has so many initialised registers.
            let value = unsafe { *frame.registers.add(index as usize) };
            RegisterView {
                index: index as u8,
                name: names.next().filter(|name| !name.is_empty()),
                value: ValueView::new(vm, value),
            }
        })
    }

    /// The function's free variables: their names, if they are known, and values.
    pub fn free_variables(&self) -> Vec<(Option<&'vm str>, ValueView<'vm>)> {
        let function = self.frame.function.cast::<Function>();
        let Some(cells) = function.and_then(|function| function.free.cast::<Tuple>()) else {
            return Vec::new();
        };
        let debug = self.module().debug.as_ref();
        let names = debug
            .and_then(|debug| debug.functions.get(self.code.index as usize))
            .map_or(&[][..], |function| &function.free_names);
        let value = |cell: &Value| cell.cast::<Cell>().map_or(Value::UNSET, |cell| cell.value);
        let cells = cells.as_slice().iter().enumerate();
        cells
            .map(|(index, cell)| {
                let name = names.get(index).map(String::as_str);
                (name, ValueView::new(self.vm, value(cell)))
            })
            .collect()
    }
}

/// The attributes of an instance, in the order in which they were set.
pub(super) fn attributes<'vm>(vm: &'vm Vm, value: Value) -> Vec<(&'vm str, ValueView<'vm>)> {
    let Some(instance) = value.cast::<Instance>() else {
        return Vec::new();
    };
    if instance.shape.is_null() {
        return Vec::new();
    }
    let names: Vec<Value> = instance.shape().names.clone();
    let with_value = names.into_iter().enumerate().filter_map(|(slot, name)| {
        let held = instance.slot_value(slot).set()?;
        Some((vm.text(name), ValueView::new(vm, held)))
    });
    with_value.collect()
}
