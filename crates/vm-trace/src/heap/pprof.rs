//! pprof's profiles: what was allocated and what is alive, by call stack. Gzip around a protobuf.
//!
//! ```text
//!  Profile ─┬─ sample_type      what the four values of each sample are
//!           ├─ sample           a stack of locations, innermost first, and its values
//!           ├─ location         a line of a function
//!           ├─ function         its name and file
//!           └─ string_table     what names are numbers of; the first is empty
//! ```
//!
//! 1. Add up what is alive by site; what was allocated stands with each site.
//! 2. Write a sample for each site at which anything was allocated: its callers are the stack.
//! 3. Sites that differ in their callers alone share a location.
//!
//! A message is a sequence of fields in any order, so the profile is written piece by piece.
//! Source: `proto/profile.proto` of <https://github.com/google/pprof>, whose numbers are below.

use crate::protobuf::Message;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use vm_gc::snapshot::{AllocationSite, SiteIndex, Snapshot, TextId};

/// Numbers of the fields, by message.
mod field {
    pub(super) mod profile {
        pub(crate) const SAMPLE_TYPE: u32 = 1;
        pub(crate) const SAMPLE: u32 = 2;
        pub(crate) const LOCATION: u32 = 4;
        pub(crate) const FUNCTION: u32 = 5;
        pub(crate) const STRING_TABLE: u32 = 6;
        pub(crate) const PERIOD_TYPE: u32 = 11;
        pub(crate) const PERIOD: u32 = 12;
        pub(crate) const DEFAULT_SAMPLE_TYPE: u32 = 14;
    }
    pub(super) mod value_type {
        pub(crate) const TYPE: u32 = 1;
        pub(crate) const UNIT: u32 = 2;
    }
    pub(super) mod sample {
        pub(crate) const LOCATION_ID: u32 = 1;
        pub(crate) const VALUE: u32 = 2;
    }
    pub(super) mod location {
        pub(crate) const ID: u32 = 1;
        pub(crate) const LINE: u32 = 4;
    }
    pub(super) mod line {
        pub(crate) const FUNCTION_ID: u32 = 1;
        pub(crate) const LINE: u32 = 2;
    }
    pub(super) mod function {
        pub(crate) const ID: u32 = 1;
        pub(crate) const NAME: u32 = 2;
        pub(crate) const SYSTEM_NAME: u32 = 3;
        pub(crate) const FILENAME: u32 = 4;
    }
}

/// The values of a sample: their names, and the units.
const SAMPLE_TYPES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// The one that viewers show first.
const FIRST_SHOWN: &str = "inuse_space";

/// The table of strings.
struct Strings<'a> {
    numbers: HashMap<&'a str, u64>,
    all: Vec<&'a str>,
}

impl<'a> Strings<'a> {
    fn number(&mut self, text: &'a str) -> u64 {
        let next = self.all.len() as u64;
        *self.numbers.entry(text).or_insert_with(|| {
            self.all.push(text);
            next
        })
    }
}

/// A profile on its way out.
struct Writer<'a, W: Write> {
    out: GzEncoder<W>,
    snapshot: &'a Snapshot,
    strings: Strings<'a>,
    /// The numbers of what was written, from 1.
    functions: HashMap<(TextId, TextId), u64>,
    locations: HashMap<(TextId, TextId, u32), u64>,
}

impl<'a, W: Write> Writer<'a, W> {
    fn put(&mut self, write: impl FnOnce(&mut Message)) -> io::Result<()> {
        let mut message = Message::default();
        write(&mut message);
        self.out.write_all(message.as_bytes())
    }

    fn value_type(&mut self, number: u32, name: &'a str, unit: &'a str) -> io::Result<()> {
        let (name, unit) = (self.strings.number(name), self.strings.number(unit));
        self.put(|profile| {
            profile.message(number, |value_type| {
                value_type.integer(field::value_type::TYPE, name);
                value_type.integer(field::value_type::UNIT, unit);
            });
        })
    }

    /// The number of a site's function, which is written if it is new.
    fn function(&mut self, site: &AllocationSite) -> io::Result<u64> {
        let key = (site.function, site.file);
        if let Some(&known) = self.functions.get(&key) {
            return Ok(known);
        }
        let id = self.functions.len() as u64 + 1;
        self.functions.insert(key, id);
        let name = self.strings.number(self.snapshot.text(site.function));
        let file = self.strings.number(self.snapshot.text(site.file));
        self.put(|profile| {
            profile.message(field::profile::FUNCTION, |function| {
                function.integer(field::function::ID, id);
                function.integer(field::function::NAME, name);
                function.integer(field::function::SYSTEM_NAME, name);
                function.integer(field::function::FILENAME, file);
            });
        })?;
        Ok(id)
    }

    /// The number of a site's location, which is written if it is new.
    fn location(&mut self, site: &AllocationSite) -> io::Result<u64> {
        let key = (site.function, site.file, site.line);
        if let Some(&known) = self.locations.get(&key) {
            return Ok(known);
        }
        let function = self.function(site)?;
        let id = self.locations.len() as u64 + 1;
        self.locations.insert(key, id);
        self.put(|profile| {
            profile.message(field::profile::LOCATION, |location| {
                location.integer(field::location::ID, id);
                location.message(field::location::LINE, |line| {
                    line.integer(field::line::FUNCTION_ID, function);
                    line.integer(field::line::LINE, u64::from(site.line));
                });
            });
        })?;
        Ok(id)
    }

    fn sample(&mut self, site: SiteIndex, values: [u64; 4]) -> io::Result<()> {
        let mut stack = Vec::new();
        let mut next = Some(site);
        while let Some(site) = next {
            let site = &self.snapshot.sites()[site as usize];
            stack.push(self.location(site)?);
            next = site.caller;
        }
        self.put(|profile| {
            profile.message(field::profile::SAMPLE, |sample| {
                for id in stack {
                    sample.integer(field::sample::LOCATION_ID, id);
                }
                for value in values {
                    sample.integer(field::sample::VALUE, value);
                }
            });
        })
    }
}

/// Writes the allocation profile of a snapshot whose sites were recorded, for pprof.
///
/// # Errors
///
/// Those of the stream.
pub fn write_pprof(snapshot: &Snapshot, stream: impl Write) -> io::Result<()> {
    let mut alive = vec![(0_u64, 0_u64); snapshot.sites().len()];
    for node in snapshot.nodes() {
        if let Some(site) = node.site {
            let (objects, bytes) = &mut alive[site as usize];
            *objects += 1;
            *bytes += node.self_bytes;
        }
    }
    let mut writer = Writer {
        out: GzEncoder::new(BufWriter::new(stream), Compression::default()),
        snapshot,
        strings: Strings {
            numbers: HashMap::from([("", 0)]),
            all: vec![""],
        },
        functions: HashMap::new(),
        locations: HashMap::new(),
    };
    for (name, unit) in SAMPLE_TYPES {
        writer.value_type(field::profile::SAMPLE_TYPE, name, unit)?;
    }
    // Every byte is counted: one in one.
    writer.value_type(field::profile::PERIOD_TYPE, "space", "bytes")?;
    let first_shown = writer.strings.number(FIRST_SHOWN);
    writer.put(|profile| {
        profile.integer(field::profile::PERIOD, 1);
        profile.integer(field::profile::DEFAULT_SAMPLE_TYPE, first_shown);
    })?;
    for (index, (site, (objects, bytes))) in (0..).zip(snapshot.sites().iter().zip(alive)) {
        if site.objects > 0 || objects > 0 {
            writer.sample(index, [site.objects, site.bytes, objects, bytes])?;
        }
    }
    for text in std::mem::take(&mut writer.strings.all) {
        writer.put(|profile| {
            profile.text(field::profile::STRING_TABLE, text);
        })?;
    }
    writer.out.finish()?.flush()
}
