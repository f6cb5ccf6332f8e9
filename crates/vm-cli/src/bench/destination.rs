//! A file that is written at the end: it is opened before anything is measured, so that a file that
//! cannot be written costs no measuring. Until it is written it stays as it was.

use crate::context::Context;
use crate::failure::Failure;
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An opened file.
#[derive(Debug)]
pub(super) struct Destination {
    /// As it was given.
    name: String,
    path: PathBuf,
    file: File,
    /// Whether it is to be removed: it was not there before, and nothing was written yet.
    is_empty: bool,
}

impl Destination {
    pub(super) fn open(context: &Context, path: &Path) -> Result<Destination, Failure> {
        let name = path.display().to_string();
        let path = context.path(path);
        let is_empty = !path.exists();
        let mut options = OpenOptions::new();
        match options.write(true).create(true).truncate(false).open(&path) {
            Ok(file) => Ok(Destination {
                name,
                path,
                file,
                is_empty,
            }),
            Err(source) => Err(Failure::Write { name, source }),
        }
    }

    /// Writes it, in place of what it had.
    pub(super) fn write(mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.is_empty = false;
        self.replace(bytes).map_err(|source| Failure::Write {
            name: self.name.clone(),
            source,
        })
    }

    /// Writes a value as JSON.
    pub(super) fn write_json(self, value: &impl Serialize) -> Result<(), Failure> {
        match serde_json::to_vec_pretty(value) {
            Ok(mut json) => {
                json.push(b'\n');
                self.write(&json)
            }
            Err(error) => Err(Failure::Write {
                name: self.name.clone(),
                source: error.into(),
            }),
        }
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        // A pipe or a device has no length.
        if self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write_all(bytes)
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if self.is_empty {
            // If it cannot be removed, an empty file stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_when_it_is_written_and_not_before() {
        let directory = std::env::temp_dir().join(format!("vm_destination_{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let context = Context::captured(b"").0.in_directory(&directory);
        let open = |name: &str| Destination::open(&context, Path::new(name));
        let read = |name: &str| fs::read_to_string(directory.join(name));
        fs::write(directory.join("old"), "longer than the new one").unwrap();
        drop(open("old").unwrap());
        assert_eq!(read("old").unwrap(), "longer than the new one");
        open("old").unwrap().write(b"new").unwrap();
        assert_eq!(read("old").unwrap(), "new");
        drop(open("new").unwrap());
        assert!(read("new").is_err());
        open("new").unwrap().write(b"").unwrap();
        assert_eq!(read("new").unwrap(), "");
        let failure = open("no/such").unwrap_err().to_string();
        assert!(failure.starts_with("cannot write `no/such`: "), "{failure}");
        fs::remove_dir_all(&directory).unwrap();
    }
}
