//! Which files are tests, and where what they expect is written.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why there are no tests.
#[derive(Debug, Error)]
pub enum SearchError {
    /// A file or directory cannot be read.
    #[error("cannot read `{name}`: {source}")]
    Read {
        /// The path as it was given or found.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// There is no test in any of the paths.
    #[error("no tests in {paths}")]
    NoTests {
        /// The paths.
        paths: String,
    },
}

/// A program that is a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TestFile {
    /// Its path, as it was given or found below the one given.
    pub(super) path: PathBuf,
}

impl TestFile {
    /// The file's name in its directory: what the program is called when it runs.
    pub(super) fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or(OsStr::new(""))
            .to_string_lossy()
            .into_owned()
    }

    /// The directory of the file.
    pub(super) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub(super) fn is_text(&self) -> bool {
        has_extension(&self.path, "vasm")
    }

    /// The file with the directives: the program itself if it is text, else the one beside it.
    pub(super) fn directives_path(&self) -> PathBuf {
        if self.is_text() {
            return self.path.clone();
        }
        let mut path = self.path.clone().into_os_string();
        path.push(".expect");
        path.into()
    }

    /// The name of the file with the directives.
    pub(super) fn directives_name(&self) -> String {
        let suffix = if self.is_text() { "" } else { ".expect" };
        self.name() + suffix
    }

    /// The text with the directives; a text that is not UTF-8 has none that are.
    pub(super) fn directives_text(&self) -> io::Result<String> {
        match fs::read(self.directives_path()) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            // A module that was named without a file beside it has to succeed.
            Err(error) if !self.is_text() && error.kind() == io::ErrorKind::NotFound => {
                Ok(String::new())
            }
            Err(error) => Err(error),
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// The tests among files and in directories, in the order of the paths, each directory sorted.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<TestFile>, SearchError> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|source| unreadable(path, source))?;
        if metadata.is_dir() {
            find_below(path, &mut files)?;
        } else {
            files.push(TestFile { path: path.clone() });
        }
    }
    if files.is_empty() {
        let paths: Vec<String> = paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        return Err(SearchError::NoTests {
            paths: paths.join(", "),
        });
    }
    Ok(files)
}

/// Adds the tests in a directory and all below. Symbolic links to directories are not followed.
fn find_below(directory: &Path, files: &mut Vec<TestFile>) -> Result<(), SearchError> {
    let failed = |source| unreadable(directory, source);
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((entry.path(), entry.file_type().map_err(failed)?.is_dir()));
    }
    entries.sort();
    for (path, is_directory) in entries {
        if is_directory {
            find_below(&path, files)?;
            continue;
        }
        let file = TestFile { path };
        let is_module = has_extension(&file.path, "vmb") && file.directives_path().exists();
        if file.is_text() || is_module {
            files.push(file);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, source: io::Error) -> SearchError {
    SearchError::Read {
        name: path.display().to_string(),
        source,
    }
}
