//! The module under construction.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use vm_bytecode::{
    ClassIndex, ClassTemplate, Constant, ConstantIndex, Debug, Function, FunctionDebug,
    FunctionIndex, Module, NameIndex,
};

use super::{BuildError, BuiltFunction, FunctionBuilder};

/// Collects names, constants, functions and classes.
///
/// ```
/// use vm_asm::{FunctionBuilder, ModuleBuilder, Register};
///
/// let mut module = ModuleBuilder::new();
/// let mut main = FunctionBuilder::new(module.name("main"));
/// let (print, text) = (Register(0), Register(1));
/// main.load_global(print, module.name("print"))?;
/// main.load_const(text, module.constant("hello".into())?)?;
/// main.call(print, 1)?;
/// main.return_none()?;
/// let index = module.declare_function();
/// module.define_function(index, main)?;
/// module.set_entry(index);
/// assert_eq!(module.finish()?.functions[0].registers, 2);
/// # Ok::<(), vm_asm::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ModuleBuilder {
    hasher: DefaultHashBuilder,
    names: Vec<String>,
    /// The names by their texts.
    name_indices: HashTable<NameIndex>,
    constants: Vec<Constant>,
    /// The constants by their values: the first of equal ones.
    constant_indices: HashTable<ConstantIndex>,
    functions: Vec<Option<(Function, FunctionDebug)>>,
    classes: Vec<Option<ClassTemplate>>,
    entry: Option<FunctionIndex>,
    file: Option<String>,
    is_stripped: bool,
}

impl ModuleBuilder {
    /// A module with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The index of a name, which is added if it is new.
    pub fn name(&mut self, name: &str) -> NameIndex {
        let (names, hasher) = (&self.names, &self.hasher);
        let hash = hasher.hash_one(name);
        let is_it = |index: &NameIndex| names[index.index()] == name;
        if let Some(&index) = self.name_indices.find(hash, is_it) {
            return index;
        }
        let index = NameIndex(names.len() as u32);
        self.name_indices.insert_unique(hash, index, |index| {
            hasher.hash_one(names[index.index()].as_str())
        });
        self.names.push(name.to_owned());
        index
    }

    /// The index of a constant, which is added if it is new. Constants are equal if they have the
    /// same type and value: `1`, `1.0` and `True` are three, `0.0` and `-0.0` are two.
    ///
    /// # Errors
    ///
    /// If a tuple refers to a constant that does not exist yet.
    pub fn constant(&mut self, constant: Constant) -> Result<ConstantIndex, BuildError> {
        match self.find_constant(&constant, self.hasher.hash_one(&constant)) {
            Some(index) => Ok(index),
            None => self.separate_constant(constant),
        }
    }

    fn find_constant(&self, constant: &Constant, hash: u64) -> Option<ConstantIndex> {
        let is_it = |index: &ConstantIndex| self.constants[index.index()] == *constant;
        self.constant_indices.find(hash, is_it).copied()
    }

    /// Adds a constant even if an equal one exists.
    ///
    /// # Errors
    ///
    /// As for [`constant`](Self::constant).
    pub fn separate_constant(&mut self, constant: Constant) -> Result<ConstantIndex, BuildError> {
        if let Constant::Tuple(items) = &constant
            && let Some(item) = items
                .iter()
                .find(|item| item.index() >= self.constants.len())
        {
            return Err(BuildError::UnknownConstant(item.0));
        }
        let index = ConstantIndex(self.constants.len() as u32);
        let hash = self.hasher.hash_one(&constant);
        let is_first = self.find_constant(&constant, hash).is_none();
        self.constants.push(constant);
        if is_first {
            let (constants, hasher) = (&self.constants, &self.hasher);
            self.constant_indices.insert_unique(hash, index, |index| {
                hasher.hash_one(&constants[index.index()])
            });
        }
        Ok(index)
    }

    /// The constants added so far, by index.
    pub fn constants(&self) -> &[Constant] {
        &self.constants
    }

    /// Reserves the next function index, so that code can refer to a function before it is built.
    pub fn declare_function(&mut self) -> FunctionIndex {
        self.functions.push(None);
        FunctionIndex(self.functions.len() as u32 - 1)
    }

    /// Gives a declared function its code.
    ///
    /// # Errors
    ///
    /// If the index is not declared or has code already, if a label is used but not bound, or a jump
    /// is too far.
    pub fn define_function(
        &mut self,
        index: FunctionIndex,
        function: FunctionBuilder,
    ) -> Result<(), BuildError> {
        let built = function.finish()?;
        self.define_built(index, built)
    }

    pub(crate) fn define_built(
        &mut self,
        index: FunctionIndex,
        built: BuiltFunction,
    ) -> Result<(), BuildError> {
        let slot = self.functions.get_mut(index.index());
        match slot.ok_or(BuildError::UnknownFunction(index.0))? {
            Some(_) => Err(BuildError::DefinedTwice {
                what: "function",
                index: index.0,
            }),
            slot => {
                *slot = Some((built.function, built.debug));
                Ok(())
            }
        }
    }

    /// Reserves the next class index.
    pub fn declare_class(&mut self) -> ClassIndex {
        self.classes.push(None);
        ClassIndex(self.classes.len() as u32 - 1)
    }

    /// Gives a declared class its template.
    ///
    /// # Errors
    ///
    /// If the index is not declared or has a template already.
    pub fn define_class(
        &mut self,
        index: ClassIndex,
        class: ClassTemplate,
    ) -> Result<(), BuildError> {
        let slot = self.classes.get_mut(index.index());
        match slot.ok_or(BuildError::UnknownClass(index.0))? {
            Some(_) => Err(BuildError::DefinedTwice {
                what: "class",
                index: index.0,
            }),
            slot => {
                *slot = Some(class);
                Ok(())
            }
        }
    }

    /// Sets the function that a run starts with.
    pub fn set_entry(&mut self, entry: FunctionIndex) {
        self.entry = Some(entry);
    }

    /// Sets the source file that positions refer to.
    pub fn set_file(&mut self, file: Option<String>) {
        self.file = file;
    }

    /// Makes a module without debug information.
    pub fn strip(&mut self) {
        self.is_stripped = true;
    }

    /// The module.
    ///
    /// # Errors
    ///
    /// If there is no entry function, or a declared function or class was not defined.
    pub fn finish(self) -> Result<Module, BuildError> {
        let entry = self.entry.ok_or(BuildError::NoEntry)?;
        if entry.index() >= self.functions.len() {
            return Err(BuildError::UnknownFunction(entry.0));
        }
        let (functions, function_debug) =
            all_defined(self.functions, "function")?.into_iter().unzip();
        let classes = all_defined(self.classes, "class")?;
        let debug = Debug {
            file: self.file,
            functions: function_debug,
        };
        Ok(Module {
            names: self.names,
            constants: self.constants,
            functions,
            classes,
            entry,
            debug: (!self.is_stripped).then_some(debug),
        })
    }
}

fn all_defined<T>(slots: Vec<Option<T>>, what: &'static str) -> Result<Vec<T>, BuildError> {
    let slots = slots.into_iter().enumerate();
    slots
        .map(|(index, slot)| {
            slot.ok_or(BuildError::Undefined {
                what,
                index: index as u32,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_constants_exist_once() {
        let mut module = ModuleBuilder::new();
        assert_eq!(module.name("a"), NameIndex(0));
        assert_eq!(module.name("b"), NameIndex(1));
        assert_eq!(module.name("a"), NameIndex(0));
        let one = module.constant(1.into());
        let others = [
            Constant::True,
            Constant::float(1.0),
            Constant::float(-0.0),
            Constant::float(0.0),
        ];
        let indices: Vec<_> = others.into_iter().map(|c| module.constant(c)).collect();
        assert_eq!(indices, [1, 2, 3, 4].map(|index| Ok(ConstantIndex(index))));
        assert_eq!(module.constant(1.into()), one);
        assert_eq!(module.separate_constant(1.into()), Ok(ConstantIndex(5)));
        assert_eq!(
            module.constant(1.into()),
            one,
            "the first of equal constants is found"
        );
    }

    #[test]
    fn tuples_refer_backwards() {
        let mut module = ModuleBuilder::new();
        let forward = Constant::Tuple(vec![ConstantIndex(0)]);
        assert_eq!(
            module.constant(forward.clone()),
            Err(BuildError::UnknownConstant(0))
        );
        module.constant(Constant::None).unwrap();
        assert_eq!(module.constant(forward), Ok(ConstantIndex(1)));
    }

    #[test]
    fn what_is_declared_is_defined_exactly_once() {
        let mut module = ModuleBuilder::new();
        let name = module.name("f");
        let index = module.declare_function();
        module.set_entry(index);
        let undefined = BuildError::Undefined {
            what: "function",
            index: 0,
        };
        assert_eq!(module.clone().finish(), Err(undefined));
        assert_eq!(
            module.define_function(index, FunctionBuilder::new(name)),
            Ok(())
        );
        assert!(module.clone().finish().is_ok());
        let twice = BuildError::DefinedTwice {
            what: "function",
            index: 0,
        };
        assert_eq!(
            module.define_function(index, FunctionBuilder::new(name)),
            Err(twice)
        );
        let unknown = BuildError::UnknownClass(0);
        assert_eq!(
            module.define_class(ClassIndex(0), ClassTemplate::default()),
            Err(unknown)
        );
        module.declare_class();
        let undefined = BuildError::Undefined {
            what: "class",
            index: 0,
        };
        assert_eq!(module.finish(), Err(undefined));
    }

    #[test]
    fn a_module_starts_somewhere() {
        assert_eq!(ModuleBuilder::new().finish(), Err(BuildError::NoEntry));
        let mut module = ModuleBuilder::new();
        module.set_entry(FunctionIndex(3));
        assert_eq!(module.finish(), Err(BuildError::UnknownFunction(3)));
    }
}
