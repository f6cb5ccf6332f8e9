//! Built-in iterators: one layout, with a variant in the header's `aux`.

use crate::object::{Kind, Obj, layout_of_fields, object_of};
use crate::value::Value;
use vm_heap::Header;

/// Which built-in iterator an [`Iterator`] is; says what its fields mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum IteratorVariant {
    /// `position` is the word of the next integer (see `value.rs`), `limit` how many are left.
    Range = 0,
    /// `first` the list (unset when exhausted), `position` the next index.
    List,
    /// `first` the tuple, `position` the next index.
    Tuple,
    /// `first` the string, `position` the next byte.
    Str,
    /// `first` the bytes, `position` the next index.
    Bytes,
    /// `first` the dict, `position` the next entry, `limit` the length at the start.
    DictKeys,
    /// As `DictKeys`, gives values.
    DictValues,
    /// As `DictKeys`, gives pairs.
    DictItems,
    /// `first` the set, `position` the next entry, `limit` the length at the start.
    Set,
    /// `first` the list or tuple, `position` the next index, going down; -1 when exhausted.
    Reversed,
    /// `first` the object with `__getitem__`, `position` the next index.
    Sequence,
    /// `first` the callable, `second` the sentinel.
    Callable,
    /// `first` the iterator, `second` the next number.
    Enumerate,
    /// `first` the tuple of iterators; `position` is 1 with `strict=True`.
    Zip,
    /// `first` the function, `second` the tuple of iterators.
    Map,
    /// `first` the function or `None`, `second` the iterator.
    Filter,
    /// A range whose numbers need big integers: `first` the range, `second` the next index.
    BigRange,
    /// Reversed dict keys, values or items: `first` the dict, `position` the next entry going
    /// down, `limit` the length at the start, `second` 0, 1 or 2 as an inline integer.
    DictReversed,
}

impl IteratorVariant {
    /// How many variants there are.
    pub(crate) const COUNT: u16 = IteratorVariant::DictReversed as u16 + 1;
}

/// `header │ first │ second │ position │ limit │ step`: 48 bytes.
#[repr(C)]
pub(crate) struct Iterator {
    pub(crate) header: Header,
    pub(crate) first: Value,
    pub(crate) second: Value,
    pub(crate) position: i64,
    pub(crate) limit: i64,
    /// What `position` grows by, for `Range`.
    pub(crate) step: i64,
}

impl Iterator {
    /// The value as an iterator over a range of inline integers, if it is one.
    #[inline(always)]
    pub(crate) fn range_of(value: Value) -> Option<Obj<Iterator>> {
        let object = value.as_object()?;
        object
            .is_kind_with_aux(Kind::Iterator as u8, IteratorVariant::Range as u16)
            .then(|| Obj::of(object))
    }

    /// The next item of a `Range`. Words of integers are ordered and spaced as the integers are, so
    /// that the step is added to the word; after the last item it may be no integer's word.
    #[inline(always)]
    pub(crate) fn next_in_range(&mut self) -> Option<Value> {
        debug_assert_eq!(self.variant(), IteratorVariant::Range);
        if self.limit == 0 {
            return None;
        }
        let word = self.position;
        self.limit -= 1;
        self.position = word.wrapping_add(self.step);
        Some(Value::from_bits(word as u64))
    }

    /// What the fields mean.
    #[inline(always)]
    pub(crate) fn variant(&self) -> IteratorVariant {
        let variant = object_of(&self.header).aux();
        debug_assert!(variant < IteratorVariant::COUNT);
        // SAFETY: `aux` of an iterator is set from an `IteratorVariant` when it is made, and the
        // enum is numbered from zero without a gap.
        unsafe { core::mem::transmute::<u16, IteratorVariant>(variant) }
    }
}

layout_of_fields!(Iterator, true, first, second);
