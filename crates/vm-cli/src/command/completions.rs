//! `vm completions`: a script for a shell.

use crate::arguments::{Arguments, Completions};
use crate::context::Context;
use clap::CommandFactory;

pub(super) fn completions(arguments: &Completions, context: &Context) {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "vm",
        &mut script,
    );
    context.console.print(&script);
}
