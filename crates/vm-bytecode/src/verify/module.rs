//! The rules that concern the module as a whole.

use std::collections::HashSet;

use super::outline::{Index, Limits};
use super::{Errors, Rule};
use crate::constant::Constant;
use crate::limits;
use crate::module::{ClassTemplate, Member, Module};

/// What the checks of functions need to know about constants.
pub(super) struct Facts {
    /// By constant: true if it is a tuple of distinct strings, which `call_kw` needs.
    pub(super) keyword_names: Vec<bool>,
    /// How many names, constants and class templates there are; free variables are the function's.
    pub(super) limits: Limits,
}

pub(super) fn check(module: &Module, errors: &mut Errors<'_>) -> Facts {
    check_limits(module, errors);
    let mut seen = HashSet::new();
    for name in &module.names {
        if !seen.insert(name) {
            errors.add(
                Rule::UniqueNames,
                format_args!("the name {name:?} is in the table twice"),
            );
        }
    }
    if let Err(fault) = check_tuples(&module.constants) {
        errors.add(Rule::Tuples, fault);
    }
    check_entry(module, errors);
    for class in &module.classes {
        check_class(module, class, errors);
    }
    if let Some(debug) = &module.debug {
        let (expected, found) = (module.functions.len(), debug.functions.len());
        if expected != found {
            let message =
                format_args!("debug information for {found} functions, but there are {expected}");
            errors.add(Rule::DebugInformation, message);
        }
    }
    let keyword_names = module
        .constants
        .iter()
        .map(|constant| is_keyword_names(module, constant))
        .collect();
    let mut limits = Limits::default();
    limits[Index::None as usize] = 1;
    limits[Index::Constant as usize] = module.constants.len() as u32;
    limits[Index::Name as usize] = module.names.len() as u32;
    limits[Index::Class as usize] = module.classes.len() as u32;
    Facts {
        keyword_names,
        limits,
    }
}

fn check_limits(module: &Module, errors: &mut Errors<'_>) {
    let counts = [
        ("names", module.names.len(), limits::MAX_NAMES),
        ("constants", module.constants.len(), limits::MAX_CONSTANTS),
        ("functions", module.functions.len(), limits::MAX_FUNCTIONS),
        ("classes", module.classes.len(), limits::MAX_CLASSES),
    ];
    for (what, count, limit) in counts {
        if count > limit {
            errors.add(
                Rule::Limits,
                format_args!("{count} {what}, the limit is {limit}"),
            );
        }
    }
}

/// Checks that tuples refer to earlier constants, how deep they nest, and how much they stand for.
///
/// The decoder asks too, so that whoever prints a module that is not verified can rely on it.
pub(crate) fn check_tuples(constants: &[Constant]) -> Result<(), String> {
    // By constant: depth (0: not a tuple), and items when printed in full.
    let mut shapes: Vec<(u32, u64)> = Vec::with_capacity(constants.len());
    let mut total: u64 = 0;
    for (index, constant) in constants.iter().enumerate() {
        let mut shape = (0, 0);
        if let Constant::Tuple(items) = constant {
            shape = (1, items.len() as u64);
            for item in items {
                let Some(&(depth, inner)) = shapes.get(item.index()) else {
                    let item = item.0;
                    return Err(format!(
                        "constant {index} refers to constant {item}, a later one"
                    ));
                };
                shape = (shape.0.max(depth + 1), shape.1.saturating_add(inner));
            }
        }
        total = total.saturating_add(shape.1);
        if shape.0 > limits::MAX_TUPLE_DEPTH {
            let limit = limits::MAX_TUPLE_DEPTH;
            return Err(format!("constant {index} nests deeper than {limit} tuples"));
        }
        if total > limits::MAX_TUPLE_ITEMS_IN_FULL {
            let limit = limits::MAX_TUPLE_ITEMS_IN_FULL;
            return Err(format!(
                "the tuples up to constant {index} have more than {limit} items"
            ));
        }
        shapes.push(shape);
    }
    Ok(())
}

fn is_keyword_names(module: &Module, constant: &Constant) -> bool {
    let Constant::Tuple(items) = constant else {
        return false;
    };
    // More names than a call has arguments: no call can use it.
    if items.len() > usize::from(u8::MAX) {
        return false;
    }
    let mut seen = HashSet::new();
    items
        .iter()
        .all(|item| match module.constants.get(item.index()) {
            Some(Constant::Str(name)) => seen.insert(name),
            _ => false,
        })
}

fn check_entry(module: &Module, errors: &mut Errors<'_>) {
    let Some(entry) = module.functions.get(module.entry.index()) else {
        let (index, count) = (module.entry.0, module.functions.len());
        errors.add(
            Rule::Entry,
            format_args!("the entry is function {index}, but there are {count} functions"),
        );
        return;
    };
    let name = module.name(entry.name);
    if entry.parameters.count() != 0 {
        errors.add(
            Rule::Entry,
            format_args!("the entry `{name}` has parameters"),
        );
    }
    if entry.free_count != 0 {
        errors.add(
            Rule::Entry,
            format_args!("the entry `{name}` has free variables"),
        );
    }
    if entry.generator {
        errors.add(
            Rule::Entry,
            format_args!("the entry `{name}` is a generator"),
        );
    }
}

fn check_class(module: &Module, class: &ClassTemplate, errors: &mut Errors<'_>) {
    let title = module.name(class.name);
    let mut add = |message: std::fmt::Arguments<'_>| {
        errors.add(Rule::Classes, format_args!("class `{title}`: {message}"));
    };
    let slots = class.slots.iter().flatten().copied();
    let members = class.members.iter().map(|&(name, _)| name);
    let mut seen = HashSet::new();
    for name in slots.chain(members) {
        if !seen.insert(name) {
            add(format_args!(
                "`{}` is twice among its slots and members",
                module.name(name)
            ));
        }
    }
    for name in seen.into_iter().chain([class.name]) {
        if name.index() >= module.names.len() {
            add(format_args!("there is no name {}", name.0));
        }
    }
    for &(name, member) in &class.members {
        let name = module.name(name);
        match member {
            Member::Function(index) => match module.functions.get(index.index()) {
                None => add(format_args!(
                    "`{name}` is function {}, which is missing",
                    index.0
                )),
                Some(function) if function.free_count != 0 => {
                    add(format_args!("`{name}` is a function with free variables"));
                }
                Some(_) => {}
            },
            Member::Constant(index) if index.index() >= module.constants.len() => {
                add(format_args!(
                    "`{name}` is constant {}, which is missing",
                    index.0
                ));
            }
            Member::Constant(_) => {}
        }
    }
}
