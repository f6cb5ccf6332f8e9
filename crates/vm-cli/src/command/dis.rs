//! `vm dis`: module to text.

use crate::arguments::Dis;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{Input, write};
use vm_asm::{Options, disassemble};

pub(super) fn dis(arguments: &Dis, context: &Context) -> Result<(), Failure> {
    let module = Input::read(context, &arguments.input)?.module()?;
    let options = Options {
        refcounts: arguments.refcounts,
        offsets: arguments.offsets,
    };
    write(
        context,
        &arguments.output,
        disassemble(&module, &options).as_bytes(),
    )
}
