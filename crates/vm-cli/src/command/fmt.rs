//! `vm fmt`: the canonical layout of a text.

use crate::arguments::Fmt;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{Input, STANDARD, write};
use std::path::Path;
use vm_asm::format_source;

pub(super) fn fmt(arguments: &Fmt, context: &Context) -> Result<(), Failure> {
    if arguments.in_place && arguments.input == Path::new(STANDARD) {
        return Err(Failure::InPlace);
    }
    let input = Input::read(context, &arguments.input)?;
    let name = input.name.clone();
    let Some(text) = input.text() else {
        return Err(Failure::NoLayout { name });
    };
    let formatted = format_source(text).map_err(|diagnostics| Failure::Assemble {
        name: name.clone(),
        text: text.to_owned(),
        diagnostics,
    })?;
    if arguments.check {
        return if formatted == text {
            Ok(())
        } else {
            Err(Failure::Layout { name })
        };
    }
    if !arguments.in_place {
        return write(context, &arguments.output, formatted.as_bytes());
    }
    // A file that is as it should be keeps its time of modification.
    if formatted == text {
        Ok(())
    } else {
        write(context, &arguments.input, formatted.as_bytes())
    }
}
