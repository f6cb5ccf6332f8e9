//! A stable sort whose comparison can fail.
//!
//! 1. The items are cut into runs that are already in order; a strictly descending run is reversed.
//!    A run shorter than 32 is lengthened by binary insertion.
//! 2. Runs are merged by powersort (Munro and Wild, "Nearly-Optimal Mergesorts", 2018): the border
//!    between two neighbouring runs has a power, the depth of the node that would separate their
//!    midpoints in a perfectly balanced tree; a border is merged before the next one of lower
//!    power.
//! 3. A merge first skips what is already in place: the head of the left run that is not greater
//!    than the first item on the right, and the tail of the right run that is not less than the
//!    last on the left. Both are found by doubling steps, so sorted input costs few comparisons.
//!
//! Only "less than" is asked, of the later item first: equal items keep their order. Items are
//! moved, never copied: when a comparison fails, all of them are put back, in some order.

use std::vec::IntoIter;

/// Runs are at least this long, except the last.
const SHORTEST_RUN: usize = 32;

/// A run, and the power of its border to the run after it.
struct Run<T> {
    items: Vec<T>,
    start: usize,
    power: u32,
}

/// Sorts by `less_than`, stably. After an error the items are a permutation of what they were.
pub fn sort_by<T, E>(
    items: &mut Vec<T>,
    mut less_than: impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<(), E> {
    let total = items.len();
    if total < 2 {
        return Ok(());
    }
    let length = count_run(items, &mut less_than)?;
    if length == total {
        return Ok(());
    }
    if total <= SHORTEST_RUN {
        return insert_rest(items, length, &mut less_than);
    }
    let mut source = std::mem::take(items).into_iter();
    let mut runs: Vec<Run<T>> = Vec::new();
    let mut outcome = Ok(());
    while outcome.is_ok() && source.len() > 0 {
        outcome = push_next_run(&mut source, &mut runs, total, &mut less_than);
    }
    while outcome.is_ok() && runs.len() > 1 {
        outcome = merge_last_two(&mut runs, &mut less_than);
    }
    // One run if all went well, all that was moved otherwise.
    let mut runs = runs.into_iter();
    if let Some(first) = runs.next() {
        *items = first.items;
    }
    items.extend(runs.flat_map(|run| run.items));
    items.extend(source);
    outcome
}

/// Step 1 for the next run, and the merges that step 2 asks for before it.
fn push_next_run<T, E>(
    source: &mut IntoIter<T>,
    runs: &mut Vec<Run<T>>,
    total: usize,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<(), E> {
    let start = total - source.len();
    let natural = count_run(source.as_mut_slice(), less_than)?;
    let length = natural.max(SHORTEST_RUN).min(source.len());
    insert_rest(&mut source.as_mut_slice()[..length], natural, less_than)?;
    let items: Vec<T> = source.take(length).collect();
    if let Some(previous) = runs.last_mut() {
        let power = border_power(previous.start, previous.items.len(), items.len(), total);
        previous.power = power;
        while runs.len() > 1 && runs[runs.len() - 2].power > power {
            if let Err(error) = merge_last_two(runs, less_than) {
                runs.push(Run {
                    items,
                    start,
                    power: 0,
                });
                return Err(error);
            }
        }
    }
    runs.push(Run {
        items,
        start,
        power: 0,
    });
    Ok(())
}

/// The power of the border between a run and the run of `next_length` after it.
fn border_power(start: usize, length: usize, next_length: usize, total: usize) -> u32 {
    // Twice the midpoints, as binary fractions of twice the total: the power is the number of the
    // first bit behind the point in which they differ.
    let (left, right) = (2 * start + length, 2 * (start + length) + next_length);
    let fraction = |twice_midpoint: usize| ((twice_midpoint as u128) << 64) / (2 * total as u128);
    ((fraction(left) ^ fraction(right)) as u64).leading_zeros() + 1
}

/// The length of the run at the start; reversed if it was descending.
fn count_run<T, E>(
    items: &mut [T],
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<usize, E> {
    if items.len() < 2 {
        return Ok(items.len());
    }
    let descending = less_than(&items[1], &items[0])?;
    let mut length = 2;
    while length < items.len() && less_than(&items[length], &items[length - 1])? == descending {
        length += 1;
    }
    if descending {
        items[..length].reverse();
    }
    Ok(length)
}

/// Sorts a slice whose first `sorted` items are in order.
fn insert_rest<T, E>(
    items: &mut [T],
    sorted: usize,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<(), E> {
    for index in sorted..items.len() {
        let (before, rest) = items.split_at(index);
        let position = first_greater(before, &rest[0], less_than)?;
        items[position..=index].rotate_right(1);
    }
    Ok(())
}

/// The position of the first item that is greater than `pivot`.
fn first_greater<T, E>(
    items: &[T],
    pivot: &T,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<usize, E> {
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if less_than(pivot, &items[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

/// Like [`first_greater`], with steps that double from the start.
fn first_greater_from_start<T, E>(
    items: &[T],
    pivot: &T,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<usize, E> {
    let (mut known, mut probe) = (0, 0);
    while probe < items.len() && !less_than(pivot, &items[probe])? {
        known = probe + 1;
        probe = 2 * probe + 1;
    }
    let end = probe.min(items.len());
    Ok(known + first_greater(&items[known..end], pivot, less_than)?)
}

/// How many items at the end are not less than `pivot`, with steps that double from the end.
fn tail_not_less<T, E>(
    items: &[T],
    pivot: &T,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<usize, E> {
    let from_end = |distance: usize| &items[items.len() - 1 - distance];
    let (mut known, mut probe) = (0, 0);
    while probe < items.len() && !less_than(from_end(probe), pivot)? {
        known = probe + 1;
        probe = 2 * probe + 1;
    }
    let mut end = probe.min(items.len());
    while known < end {
        let middle = known + (end - known) / 2;
        if less_than(from_end(middle), pivot)? {
            end = middle;
        } else {
            known = middle + 1;
        }
    }
    Ok(known)
}

/// Step 3: merges the last two runs into one. After an error that one has their items all the same.
fn merge_last_two<T, E>(
    runs: &mut Vec<Run<T>>,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<(), E> {
    let (Some(right), Some(left)) = (runs.pop(), runs.pop()) else {
        return Ok(());
    };
    let mut merged = left.items;
    let outcome = merge(&mut merged, right.items, less_than);
    runs.push(Run {
        items: merged,
        start: left.start,
        power: right.power,
    });
    outcome
}

fn merge<T, E>(
    left: &mut Vec<T>,
    mut right: Vec<T>,
    less_than: &mut impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<(), E> {
    let skipped = first_greater_from_start(left, &right[0], less_than);
    let tail = match (&skipped, left.last()) {
        (Ok(skipped), Some(last)) if *skipped < left.len() => {
            tail_not_less(&right, last, less_than)
        }
        _ => Ok(right.len()),
    };
    let (skipped, tail) = match (skipped, tail) {
        (Ok(skipped), Ok(tail)) => (skipped, tail),
        (Err(error), _) | (_, Err(error)) => {
            left.append(&mut right);
            return Err(error);
        }
    };
    let mut rest_of_left = left.split_off(skipped).into_iter();
    let tail = right.split_off(right.len() - tail);
    let mut right = right.into_iter();
    left.reserve(rest_of_left.len() + right.len() + tail.len());
    let mut outcome = Ok(());
    while let (Some(from_left), Some(from_right)) =
        (rest_of_left.as_slice().first(), right.as_slice().first())
    {
        match less_than(from_right, from_left) {
            Ok(true) => left.extend(right.next()),
            Ok(false) => left.extend(rest_of_left.next()),
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    left.extend(rest_of_left);
    left.extend(right);
    left.extend(tail);
    outcome
}

#[cfg(test)]
#[path = "sort_tests.rs"]
mod tests;
