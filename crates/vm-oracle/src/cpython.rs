//! CPython: found, and asked.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use vm_gc::Profile;

/// Behind each program's output.
const SEPARATOR: &str = "\u{1e}\n";

/// A CPython of the version that a profile imitates.
#[derive(Debug, Clone)]
pub struct Cpython {
    path: PathBuf,
}

/// The version that a profile imitates, if there is a CPython to compare with.
pub fn version(profile: Profile) -> Option<&'static str> {
    match profile {
        Profile::V3_12 => Some("3.12"),
        Profile::V3_13 => Some("3.13"),
        Profile::V3_15 => None,
    }
}

impl Cpython {
    /// Looks for it on the `PATH` and where `pyenv` puts its versions.
    pub fn find(version: &str) -> Option<Cpython> {
        let name = format!("python{version}");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut candidates: Vec<PathBuf> = std::env::split_paths(&path)
            .map(|directory| directory.join(&name))
            .collect();
        let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
        for root in root.into_iter().chain(home) {
            let Ok(versions) = root.join("versions").read_dir() else {
                continue;
            };
            candidates.extend(
                versions
                    .flatten()
                    .map(|entry| entry.path().join("bin").join(&name)),
            );
        }
        candidates
            .into_iter()
            .find(|candidate| is_version(candidate, version))
            .map(|path| Cpython { path })
    }

    /// The one at a path, if it is of that version.
    pub fn at(path: &Path, version: &str) -> Option<Cpython> {
        is_version(path, version).then(|| Cpython {
            path: path.to_owned(),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What each of the programs prints. All of them run in one process.
    ///
    /// # Errors
    ///
    /// The process could not be started, or ended early.
    pub fn run(&self, sources: &[String]) -> io::Result<Vec<String>> {
        let mut process = Command::new(&self.path)
            .args(["-I", "-S", "-c", include_str!("harness.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(mut input), Some(mut output)) = (process.stdin.take(), process.stdout.take())
        else {
            return Err(io::Error::other("the process has no standard streams"));
        };
        let mut text = String::new();
        thread::scope(|scope| {
            // An error here is one of the process, which the output shows.
            scope.spawn(move || {
                sources
                    .iter()
                    .try_for_each(|source| write!(input, "{}\n{source}", source.len()))
            });
            output.read_to_string(&mut text)
        })?;
        let status = process.wait()?;
        let outputs: Vec<String> = text
            .split_terminator(SEPARATOR)
            .map(str::to_owned)
            .collect();
        if outputs.len() != sources.len() || !status.success() {
            return Err(io::Error::other(format!(
                "CPython ended with {status} in program {} of {}",
                outputs.len(),
                sources.len()
            )));
        }
        Ok(outputs)
    }
}

/// Whether there is a CPython of that version: what is on the `PATH` may be a stand-in that fails.
fn is_version(path: &Path, version: &str) -> bool {
    if !path.is_file() {
        return false;
    }
    let output = Command::new(path)
        .args([
            "-I",
            "-c",
            "import sys; print(sys.implementation.name, *sys.version_info[:2])",
        ])
        .stderr(Stdio::null())
        .output();
    let expected = format!("cpython {}", version.replace('.', " "));
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == expected)
}
