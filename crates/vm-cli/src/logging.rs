//! `VM_LOG` and `-v`: the collector's spans and events on standard error.

use crate::context::Context;
use crate::failure::Failure;
use std::ffi::OsStr;
use tracing::Subscriber;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::uptime;
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
    let filter = EnvFilter::try_new(filter.to_string_lossy());
    let filter = filter.map_err(|error| failure(error.to_string()))?;
    let installed = subscriber(context, filter).try_init();
    installed.map_err(|error| failure(error.to_string()))
}

/// Installs a subscriber for this thread, until the guard is dropped, if `-v` was given: once for
/// each collection, twice for its stages and the heap too.
pub(crate) fn install_verbose(context: &Context, verbose: u8) -> Option<DefaultGuard> {
    let filter = match verbose {
        0 => return None,
        1 => "vm_gc=info",
        _ => "vm_gc=debug",
    };
    Some(install_for_thread(context, filter))
}

#[cold]
#[inline(never)]
fn install_for_thread(context: &Context, filter: &str) -> DefaultGuard {
    subscriber(context, EnvFilter::new(filter)).set_default()
}

/// Lines on standard error.
fn subscriber(context: &Context, filter: EnvFilter) -> impl Subscriber + Send + Sync + use<> {
    let console = context.console.clone();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_timer(uptime())
        .with_ansi(context.color())
        .with_writer(move || console.error())
        .finish()
}
