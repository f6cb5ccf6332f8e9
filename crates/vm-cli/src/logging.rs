//! `VM_LOG` and `-v`: the collector's spans and events on standard error.

use crate::context::Context;
use crate::failure::Failure;
use std::ffi::OsStr;
use tracing::subscriber::DefaultGuard;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::time::uptime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The variable that turns logging on: a filter such as `vm_gc=debug`.
const VARIABLE: &str = "VM_LOG";

/// Installs a subscriber for the process if `VM_LOG` is set.
pub(crate) fn install(context: &Context) -> Result<(), Failure> {
    match std::env::var_os(VARIABLE).filter(|filter| !filter.is_empty()) {
        Some(filter) => install_filter(context, &filter),
        None => Ok(()),
    }
}

// A subscriber takes some pages of stack. Who makes none should not touch them.
#[cold]
#[inline(never)]
fn install_filter(context: &Context, filter: &OsStr) -> Result<(), Failure> {
    let failure = |error: String| Failure::Log(error);
    let filter = filter.to_string_lossy().parse::<Targets>();
    let filter = filter.map_err(|error| failure(error.to_string()))?;
    let installed = subscriber(context, filter).try_init();
    installed.map_err(|error| failure(error.to_string()))
}

/// Installs a subscriber for this thread, until the guard is dropped, if `-v` was given: once for
/// each collection, twice for its stages and the heap too.
pub(crate) fn install_verbose(context: &Context, verbose: u8) -> Option<DefaultGuard> {
    let level = match verbose {
        0 => return None,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    Some(install_for_thread(context, level))
}

#[cold]
#[inline(never)]
fn install_for_thread(context: &Context, level: Level) -> DefaultGuard {
    let filter = Targets::new().with_target("vm_gc", level);
    subscriber(context, filter).set_default()
}

/// Lines on standard error.
fn subscriber(context: &Context, filter: Targets) -> impl Subscriber + Send + Sync + use<> {
    let console = context.console.clone();
    tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_timer(uptime())
        .with_ansi(context.color())
        .with_writer(move || console.error())
        .finish()
        .with(filter)
}
