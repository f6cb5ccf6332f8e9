//! Built-in functions, and the methods of built-in classes.
//!
//! One file for each class, or group of functions. To add one: declare it, and put its `install`
//! into [`INSTALLERS`].

pub(crate) mod bool;
pub(crate) mod bytes;
pub(crate) mod bytes_case;
pub(crate) mod bytes_search;
pub(crate) mod class;
pub(crate) mod class_construct;
pub(crate) mod container_protocol;
pub(crate) mod descriptors;
pub(crate) mod dict;
pub(crate) mod dict_view;
pub(crate) mod exception;
pub(crate) mod exception_fields;
pub(crate) mod float;
pub(crate) mod function;
pub(crate) mod functions;
pub(crate) mod functions_attribute;
pub(crate) mod functions_iterate;
pub(crate) mod functions_number;
pub(crate) mod functions_sum;
pub(crate) mod generator;
pub(crate) mod instance_dict;
pub(crate) mod int;
pub(crate) mod iterators;
pub(crate) mod list;
pub(crate) mod number_protocol;
pub(crate) mod object;
pub(crate) mod object_attributes;
pub(crate) mod range;
pub(crate) mod set;
pub(crate) mod slice;
pub(crate) mod str;
pub(crate) mod str_case;
pub(crate) mod str_format;
pub(crate) mod str_search;
pub(crate) mod str_translate;
pub(crate) mod super_object;
pub(crate) mod tuple;
pub(crate) mod weakref;

use crate::object::NativeCode;
use crate::types::Type;
use crate::vm::{Raised, Vm};

/// Fills a class or module with what a file has.
type Installer = fn(&mut Vm) -> Result<(), Raised>;

/// What fills the built-in classes and the module `builtins`, in order.
const INSTALLERS: &[Installer] = &[
    object::install,
    descriptors::install,
    class::install,
    function::install,
    generator::install,
    exception::install,
    instance_dict::install,
    weakref::install,
    int::install,
    float::install,
    bool::install,
    str::install,
    str_search::install,
    str_case::install,
    str_format::install,
    str_translate::install,
    bytes::install,
    bytes_case::install,
    bytes_search::install,
    list::install,
    tuple::install,
    dict::install,
    dict_view::install,
    set::install,
    range::install,
    slice::install,
    iterators::install,
    functions::install,
    functions_attribute::install,
    functions_iterate::install,
    functions_number::install,
    functions_sum::install,
];

/// Gives a new machine its built-in functions and methods.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    for install in INSTALLERS {
        install(vm)?;
    }
    Ok(())
}

/// Adds a native function to a built-in class that gets no receiver.
fn define_static(vm: &mut Vm, class: Type, name: &str, code: NativeCode) -> Result<(), Raised> {
    let function = vm.new_native_function(name, code)?;
    vm.define_in_class(class, name, function)
}
