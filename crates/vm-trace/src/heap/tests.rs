//! Each format against what it must say, on a snapshot made by hand.

use super::*;
use std::io::Cursor;
use vm_gc::snapshot::{Category, NewObject, NewSite, ReferenceName, Snapshot, SnapshotBuilder};

const LIMIT_BYTES: usize = 1 << 20;

/// A module that holds a list, which is in a cycle with a node and refers to a text and a function;
/// and garbage: a node that refers to itself.
pub(super) fn example() -> Snapshot {
    let object = |id: u64, type_name: &'static str, label: &'static str, category| NewObject {
        id,
        self_bytes: 16 + id,
        type_name: type_name.into(),
        label: label.into(),
        count: Some(1),
        generation: Some(0),
        category,
        site: None,
    };
    let mut builder = SnapshotBuilder::new(6, 7, LIMIT_BYTES).expect("room");
    for (function, line, caller, objects, bytes) in [
        ("<module>", 30, None, 0, 0),
        ("main", 7, Some(0), 3, 1600),
        ("make", 2, Some(1), 5, 80),
    ] {
        let site = NewSite {
            function: function.into(),
            file: "example.vasm".into(),
            line,
            caller,
            objects,
            bytes,
        };
        builder.site(&site).expect("room");
    }
    let mut add = |new: NewObject<'_>, references: &[(ReferenceName<&str>, u32)]| {
        builder.object(&new).expect("room");
        for &(name, to) in references {
            builder.reference(name, to).expect("announced");
        }
    };
    add(
        NewObject {
            count: None,
            generation: None,
            ..object(512, "module", "__main__", Category::Code)
        },
        &[(ReferenceName::Attribute("items"), 1)],
    );
    add(
        object(514, "list", "of 3", Category::Container),
        &[
            (ReferenceName::Index(0), 2),
            (ReferenceName::Index(1), 3),
            (ReferenceName::Index(2), 4),
        ],
    );
    add(
        NewObject {
            site: Some(1),
            ..object(516, "Node", "", Category::Object)
        },
        &[(ReferenceName::Key("'up\"'"), 1)],
    );
    add(object(518, "str", "'a\\n\"'", Category::Text), &[]);
    add(
        object(1, "function", "main", Category::Function),
        &[(ReferenceName::Variable("total"), 3)],
    );
    add(
        object(520, "Node", "", Category::Object),
        &[(ReferenceName::Internal("itself"), 5)],
    );
    for (group, name, to) in [
        ("modules", "module __main__", 0),
        ("frames", "frame main#0", 1),
    ] {
        builder.root(group, name, to).expect("room");
    }
    builder.finish().expect("complete")
}

fn jsonl(snapshot: &Snapshot) -> String {
    let mut bytes = Vec::new();
    write_jsonl(snapshot, &mut bytes).expect("memory");
    String::from_utf8(bytes).expect("text")
}

fn read(text: &str) -> Result<Snapshot, String> {
    read_jsonl(Cursor::new(text), LIMIT_BYTES).map_err(|error| error.to_string())
}

/// The files are in `tests/heap`. What they say was read; sizes and retained sizes were worked out by hand.
#[test]
fn the_formats_are_those_of_the_fixtures() {
    let snapshot = example();
    let mut heapsnapshot = Vec::new();
    write_heapsnapshot(&snapshot, &mut heapsnapshot).expect("memory");
    let mut dot = Vec::new();
    write_dot(&snapshot, 1, &mut dot).expect("memory");
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/heap/");
    for (name, bytes) in [
        ("example.heapsnapshot", heapsnapshot),
        ("example.dot", dot),
        ("example.jsonl", jsonl(&snapshot).into_bytes()),
    ] {
        let path = format!("{directory}{name}");
        if std::env::var_os("VM_BLESS").is_some() {
            std::fs::write(&path, &bytes).expect("a directory");
        }
        let golden = std::fs::read_to_string(&path).expect(&path);
        assert_eq!(String::from_utf8(bytes).expect("text"), golden, "{name}");
    }
}

#[test]
fn a_heapsnapshot_is_what_its_meta_says() {
    let snapshot = example();
    let mut bytes = Vec::new();
    write_heapsnapshot(&snapshot, &mut bytes).expect("memory");
    let json: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    let numbers = |key: &str| -> Vec<usize> {
        let list = json[key].as_array().expect("a list");
        list.iter()
            .map(|n| n.as_u64().expect("a number") as usize)
            .collect()
    };
    let strings = json["strings"].as_array().expect("a list");
    let (nodes, edges) = (numbers("nodes"), numbers("edges"));
    let meta = &json["snapshot"]["meta"];
    let fields = |key: &str| meta[key].as_array().expect("a list").len();
    assert_eq!((fields("node_fields"), fields("edge_fields")), (7, 3));
    assert_eq!(json["snapshot"]["node_count"], nodes.len() / 7);
    assert_eq!(json["snapshot"]["edge_count"], edges.len() / 3);
    let of_nodes: usize = nodes.chunks(7).map(|node| node[4]).sum();
    assert_eq!(of_nodes, edges.len() / 3);
    for node in nodes.chunks(7) {
        assert!(node[0] < meta["node_types"][0].as_array().expect("a list").len());
        assert!(node[1] < strings.len());
    }
    let mut ids: Vec<usize> = nodes.chunks(7).map(|node| node[2]).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), nodes.len() / 7);
    for edge in edges.chunks(3) {
        assert_eq!(edge[2] % 7, 0);
        assert!(edge[2] < nodes.len());
        // Elements have an index; all others here a name.
        assert!(edge[0] == 1 || edge[1] < strings.len());
    }
}

#[test]
fn lines_are_read_back() {
    let text = jsonl(&example());
    let read = read(&text).expect("its own");
    assert_eq!(jsonl(&read), text);
    assert_eq!(read.self_bytes(), example().self_bytes());
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let text = jsonl(&example());
    let refused = |text: &str| read(text).map(drop).unwrap_err();
    let lines: Vec<&str> = text.lines().collect();
    for other in [
        "",
        "\n",
        "{}",
        "x",
        "{\"schema\":\"vm-trace\",\"version\":1}",
        "\0",
    ] {
        assert_eq!(
            refused(other),
            "this is not a heap snapshot in JSON lines",
            "{other:?}"
        );
    }
    let later = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_eq!(
        refused(&later),
        "the schema has version 2; this program knows version 1"
    );
    let twice = text.replacen("\"id\":514", "\"id\":512", 1);
    assert_eq!(
        refused(&twice),
        "line 3: there is another object with the id 512"
    );
    let nowhere = text.replacen("[\"index\",0,516]", "[\"index\",0,999]", 1);
    assert_eq!(
        refused(&nowhere),
        "line 3: there is no object with the id 999"
    );
    let wrong = text.replacen("[\"index\",0,516]", "[\"index\",\"x\",516]", 1);
    assert_eq!(
        refused(&wrong),
        "line 3: the name of a reference is of no kind"
    );
    let more = text.replacen("\"references\":7", "\"references\":6", 1);
    assert_eq!(refused(&more), "there are more references than announced");
    let huge = text.replacen("\"objects\":6", "\"objects\":4000000000", 1);
    assert_eq!(
        refused(&huge),
        "a snapshot would take more than 1048576 bytes"
    );
    for cut in 1..lines.len() {
        let error = refused(&lines[..cut].join("\n"));
        assert!(
            error.starts_with(&format!("line {}: ", cut + 1)),
            "{cut}: {error}"
        );
    }
    for cut in 1..text.len() - 1 {
        assert!(read(&text[..cut]).is_err(), "{cut} bytes");
    }
    let unknown = text.replacen("{\"id\":512,", "{\"id\":512,\"later\":[1],", 1);
    assert!(read(&unknown).is_ok(), "what later versions add is ignored");
}
