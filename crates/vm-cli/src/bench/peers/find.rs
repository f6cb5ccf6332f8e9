//! The interpreters, and how each runs a program.
//!
//! ```text
//!   --peer NAME=PATH ─┐
//!   known names ──────┼──► starts here? ──► has a twin? another version? ──► Peer
//!   pyenv's CPythons ─┘
//! ```
//!
//! The first word of a peer's name says what it is, words with a hyphen are its options: `luajit -joff`
//! runs Lua with the option `-joff`. Known peers have names that are shorter than their options.

use crate::failure::Failure;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An interpreter.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: String,
    /// What it says of its version.
    version: String,
    path: PathBuf,
    kind: &'static Kind,
    /// Before the program.
    options: Vec<String>,
}

/// What can be run.
#[derive(Debug)]
struct Kind {
    /// The first word of names.
    name: &'static str,
    /// The ending of programs.
    extension: &'static str,
    /// The option that asks for the version. Who has none tells it in the help, if at all.
    version: &'static str,
    /// Between the program and its arguments.
    before_arguments: Option<&'static str>,
}

const fn kind(name: &'static str, extension: &'static str, version: &'static str) -> Kind {
    Kind {
        name,
        extension,
        version,
        before_arguments: None,
    }
}

static KINDS: [Kind; 11] = [
    kind("vm", "vasm", "--version"),
    kind("python", "py", "--version"),
    kind("pypy", "py", "--version"),
    kind("lua", "lua", "-v"),
    kind("luajit", "lua", "-v"),
    Kind {
        before_arguments: Some("-a"),
        ..kind("luau", "lua", HELP)
    },
    kind("qjs", "js", HELP),
    kind("quickjs", "js", HELP),
    kind("node", "js", "--version"),
    kind("php", "php", "--version"),
    kind("ruby", "rb", "--version"),
];

const HELP: &str = "--help";

/// What is looked for besides CPython: the name of the peer, the program, and its options.
const KNOWN: [(&str, &str, &[&str]); 15] = [
    ("pypy", "pypy3", &[]),
    ("lua 5.4", "lua5.4", &[]),
    ("lua", "lua", &[]),
    ("luajit", "luajit", &[]),
    ("luajit -joff", "luajit", &["-joff"]),
    ("luau", "luau", &[]),
    ("qjs", "qjs", &[]),
    ("node", "node", &[]),
    ("node --jitless", "node", &["--jitless"]),
    ("php", "php", &["-dopcache.enable_cli=0"]),
    ("php, opcache", "php", &["-dopcache.enable_cli=1"]),
    (
        "php, opcache, jit",
        "php",
        &[
            "-dopcache.enable_cli=1",
            "-dopcache.jit=tracing",
            "-dopcache.jit_buffer_size=64M",
        ],
    ),
    ("ruby", "ruby", &[]),
    ("ruby --yjit", "ruby", &["--yjit"]),
    ("python", "/usr/bin/python3", &[]),
];

/// What ratios are to, where it is found.
const DEBIAN_PYTHON: &str = "python 3.11 (Debian)";
/// CPython 3.N is looked for from this N on, and up to that one even if pyenv has none of it.
const PYTHON_MINORS: RangeInclusive<u32> = 11..=14;

/// What is looked for.
struct Candidate {
    name: String,
    program: String,
    /// Where it is; the first that starts is taken.
    paths: Vec<PathBuf>,
    options: Vec<String>,
}

fn candidate(name: &str, program: &str, options: &[&str]) -> Candidate {
    Candidate {
        name: name.to_owned(),
        program: program.to_owned(),
        paths: vec![program.into()],
        options: options.iter().map(ToString::to_string).collect(),
    }
}

/// All that is looked for: Debian's CPython, every CPython from the PATH or else of pyenv, the others.
fn candidates(pyenv: &Path) -> Vec<Candidate> {
    let scripts = pyenv.join("shims");
    let mut all = vec![candidate(DEBIAN_PYTHON, "/usr/bin/python3.11", &[])];
    let installed = pythons(&pyenv.join("versions"));
    let minors = installed.iter().map(|&(minor, ..)| minor);
    let minors: BTreeSet<u32> = minors
        .filter(|minor| minor >= PYTHON_MINORS.start())
        .chain(PYTHON_MINORS)
        .collect();
    for minor in minors {
        let program = format!("python3.{minor}");
        let of_minor = installed.iter().filter(|(other, ..)| *other == minor);
        let of_pyenv = of_minor.map(|(.., path)| path.clone());
        let on_path = on_path(&program, &scripts);
        all.push(Candidate {
            paths: on_path.chain(of_pyenv).collect(),
            ..candidate(&format!("python 3.{minor}"), &program, &[])
        });
    }
    let known = KNOWN.iter();
    all.extend(known.map(|(name, program, options)| candidate(name, program, options)));
    all
}

/// Where pyenv is; a directory that is not there, if it is not known.
fn pyenv() -> PathBuf {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    root.or(home).unwrap_or_default()
}

/// Where on the PATH a program is, except in the directory of pyenv's scripts: they start the program
/// only if its version is chosen, and take longer for that than it does.
fn on_path(program: &str, scripts: &Path) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let directories = directories.into_iter().filter(move |path| path != scripts);
    let programs = directories.map(move |path| path.join(program));
    programs.filter(|path| path.is_file())
}

/// CPython 3.N.M in a directory of installations named after versions: N, M and the program, the
/// newest first.
fn pythons(versions: &Path) -> Vec<(u32, u32, PathBuf)> {
    let Ok(entries) = fs::read_dir(versions) else {
        return Vec::new();
    };
    let installed = entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let version = path.file_name()?.to_str()?.strip_prefix("3.")?;
        let (minor, patch) = version.split_once('.')?;
        let (minor, patch) = (minor.parse().ok()?, patch.parse().ok()?);
        let program = path.join(format!("bin/python3.{minor}"));
        program.is_file().then_some((minor, patch, program))
    });
    let mut installed: Vec<(u32, u32, PathBuf)> = installed.collect();
    installed.sort();
    installed.reverse();
    installed
}

/// This machine first, then those that are given, then all known ones that start and for which one of
/// the programs has a twin: no two of the same version with the same options.
pub(super) fn all(
    given: &[(String, PathBuf)],
    programs: &[PathBuf],
    say: &impl Fn(&str),
) -> Result<Vec<Peer>, Failure> {
    let path = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("vm"));
    let no_peer = |path: &Path| Failure::NoPeer {
        path: path.display().to_string(),
    };
    let machine = Peer::start("vm", &path, &[])?.ok_or_else(|| no_peer(&path))?;
    let mut peers = vec![machine];
    let has_twin = |kind: &Kind| programs.iter().any(|path| kind.twin(path).is_some());
    for (name, path) in given {
        let words = name.split_whitespace();
        let options = words.filter(|word| word.starts_with('-'));
        let options: Vec<String> = options.map(str::to_owned).collect();
        let peer = Peer::start(name, path, &options)?.ok_or_else(|| no_peer(path))?;
        if !has_twin(peer.kind) {
            let extension = peer.kind.extension;
            say(&format!("{name}: no program has a twin `.{extension}`\n"));
        }
        peers.push(peer);
    }
    for candidate in candidates(&pyenv()) {
        let name = &candidate.name;
        if !has_twin(Kind::of(name)?) {
            continue;
        }
        let mut found = None;
        for path in &candidate.paths {
            found = Peer::start(name, path, &candidate.options)?;
            if found.is_some() {
                break;
            }
        }
        let Some(peer) = found else {
            let program = &candidate.program;
            say(&format!(
                "{name}: `{program}` does not start here; left out\n"
            ));
            continue;
        };
        match peers.iter().find(|other| other.is_like(&peer)) {
            Some(other) => say(&format!(
                "{name}: {} is measured as {}; left out\n",
                peer.version, other.name
            )),
            None => peers.push(peer),
        }
    }
    Ok(peers)
}

/// The peer that ratios are to: of those that ran, Debian's CPython 3.11, else the first CPython, else
/// the first, which is this machine.
pub(super) fn base(peers: &[Peer], ran: impl Fn(usize) -> bool) -> usize {
    let position = |prefix: &str| {
        let mut peers = peers.iter().enumerate();
        let found = peers.find(|(index, peer)| peer.name.starts_with(prefix) && ran(*index));
        found.map(|(index, _)| index)
    };
    let found = position(DEBIAN_PYTHON).or_else(|| position("python"));
    found.or_else(|| position("")).unwrap_or(0)
}

impl Kind {
    /// What a peer of this name is.
    fn of(name: &str) -> Result<&'static Kind, Failure> {
        let word = name.split_whitespace().next().unwrap_or_default();
        let word = word.trim_end_matches(',');
        let kind = KINDS.iter().find(|kind| kind.name == word);
        kind.ok_or_else(|| Failure::PeerKind {
            name: name.to_owned(),
            known: KINDS.each_ref().map(|kind| kind.name).join(", "),
        })
    }

    /// The twin of a program that it runs, if there is one.
    fn twin(&self, program: &Path) -> Option<PathBuf> {
        if self.extension == "vasm" {
            return Some(program.to_owned());
        }
        let twin = program.with_extension(self.extension);
        twin.is_file().then_some(twin)
    }
}

impl Peer {
    /// The interpreter of that name, if it starts with its options.
    fn start(name: &str, path: &Path, options: &[String]) -> Result<Option<Peer>, Failure> {
        let kind = Kind::of(name)?;
        let version = version(path, options, kind.version);
        Ok(version.map(|version| Peer {
            name: name.to_owned(),
            version,
            path: path.to_owned(),
            kind,
            options: options.to_vec(),
        }))
    }

    fn is_like(&self, other: &Peer) -> bool {
        self.version == other.version
            && self.options == other.options
            && self.kind.extension == other.kind.extension
    }

    /// Its version and its options.
    pub(super) fn described(&self) -> String {
        let options = self.options.iter();
        options.fold(self.version.clone(), |all, option| all + " " + option)
    }

    /// The twin of a program that it runs, if there is one.
    pub(super) fn twin(&self, program: &Path) -> Option<PathBuf> {
        self.kind.twin(program)
    }

    /// The command that runs a program.
    pub(super) fn command(&self, file: &Path, arguments: &[String]) -> Command {
        let mut command = command(&self.path);
        if self.kind.extension == "vasm" {
            command.arg("run");
        }
        command.args(&self.options).arg(file);
        if !arguments.is_empty() {
            command.args(self.kind.before_arguments);
        }
        command.args(arguments.iter().map(OsString::from));
        command
    }
}

/// The variables that an interpreter gets. Others change what is measured: `PYTHONMALLOC`, `LUA_INIT`.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "LD_LIBRARY_PATH"];

/// A command with the few variables of the environment that an interpreter needs to start.
fn command(path: &Path) -> Command {
    let mut command = Command::new(path);
    let kept = ENVIRONMENT
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.env_clear().envs(kept);
    command
}

/// The first line of what an interpreter says about its version, if it starts. QuickJS tells it in
/// its help, and ends with a status other than 0; Luau does not tell it.
fn version(path: &Path, options: &[String], version_option: &str) -> Option<String> {
    let mut command = command(path);
    command.args(options).arg(version_option);
    let output = command.stdin(Stdio::null()).output().ok()?;
    if !output.status.success() && version_option != HELP {
        return None;
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default();
    let line = line.split("  ").next().unwrap_or_default().trim();
    if line.starts_with("Usage:") {
        return Some("it does not tell its version".to_owned());
    }
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(name: &str, path: &str, options: &[&str]) -> Result<Option<Peer>, Failure> {
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        Peer::start(name, Path::new(path), &options)
    }

    /// `true` starts with any options, and says nothing; `echo` repeats them.
    #[test]
    fn names_tell_the_kind() {
        let words = |name: &str, options: &[&str]| -> Vec<String> {
            let peer = start(name, "echo", options).unwrap().expect("it starts");
            let command = peer.command(Path::new("p"), &["5".to_owned()]);
            let words = command.get_args().map(|word| word.to_string_lossy());
            words.map(String::from).collect()
        };
        assert_eq!(words("vm", &[]), ["run", "p", "5"]);
        assert_eq!(words("luajit of mine", &["-joff"]), ["-joff", "p", "5"]);
        assert_eq!(words("php, opcache", &["-d1"]), ["-d1", "p", "5"]);
        assert_eq!(words("luau", &[]), ["p", "-a", "5"]);
        let peer = start("luajit -joff", "echo", &["-joff"]).unwrap().unwrap();
        assert_eq!(peer.described(), "-joff -v -joff");
        assert!(start("lua", "/no/such", &[]).unwrap().is_none());
        assert!(start("lua", "true", &[]).unwrap().is_none());
        assert!(start("perl", "echo", &[]).is_err());
    }

    #[test]
    fn ratios_are_to_a_python_that_ran() {
        let named = |name: &str| start(name, "echo", &[]).unwrap().unwrap();
        assert_eq!(base(&[named("vm"), named("lua")], |_| true), 0);
        assert_eq!(base(&[named("vm"), named("python 3.13")], |_| true), 1);
        let peers = [named("vm"), named("python 3.13"), named(DEBIAN_PYTHON)];
        assert_eq!(base(&peers, |_| true), 2);
        assert_eq!(base(&peers, |peer| peer != 2), 1);
        assert_eq!(base(&peers, |peer| peer == 0), 0);
        assert_eq!(base(&[named("vm"), named("lua")], |peer| peer == 1), 1);
        assert_eq!(base(&peers, |_| false), 0);
    }

    #[test]
    fn every_candidate_is_of_a_known_kind() {
        let candidates = candidates(Path::new("/no/such"));
        assert_eq!(candidates.len(), 1 + 4 + KNOWN.len());
        for candidate in candidates {
            assert!(Kind::of(&candidate.name).is_ok(), "{}", candidate.name);
        }
    }
}
