//! `vm test`: programs that say what to expect.

use crate::arguments::{ColorChoice, Test};
use crate::failure::{Failure, status};
use crate::test_runner::{Settings, trials};
use libtest_mimic::ColorSetting;
use std::panic;
use std::process;

pub(super) fn test(arguments: &Test, color: ColorChoice) -> Result<u8, Failure> {
    let settings = libtest_mimic::Arguments {
        filter: arguments.filter.clone(),
        test_threads: arguments.jobs.map(usize::from),
        color: Some(match color {
            ColorChoice::Auto => ColorSetting::Auto,
            ColorChoice::Always => ColorSetting::Always,
            ColorChoice::Never => ColorSetting::Never,
        }),
        ..Default::default()
    };
    let how = Settings {
        bless: arguments.bless,
        stress: arguments.stress.clone(),
    };
    let trials = trials(&arguments.paths, &how)?;
    quiet_broken_pipe();
    let conclusion = libtest_mimic::run(&settings, trials);
    Ok(if conclusion.has_failed() {
        status::FAILED
    } else {
        status::SUCCESS
    })
}

/// The report is printed by `libtest_mimic`, which panics when nobody reads it: no reason to say so.
fn quiet_broken_pipe() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or_default();
        if message.contains("BrokenPipe") {
            process::exit(status::SUCCESS.into());
        }
        hook(info);
    }));
}
