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
    end_when_output_fails();
    let conclusion = libtest_mimic::run(&settings, trials);
    Ok(if conclusion.has_failed() {
        status::FAILED
    } else {
        status::SUCCESS
    })
}

/// The report is printed by `libtest_mimic`, which panics when it cannot be written. Whether all tests would have
/// passed is not known then; that nobody reads is no reason to say so.
fn end_when_output_fails() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_of_report = info
            .location()
            .is_some_and(|place| place.file().contains("libtest-mimic"));
        let message = info.payload_as_str().unwrap_or_default();
        if message.contains("BrokenPipe") {
            process::exit(status::FAILED.into());
        }
        if is_of_report {
            eprintln!("error: cannot write `standard output`");
            process::exit(status::USAGE.into());
        }
        hook(info);
    }));
}
