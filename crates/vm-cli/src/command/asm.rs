//! `vm asm`: text to module.

use super::refuse_terminal;
use crate::arguments::Asm;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{Input, encode, write};

pub(super) fn asm(arguments: &Asm, context: &Context) -> Result<(), Failure> {
    refuse_terminal(context, &arguments.output, "a module")?;
    let input = Input::read(context, &arguments.input)?;
    let bytes = encode(&input.name, &input.module()?)?;
    write(context, &arguments.output, &bytes)
}
