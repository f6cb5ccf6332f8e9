//! The oracle in `cargo test`: the recorded corpus always, and some hundreds of seeds where a CPython
//! is found. `CONTRIBUTING.md` has the command for any number.

use std::io::Write as _;
use std::path::Path;
use vm_core::Stress;
use vm_gc::Profile;
use vm_oracle::{Cpython, Difference, Mode, compare_seeds, version};

/// Seeds of the live comparison, for each version; the corpus has those before.
const SEEDS: std::ops::Range<u64> = 1000..1300;

fn describe(difference: &Difference) -> String {
    let line = |trace: &[String]| trace.get(difference.line).cloned().unwrap_or_default();
    format!(
        "seed {}, line {}: expected `{}`, found `{}`",
        difference.program.seed,
        difference.line,
        line(&difference.expected),
        line(&difference.found)
    )
}

#[test]
fn recorded_traces_are_ours() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/oracle");
    let recorded = vm_oracle::read(&directory).expect("the corpus is there");
    for profile in [Profile::V3_12, Profile::V3_13] {
        let of_profile = || {
            recorded
                .iter()
                .filter(|recorded| Some(recorded.version.as_str()) == version(profile))
        };
        assert!(of_profile().count() >= 30, "{profile:?}");
        for recorded in of_profile() {
            let seed = recorded.program.seed;
            assert!(recorded.current, "seed {seed}: record the corpus anew");
            // Collections at every safepoint take long: a few programs are enough here.
            let all = |on| Stress {
                safepoints: on,
                verify: on,
                retrace: on,
                poison: on,
            };
            let modes = [all(false), all(true)];
            for stress in modes.into_iter().take(1 + usize::from(seed < 8)) {
                let mode = Mode { profile, stress };
                if let Some(difference) = mode.compare(&recorded.program, &recorded.trace) {
                    panic!("{stress:?}: {}", describe(&difference));
                }
            }
        }
    }
}

/// Compares with a CPython, or says that there is none.
fn compare(profile: Profile) {
    let version = version(profile).expect("there is a CPython of that profile");
    let Some(cpython) = Cpython::find(version) else {
        // Written past the test runner, which would keep it to itself.
        let text = format!("SKIPPED: no CPython {version} found; seeds {SEEDS:?} not compared\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
        return;
    };
    let mode = Mode {
        profile,
        stress: Stress::default(),
    };
    let mut differences = Vec::new();
    compare_seeds(SEEDS, &cpython, mode, |difference| {
        differences.push(describe(&difference));
        differences.len() < 10
    })
    .expect("CPython runs");
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn cpython_3_13_does_the_same() {
    compare(Profile::V3_13);
}

#[test]
fn cpython_3_12_does_the_same() {
    compare(Profile::V3_12);
}
