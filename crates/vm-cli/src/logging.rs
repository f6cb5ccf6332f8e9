//! `VM_LOG`: the collector's spans and events on standard error.

use crate::context::Context;
use crate::failure::Failure;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::uptime;

/// The variable that turns logging on: a filter such as `vm_gc=debug`.
const VARIABLE: &str = "VM_LOG";

/// Installs a subscriber for the process if `VM_LOG` is set.
pub(crate) fn install(context: &Context) -> Result<(), Failure> {
    let Some(filter) = std::env::var_os(VARIABLE).filter(|filter| !filter.is_empty()) else {
        return Ok(());
    };
    let filter = filter.to_string_lossy();
    let filter = EnvFilter::try_new(filter).map_err(|error| Failure::Log(error.to_string()))?;
    let console = context.console.clone();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_timer(uptime())
        .with_ansi(context.color())
        .with_writer(move || console.error())
        .try_init()
        .map_err(|error| Failure::Log(error.to_string()))
}
