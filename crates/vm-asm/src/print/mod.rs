//! A module to text: the disassembler.
//!
//! **Law.** The text of a verified module assembles to a module with identical bytes, whatever the
//! options. What follows from it:
//!
//! 1. Names and constants get their indices from their first use in the text. A module whose tables
//!    have another order is printed with `.name` and `.const` directives that list the tables
//!    (`order`).
//! 2. Two functions of the same name get different names in the text and `named "..."`.
//! 3. `.file`, `.stripped`, `.registers` and `.entry` are there when the assembler would assume
//!    something else.
//! 4. What the options add is comments.
//!
//! A module that is not verified is printed too, as well as it goes: words that can't be written as
//! an instruction become `.word`.

mod constant;
mod function;
mod listing;
mod order;

use std::collections::HashMap;
use std::fmt::Write;

use vm_bytecode::{ClassTemplate, FunctionIndex, Member, Module, NameIndex};

use crate::lexer::is_word;
use crate::literal::print_string;
use crate::lower::{DEFAULT_ENTRY, VERSION};
use constant::Constants;
use function::FunctionText;

pub use listing::{ListedInstruction, listing};

/// What [`disassemble`] adds in comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Behind each instruction what it does with the references in its registers: `+` a further
    /// reference is taken, `>` the reference is moved out, `-` what the register held is released.
    pub refcounts: bool,
    /// Behind each instruction the index of its first word, and its words in hexadecimal.
    pub offsets: bool,
}

/// The text of a module.
///
/// ```
/// use vm_asm::{Options, assemble, disassemble};
///
/// let module = assemble(".func main()\n load r0, 1\n return r0\n.end", "one.vasm")?;
/// let text = disassemble(&module, &Options { refcounts: true, offsets: true });
/// assert!(text.contains("    return r0"));
/// assert_eq!(assemble(&text, "")?, module);
/// # Ok::<(), Vec<vm_asm::Diagnostic>>(())
/// ```
pub fn disassemble(module: &Module, options: &Options) -> String {
    let indices = 0..module.functions.len();
    let functions: Vec<_> = indices
        .map(|index| FunctionText::new(module, index))
        .collect();
    let order = order::best(module, &functions);
    let mut printer = Printer::new(module, options, order.constants_need_names);
    printer.head(order.names_need_list);
    if order.classes_first {
        printer.classes();
    }
    for function in &functions {
        printer.function(function);
    }
    if !order.classes_first {
        printer.classes();
    }
    printer.text
}

/// What functions or classes are called in the text: each label once.
fn labels(module: &Module, names: impl Iterator<Item = NameIndex>) -> Vec<String> {
    let names: Vec<&str> = names.map(|name| module.name(name)).collect();
    // How often a name has been seen. Labels made up for later ones must avoid all of them.
    let mut seen: HashMap<String, usize> =
        names.iter().map(|name| ((*name).to_owned(), 0)).collect();
    let mut labels = Vec::with_capacity(names.len());
    for name in names {
        let count = seen.get_mut(name).map_or(0, |count| {
            *count += 1;
            *count
        });
        if count <= 1 {
            labels.push(name.to_owned());
            continue;
        }
        let mut number = count;
        let label = loop {
            let label = format!("{name}#{number}");
            if !seen.contains_key(&label) {
                break label;
            }
            number += 1;
        };
        seen.insert(label.clone(), 1);
        labels.push(label);
    }
    labels
}

/// A name, in quotes if it needs them.
fn quoted_if_needed(name: &str) -> String {
    if is_word(name) {
        name.to_owned()
    } else {
        print_string(name)
    }
}

struct Printer<'a> {
    module: &'a Module,
    options: Options,
    function_labels: Vec<String>,
    class_labels: Vec<String>,
    constants: Constants<'a>,
    text: String,
}

impl<'a> Printer<'a> {
    fn new(module: &'a Module, options: &Options, constants_need_names: bool) -> Printer<'a> {
        let functions = module.functions.iter().map(|function| function.name);
        let classes = module.classes.iter().map(|class| class.name);
        Printer {
            module,
            options: *options,
            function_labels: labels(module, functions),
            class_labels: labels(module, classes),
            constants: Constants::new(module, constants_need_names),
            text: String::new(),
        }
    }
}

impl Printer<'_> {
    fn line(&mut self, indentation: usize, code: &str) {
        // Writing to a string can't fail.
        let _ = writeln!(self.text, "{:indentation$}{code}", "");
    }

    fn head(&mut self, names_need_list: bool) {
        self.line(0, &format!(".version {VERSION}"));
        match self.module.debug.as_ref().map(|debug| &debug.file) {
            None => self.line(0, ".stripped"),
            Some(None) => self.line(0, ".file"),
            Some(Some(file)) => self.line(0, &format!(".file {}", print_string(file))),
        }
        let entry = self.module.entry.index();
        if let Some(label) = self.function_labels.get(entry)
            && label != DEFAULT_ENTRY
        {
            self.line(0, &format!(".entry {}", quoted_if_needed(label)));
        }
        if names_need_list {
            self.text.push('\n');
            for name in &self.module.names {
                self.line(0, &format!(".name {}", quoted_if_needed(name)));
            }
        }
        let definitions = self.constants.definitions();
        if !definitions.is_empty() {
            self.text.push('\n');
            self.text.push_str(&definitions);
        }
    }

    /// How the text refers to a function.
    fn function_label(&self, index: FunctionIndex) -> Option<String> {
        self.function_labels
            .get(index.index())
            .map(|label| quoted_if_needed(label))
    }

    /// `name` or `"label" named name`, for the line that begins a function or a class.
    fn title(label: &str, name: &str) -> (String, String) {
        let named = match label == name {
            true => String::new(),
            false => format!(" named {}", quoted_if_needed(name)),
        };
        (quoted_if_needed(label), named)
    }

    fn classes(&mut self) {
        for (index, class) in self.module.classes.iter().enumerate() {
            self.class(index, class);
        }
    }

    fn class(&mut self, index: usize, class: &ClassTemplate) {
        let module = self.module;
        let name = |index: NameIndex| quoted_if_needed(module.name(index));
        let (label, named) = Self::title(&self.class_labels[index], module.name(class.name));
        self.text.push('\n');
        self.line(0, &format!(".class {label}{named}"));
        if let Some(slots) = &class.slots {
            let slots: Vec<_> = slots.iter().map(|&slot| name(slot)).collect();
            self.line(4, format!(".slots {}", slots.join(", ")).trim_end());
        }
        for &(attribute, member) in &class.members {
            let attribute = name(attribute);
            let line = match member {
                Member::Function(index) => {
                    let label = self.function_label(index).unwrap_or_else(|| "?".to_owned());
                    format!(".method {attribute} {label}")
                }
                Member::Constant(index) => {
                    let value = self.constants.text(index).unwrap_or_else(|| "?".to_owned());
                    format!(".attr {attribute} = {value}")
                }
            };
            self.line(4, &line);
        }
        self.line(0, ".end");
    }
}
