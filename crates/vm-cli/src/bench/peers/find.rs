//! The interpreters, and how each runs a program.
//!
//! The name of a peer says everything: its first word what it runs, words with a hyphen its options.
//! `luajit -joff` runs Lua with the option `-joff`.

use crate::failure::Failure;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An interpreter.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: String,
    /// What it says of its version.
    pub(super) version: String,
    path: PathBuf,
    /// Before the program.
    options: Vec<String>,
    /// The ending of its programs.
    extension: &'static str,
}

/// First words of names: the ending of programs, and the option that asks for the version.
const KINDS: [(&str, &str, &str); 11] = [
    ("vm", "vasm", "--version"),
    ("python", "py", "--version"),
    ("pypy", "py", "--version"),
    ("lua", "lua", "-v"),
    ("luajit", "lua", "-v"),
    ("luau", "lua", "--version"),
    ("qjs", "js", "--help"),
    ("quickjs", "js", "--help"),
    ("node", "js", "--version"),
    ("php", "php", "--version"),
    ("ruby", "rb", "--version"),
];

/// What is looked for: the name of the peer, and the program.
const KNOWN: [(&str, &str); 20] = [
    (DEBIAN_PYTHON, "/usr/bin/python3.11"),
    ("python 3.11", "python3.11"),
    ("python 3.12", "python3.12"),
    ("python 3.13", "python3.13"),
    ("python 3.14", "python3.14"),
    ("python", "/usr/bin/python3"),
    ("pypy", "pypy3"),
    ("lua 5.4", "lua5.4"),
    ("lua", "lua"),
    ("luajit", "luajit"),
    ("luajit -joff", "luajit"),
    ("luau", "luau"),
    ("qjs", "qjs"),
    ("node", "node"),
    ("node --jitless", "node"),
    ("php -dopcache.enable_cli=0", "php"),
    ("php -dopcache.enable_cli=1", "php"),
    (
        "php -dopcache.enable_cli=1 -dopcache.jit=tracing -dopcache.jit_buffer_size=64M",
        "php",
    ),
    ("ruby", "ruby"),
    ("ruby --yjit", "ruby"),
];

/// What ratios are to, where it is found.
const DEBIAN_PYTHON: &str = "python 3.11 (Debian)";

/// This machine first, then those that are given, then all known ones that start: no two of the same
/// version with the same options.
pub(super) fn all(given: &[(String, PathBuf)], say: &impl Fn(&str)) -> Result<Vec<Peer>, Failure> {
    let path = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("vm"));
    let no_peer = |path: &Path| Failure::NoPeer {
        path: path.display().to_string(),
    };
    let machine = Peer::start("vm", &path)?.ok_or_else(|| no_peer(&path))?;
    let mut peers = vec![machine];
    for (name, path) in given {
        peers.push(Peer::start(name, path)?.ok_or_else(|| no_peer(path))?);
    }
    for (name, program) in KNOWN {
        match Peer::start(name, Path::new(program))? {
            Some(peer) if peers.iter().any(|other| other.is_like(&peer)) => {}
            Some(peer) => peers.push(peer),
            None => say(&format!(
                "{name}: `{program}` does not start here; left out\n"
            )),
        }
    }
    Ok(peers)
}

/// The peer that ratios are to: Debian's CPython 3.11, else the first CPython, else this machine.
pub(super) fn base(peers: &[Peer]) -> usize {
    let position = |prefix: &str| peers.iter().position(|peer| peer.name.starts_with(prefix));
    position(DEBIAN_PYTHON)
        .or_else(|| position("python"))
        .unwrap_or(0)
}

impl Peer {
    /// The interpreter of that name, if it starts with its options.
    fn start(name: &str, path: &Path) -> Result<Option<Peer>, Failure> {
        let word = name.split_whitespace().next().unwrap_or_default();
        let Some(&(_, extension, version_option)) = KINDS.iter().find(|(kind, ..)| *kind == word)
        else {
            let known = KINDS.map(|(kind, ..)| kind).join(", ");
            let name = name.to_owned();
            return Err(Failure::PeerKind { name, known });
        };
        let options: Vec<String> = name
            .split_whitespace()
            .filter(|word| word.starts_with('-'))
            .map(str::to_owned)
            .collect();
        let version = version(path, &options, version_option);
        Ok(version.map(|version| Peer {
            name: name.to_owned(),
            version,
            path: path.to_owned(),
            options,
            extension,
        }))
    }

    fn is_like(&self, other: &Peer) -> bool {
        self.version == other.version
            && self.options == other.options
            && self.extension == other.extension
    }

    /// The twin of a program that it runs, if there is one.
    pub(super) fn twin(&self, program: &Path) -> Option<PathBuf> {
        if self.extension == "vasm" {
            return Some(program.to_owned());
        }
        let twin = program.with_extension(self.extension);
        twin.is_file().then_some(twin)
    }

    /// The command that runs a program.
    pub(super) fn command(&self, file: &Path, arguments: &[String]) -> Command {
        let mut command = Command::new(&self.path);
        if self.extension == "vasm" {
            command.arg("run");
        }
        command.args(&self.options).arg(file);
        command.args(arguments.iter().map(OsString::from));
        command
    }
}

/// The first line of what an interpreter says about its version, if it starts. QuickJS tells it in
/// its help, and ends with a status other than 0.
fn version(path: &Path, options: &[String], version_option: &str) -> Option<String> {
    let mut command = Command::new(path);
    command.args(options).arg(version_option);
    let output = command.stdin(Stdio::null()).output().ok()?;
    if !output.status.success() && version_option != "--help" {
        return None;
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default();
    let line = line.split("  ").next().unwrap_or_default().trim();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `true` starts with any options, and says nothing; `echo` repeats them.
    #[test]
    fn names_tell_kind_and_options() {
        let peer = Peer::start("luajit of mine -joff", Path::new("echo"));
        let peer = peer.unwrap().expect("it starts");
        assert_eq!((peer.extension, &*peer.version), ("lua", "-joff -v"));
        let command = peer.command(Path::new("p.lua"), &["5".to_owned()]);
        let words: Vec<_> = command.get_args().collect();
        assert_eq!(words, ["-joff", "p.lua", "5"]);
        assert!(Peer::start("lua", Path::new("/no/such")).unwrap().is_none());
        assert!(Peer::start("lua", Path::new("true")).unwrap().is_none());
        assert!(Peer::start("perl", Path::new("echo")).is_err());
    }

    #[test]
    fn ratios_are_to_a_python() {
        let named = |name: &str| Peer::start(name, Path::new("echo")).unwrap().unwrap();
        assert_eq!(base(&[named("vm"), named("lua")]), 0);
        assert_eq!(base(&[named("vm"), named("python 3.13")]), 1);
        let peers = [named("vm"), named("python 3.13"), named(DEBIAN_PYTHON)];
        assert_eq!(base(&peers), 2);
    }

    #[test]
    fn every_known_peer_is_of_a_known_kind() {
        for (name, _) in KNOWN {
            assert!(Peer::start(name, Path::new("/no/such")).unwrap().is_none());
        }
    }
}
