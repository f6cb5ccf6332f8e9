//! A profile, read back by the rules of the encoding: fields by number, strings by their index.

use super::tests::example;
use super::write_pprof;
use flate2::read::GzDecoder;
use std::io::Read;

/// A field: its number, and an integer or bytes.
type Field = (u64, Result<u64, Vec<u8>>);

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (byte, rest) = bytes.split_first().expect("a byte");
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

fn fields(mut bytes: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let value = varint(&mut bytes);
        let content = match tag & 7 {
            0 => Ok(value),
            2 => {
                let (content, rest) = bytes.split_at(value as usize);
                bytes = rest;
                Err(content.to_vec())
            }
            other => panic!("wire type {other}"),
        };
        fields.push((tag >> 3, content));
    }
    fields
}

/// The integers of a field.
fn integers(fields: &[Field], number: u64) -> Vec<u64> {
    let of_field = fields.iter().filter(|field| field.0 == number);
    of_field.filter_map(|field| field.1.clone().ok()).collect()
}

/// The messages of a field.
fn messages(fields: &[Field], number: u64) -> Vec<Vec<Field>> {
    let of_field = fields.iter().filter(|field| field.0 == number);
    let bytes = of_field.filter_map(|field| field.1.as_ref().err());
    bytes.map(|bytes| self::fields(bytes)).collect()
}

#[test]
fn stacks_and_amounts_are_those_of_the_snapshot() {
    let mut bytes = Vec::new();
    write_pprof(&example(), &mut bytes).expect("memory");
    let mut profile = Vec::new();
    let read = GzDecoder::new(&*bytes).read_to_end(&mut profile);
    read.expect("gzip");
    let profile = fields(&profile);
    let strings: Vec<String> = profile
        .iter()
        .filter(|field| field.0 == 6)
        .map(|field| String::from_utf8(field.1.clone().expect_err("bytes")).expect("text"))
        .collect();
    assert_eq!(strings[0], "");
    let text = |index: u64| strings[index as usize].as_str();

    let types: Vec<_> = messages(&profile, 1)
        .iter()
        .map(|of| (text(integers(of, 1)[0]), text(integers(of, 2)[0])))
        .collect();
    let expected = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    assert_eq!(types, expected);
    assert_eq!(text(integers(&profile, 14)[0]), "inuse_space");

    let (locations, functions) = (messages(&profile, 4), messages(&profile, 5));
    let with_id = |all: &[Vec<Field>], id: u64| {
        let found = all.iter().find(|of| integers(of, 1) == [id]);
        found.expect("there is one").clone()
    };
    let place = |id: u64| {
        let line = messages(&with_id(&locations, id), 4).remove(0);
        let function = with_id(&functions, integers(&line, 1)[0]);
        let (name, file) = (integers(&function, 2)[0], integers(&function, 4)[0]);
        let line = integers(&line, 2)[0];
        format!("{} {}:{line}", text(name), text(file))
    };
    let samples: Vec<_> = messages(&profile, 2)
        .iter()
        .map(|sample| {
            let stack: Vec<String> = integers(sample, 1).into_iter().map(place).collect();
            (stack.join(" < "), integers(sample, 2))
        })
        .collect();
    // One node of 532 bytes is alive; what `make` made is dead; `<module>` made nothing.
    let below = "main example.vasm:7 < <module> example.vasm:30";
    let expected = [
        (below.to_owned(), vec![3, 1600, 1, 532]),
        (format!("make example.vasm:2 < {below}"), vec![5, 80, 0, 0]),
    ];
    assert_eq!(samples, expected);
}
