//! The interpreters, and how each runs a program.

use crate::options::Options;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use thiserror::Error;

/// What kind of program an interpreter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Assembly,
    Lua,
    Python,
}

/// An interpreter.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) language: Language,
    path: PathBuf,
    /// Options before the program.
    options: &'static [&'static str],
    /// What it says of its version.
    pub(crate) version: String,
}

#[derive(Debug, Error)]
pub(crate) enum PeerError {
    #[error("{} does not start; build it: cargo build --release --bin vm", path.display())]
    NoMachine { path: PathBuf },
    #[error("{} does not start", path.display())]
    Given { path: PathBuf },
}

/// Interpreters that are measured if they are found: name, program, language, options.
const KNOWN: [(&str, &str, Language, &[&str]); 7] = [
    ("lua 5.4", "lua5.4", Language::Lua, &[]),
    ("lua 5.4", "lua", Language::Lua, &[]),
    ("luajit -joff", "luajit", Language::Lua, &["-joff"]),
    ("python 3.14", "python3.14", Language::Python, &[]),
    ("python 3.13", "python3.13", Language::Python, &[]),
    ("python 3.11", "/usr/bin/python3.11", Language::Python, &[]),
    ("python", "/usr/bin/python3", Language::Python, &[]),
];

/// The machine first, then all peers that start; no two of the same version.
pub(crate) fn find(options: &Options) -> Result<Vec<Peer>, PeerError> {
    let beside = || {
        let own = std::env::current_exe().unwrap_or_default();
        own.with_file_name(format!("vm{}", std::env::consts::EXE_SUFFIX))
    };
    let path = options.vm.clone().unwrap_or_else(beside);
    let Some(version) = version_of(&path, Language::Assembly) else {
        return Err(PeerError::NoMachine { path });
    };
    let name = "vm".to_owned();
    let mut peers = vec![Peer {
        name,
        language: Language::Assembly,
        path,
        options: &[],
        version,
    }];
    let given = [
        (&options.lua, Language::Lua),
        (&options.python, Language::Python),
    ];
    for (list, language) in given {
        for (name, path) in list {
            let Some(version) = version_of(path, language) else {
                return Err(PeerError::Given { path: path.clone() });
            };
            let (name, path) = (name.clone(), path.clone());
            peers.push(Peer {
                name,
                language,
                path,
                options: &[],
                version,
            });
        }
    }
    for (name, program, language, options) in KNOWN {
        let path = PathBuf::from(program);
        match version_of(&path, language) {
            Some(version) if peers.iter().all(|peer| peer.version != version) => {
                let name = name.to_owned();
                peers.push(Peer {
                    name,
                    language,
                    path,
                    options,
                    version,
                });
            }
            Some(_) => {}
            None => eprintln!("peers: {program} does not start here; left out"),
        }
    }
    Ok(peers)
}

/// The first line of what an interpreter says about its version, if it starts.
fn version_of(path: &Path, language: Language) -> Option<String> {
    let option = if language == Language::Lua {
        "-v"
    } else {
        "--version"
    };
    let output = Command::new(path)
        .arg(option)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default();
    Some(
        line.split("  ")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned(),
    )
}

/// The directory of this package.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Peer {
    /// The command that runs a program.
    pub(crate) fn command(&self, program: &str, argument: &str) -> Command {
        let file = match self.language {
            Language::Assembly => package().join(format!("../fixtures/{program}.vasm")),
            Language::Lua => package().join(format!("programs/{program}.lua")),
            Language::Python => package().join(format!("../fixtures/twins/{program}.py")),
        };
        self.command_with([file.into_os_string(), argument.into()])
    }

    /// The command that runs a program that does nothing.
    pub(crate) fn empty(&self) -> Command {
        match self.language {
            Language::Assembly => {
                self.command_with([package().join("../fixtures/empty.vasm").into_os_string()])
            }
            Language::Lua => self.command_with(["-e".into(), "".into()]),
            Language::Python => self.command_with(["-c".into(), "pass".into()]),
        }
    }

    /// The command with these arguments behind its options.
    pub(crate) fn command_with(&self, arguments: impl IntoIterator<Item = OsString>) -> Command {
        let mut command = Command::new(&self.path);
        if self.language == Language::Assembly {
            command.arg("run");
        }
        command.args(self.options).args(arguments);
        command
    }
}
