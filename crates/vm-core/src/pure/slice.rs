//! Index arithmetic of slices and ranges.

/// The positions a slice selects in a sequence: `start`, `start + step`, ..., `length` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceIndices {
    /// The first position (within the sequence if `length` is not zero).
    pub start: i64,
    /// The position behind the last; -1 is before the sequence.
    pub stop: i64,
    /// The distance, never zero.
    pub step: i64,
    /// How many positions are selected.
    pub length: usize,
}

/// `slice(start, stop, step).indices(length)`; `None` for a step of zero (`ValueError: slice step
/// cannot be zero`). Integers beyond `i64` are to be given as its nearest end.
pub fn slice_indices(
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
    length: usize,
) -> Option<SliceIndices> {
    // The most negative step is treated as its neighbour, so that it can be negated.
    let step = step.unwrap_or(1).max(-i64::MAX);
    if step == 0 {
        return None;
    }
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (lower, upper) = if step > 0 {
        (0, length)
    } else {
        (-1, length - 1)
    };
    let clamp = |index: i64| {
        let from_start = if index < 0 {
            index.saturating_add(length)
        } else {
            index
        };
        from_start.clamp(lower, upper)
    };
    let (first, last) = if step > 0 {
        (lower, upper)
    } else {
        (upper, lower)
    };
    let (start, stop) = (start.map_or(first, clamp), stop.map_or(last, clamp));
    let length = usize::try_from(range_length(start, stop, step)).unwrap_or(usize::MAX);
    Some(SliceIndices {
        start,
        stop,
        step,
        length,
    })
}

/// An index into a sequence, a negative one counted from the end; `None` if outside.
#[inline]
pub fn item_position(index: i64, length: usize) -> Option<usize> {
    let position = if index < 0 {
        index.checked_add(length as i64)?
    } else {
        index
    };
    usize::try_from(position)
        .ok()
        .filter(|position| *position < length)
}

/// Where `list.insert` puts an item.
pub fn insert_position(index: i64, length: usize) -> usize {
    let position = if index < 0 {
        index.saturating_add(length as i64)
    } else {
        index
    };
    usize::try_from(position).unwrap_or(0).min(length)
}

/// Optional `start` and `end` arguments as `str.find`, `list.index` and others take them: negative
/// ones count from the end, both are clamped. `None` if the start is behind the end.
pub fn clamp_range(start: Option<i64>, end: Option<i64>, length: usize) -> Option<(usize, usize)> {
    let resolve = |index: i64| {
        let position = if index < 0 {
            index.saturating_add(length as i64).max(0)
        } else {
            index
        };
        usize::try_from(position).unwrap_or(usize::MAX)
    };
    let start = start.map_or(0, resolve);
    let end = end.map_or(length, resolve).min(length);
    (start <= end).then_some((start, end))
}

/// `len(range(start, stop, step))`, for a nonzero step.
#[inline]
pub fn range_length(start: i64, stop: i64, step: i64) -> u64 {
    debug_assert_ne!(step, 0);
    let upwards = step > 0 && start < stop;
    let downwards = step < 0 && start > stop;
    if upwards || downwards {
        (stop.abs_diff(start) - 1) / step.unsigned_abs() + 1
    } else {
        0
    }
}

/// `range(start, stop, step)[position]`, where a negative position counts from the end.
#[inline]
pub fn range_item(start: i64, stop: i64, step: i64, position: i64) -> Option<i64> {
    let length = i128::from(range_length(start, stop, step));
    let position = i128::from(position) + if position < 0 { length } else { 0 };
    if !(0..length).contains(&position) {
        return None;
    }
    i64::try_from(i128::from(start) + position * i128::from(step)).ok()
}

/// `range(start, stop, step).index(value)`; `None` if the value is not in the range.
pub fn range_index(start: i64, stop: i64, step: i64, value: i64) -> Option<u64> {
    let inside = if step > 0 {
        start <= value && value < stop
    } else {
        stop < value && value <= start
    };
    let (distance, stride) = (value.abs_diff(start), step.unsigned_abs());
    (inside && distance.is_multiple_of(stride)).then(|| distance / stride)
}

/// `range(start, stop, step)[slice]` as start, stop and step of the new range; `None` when one of
/// them does not fit.
pub fn range_slice(
    start: i64,
    stop: i64,
    step: i64,
    slice: (Option<i64>, Option<i64>, Option<i64>),
) -> Option<(i64, i64, i64)> {
    let length = usize::try_from(range_length(start, stop, step)).ok()?;
    i64::try_from(length).ok()?;
    let indices = slice_indices(slice.0, slice.1, slice.2, length)?;
    let at =
        |index: i64| i64::try_from(i128::from(start) + i128::from(index) * i128::from(step)).ok();
    Some((
        at(indices.start)?,
        at(indices.stop)?,
        step.checked_mul(indices.step)?,
    ))
}

#[cfg(test)]
#[path = "slice_tests.rs"]
mod tests;
