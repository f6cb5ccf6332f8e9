use super::*;
use crate::object::Dropped;
use crate::ops::key::quick_hash;
use crate::value::Value;
use proptest::prelude::*;
use vm_heap::ZeroStack;

#[derive(Clone, Copy, Debug)]
enum Step {
    Insert(i32),
    Remove(i32),
    PopLast,
    PopFirst,
    Reserve(usize),
    Duplicate,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..90).prop_map(Step::Insert),
        4 => (0..90).prop_map(Step::Remove),
        1 => Just(Step::PopLast),
        1 => Just(Step::PopFirst),
        1 => (0usize..40).prop_map(Step::Reserve),
        1 => Just(Step::Duplicate),
    ]
}

fn clear(table: &mut Table, heap: &mut Heap) {
    let mut zeros = ZeroStack::new();
    table.clear(&mut Dropped {
        heap,
        zeros: &mut zeros,
    });
}

fn entry(key: i32, hash: u64, value: i32) -> Entry {
    Entry {
        hash,
        key: Value::from_i32(key),
        value: Value::from_i32(value),
    }
}

/// The present entries as numbers.
fn contents(table: &Table) -> Vec<(i32, i32)> {
    let number = |value: Value| value.as_int().expect("an integer") as i32;
    table
        .iter()
        .map(|entry| (number(entry.key), number(entry.value)))
        .collect()
}

proptest! {
    /// Against a vector of pairs. Few different hashes make every look-up meet other keys.
    #[test]
    fn behaves_like_a_vector_of_pairs(
        steps in prop::collection::vec(step(), 1..400),
        hashes in 1u64..100,
    ) {
        let mut heap = Heap::new();
        let (mut table, mut model) = (Table::new(), Vec::<(i32, i32)>::new());
        for (count, step) in steps.into_iter().enumerate() {
            let version = table.version;
            match step {
                Step::Insert(key) => {
                    let (hash, value) = (key as u64 % hashes, count as i32);
                    let known = model.iter().position(|pair| pair.0 == key);
                    match (table.probe(hash, Value::from_i32(key)), known) {
                        (Probe::Found(number), Some(position)) => {
                            table.entries_mut()[number].value = Value::from_i32(value);
                            model[position].1 = value;
                        }
                        (Probe::Absent, None) => {
                            table.push_entry(&mut heap, entry(key, hash, value)).expect("memory");
                            model.push((key, value));
                            prop_assert_ne!(table.version, version);
                        }
                        (found, known) => prop_assert!(false, "{found:?} but {known:?}"),
                    }
                }
                Step::Remove(key) => {
                    let known = model.iter().position(|pair| pair.0 == key);
                    match (table.probe(key as u64 % hashes, Value::from_i32(key)), known) {
                        (Probe::Found(number), Some(position)) => {
                            let taken = table.take_entry(number);
                            prop_assert_eq!(taken.key, Value::from_i32(key));
                            model.remove(position);
                            prop_assert_ne!(table.version, version);
                        }
                        (Probe::Absent, None) => {}
                        (found, known) => prop_assert!(false, "{found:?} but {known:?}"),
                    }
                }
                Step::PopLast => {
                    let popped = table.pop_entry().map(|entry| entry.key);
                    prop_assert_eq!(popped, model.pop().map(|pair| Value::from_i32(pair.0)));
                }
                Step::PopFirst => match table.next_present(0) {
                    Some(number) => {
                        let taken = table.take_entry(number);
                        prop_assert_eq!(taken.key, Value::from_i32(model.remove(0).0));
                    }
                    None => prop_assert!(model.is_empty()),
                },
                Step::Reserve(additional) => {
                    table.reserve(&mut heap, additional).expect("memory");
                }
                Step::Duplicate => {
                    let copy = table.duplicate(&mut heap).expect("memory");
                    clear(&mut table, &mut heap);
                    table = copy;
                }
            }
            prop_assert_eq!(table.len(), model.len());
            prop_assert_eq!(contents(&table), model.clone());
        }
        clear(&mut table, &mut heap);
        prop_assert_eq!(heap.heap_bytes(), 0);
    }
}

#[test]
fn a_table_that_cannot_grow_stays_as_it_is() {
    for limit_bytes in (0..6000).step_by(16) {
        let mut heap = Heap::with_limit(limit_bytes);
        let mut table = Table::new();
        let mut stored = 0;
        while table
            .push_entry(&mut heap, entry(stored, stored as u64, 0))
            .is_ok()
        {
            stored += 1;
        }
        assert!(heap.heap_bytes() <= limit_bytes);
        assert_eq!(table.len(), stored as usize);
        for key in 0..stored {
            let number = key as usize;
            assert_eq!(
                table.probe(key as u64, Value::from_i32(key)),
                Probe::Found(number)
            );
        }
        assert_eq!(
            table.probe(stored as u64, Value::from_i32(stored)),
            Probe::Absent
        );
        clear(&mut table, &mut heap);
        assert_eq!(heap.heap_bytes(), 0);
    }
}

#[test]
fn keys_of_different_words_are_compared_as_the_language_does() {
    let (one, float) = (Value::from_i32(1), Value::from_float(1.0));
    assert_eq!(quick_equal(one, float), Some(true));
    assert_eq!(quick_equal(Value::TRUE, float), Some(true));
    assert_eq!(quick_equal(Value::FALSE, one), Some(false));
    assert_eq!(
        quick_equal(Value::from_float(0.0), Value::from_float(-0.0)),
        Some(true)
    );
    assert_eq!(quick_equal(Value::NONE, Value::FALSE), Some(false));
    assert_eq!(quick_equal(Value::UNSET, one), Some(false));
}

#[test]
fn the_hash_of_an_inline_integer_is_the_language_s() {
    for integer in [0, 1, -1, -2, 1 << 40, Value::INT_MIN, Value::INT_MAX] {
        let value = Value::from_int(integer).expect("an inline integer");
        assert_eq!(
            quick_hash(value),
            Some(crate::pure::hash::hash_i64(integer) as u64)
        );
    }
}
