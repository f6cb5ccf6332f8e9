//! Union, intersection, difference and comparison of sets, and of the views of dicts as sets.
//!
//! The other operand is any iterable. Sets and dicts give their hashes along with their items;
//! everything else is hashed on the way. A result is built in a new set and given to the caller
//! complete, since hashing and comparing may run program code that must not see it half done.

use crate::object::{Dict, DictView, Kind, Obj, Set, Tuple};
use crate::ops::compare::Comparison;
use crate::ops::table_search::entry_from;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// What is done with one item and its hash; true to stop.
type EachHashed<'a> = &'a mut dyn FnMut(&mut Vm, u64, Value) -> Result<bool, Raised>;

impl Vm {
    /// Calls `each` with the hash of every item (borrowed) of an iterable and the item, until it
    /// says that it has seen enough.
    fn for_each_hashed(&mut self, iterable: Value, each: EachHashed) -> Result<(), Raised> {
        if let Some(mut set) = iterable.cast::<Set>() {
            let length = set.table.len();
            let mut position = 0;
            while let Some((number, entry)) = entry_from(&mut set.table, position) {
                position = number + 1;
                entry.key.increment();
                let stop = each(self, entry.hash, entry.key);
                self.release(entry.key);
                if stop? {
                    break;
                }
                if set.table.len() != length {
                    return Err(self.raise_runtime_error("Set changed size during iteration"));
                }
            }
            return Ok(());
        }
        self.for_each_until(iterable, &mut |vm, item| {
            let hash = vm.key_hash(item)?;
            each(vm, hash, item)
        })
    }

    /// Calls `each` with every item (borrowed) of an iterable until it says that it has seen
    /// enough.
    fn for_each_until(
        &mut self,
        iterable: Value,
        each: &mut dyn FnMut(&mut Vm, Value) -> Result<bool, Raised>,
    ) -> Result<(), Raised> {
        let iterator = self.get_iter(iterable)?;
        let result = loop {
            match self.next(iterator) {
                Ok(Some(item)) => {
                    let stop = each(self, item);
                    self.release(item);
                    match stop {
                        Ok(false) => {}
                        Ok(true) => break Ok(()),
                        Err(raised) => break Err(raised),
                    }
                }
                Ok(None) => break Ok(()),
                Err(raised) => break Err(raised),
            }
        };
        self.release(iterator);
        result
    }

    /// `left & iterable` with the class of `left`. Owned.
    pub(crate) fn set_intersection(
        &mut self,
        left: Obj<Set>,
        iterable: Value,
    ) -> Result<Value, Raised> {
        // Of two sets the shorter is walked and the longer searched.
        let (searched, walked) = match iterable.cast::<Set>() {
            Some(other) if other.table.len() > left.table.len() => (other, left.value()),
            _ => (left, iterable),
        };
        self.build_set(!left.is_mutable(), |vm, result| {
            vm.for_each_hashed(walked, &mut |vm, hash, item| {
                if vm.table_find(searched, hash, item)?.is_some() {
                    vm.set_add_hashed(result, hash, item)?;
                }
                Ok(false)
            })
        })
    }

    /// Removes the items of an iterable.
    pub(crate) fn set_difference_update(
        &mut self,
        set: Obj<Set>,
        iterable: Value,
    ) -> Result<(), Raised> {
        if set.value() == iterable {
            self.clear_object(set.object());
            return Ok(());
        }
        self.for_each_hashed(iterable, &mut |vm, hash, item| {
            if let Some(entry) = vm.table_remove(set, hash, item)? {
                vm.release(entry.key);
            }
            Ok(false)
        })
    }

    /// `left - iterable` with the class of `left`. Owned.
    pub(crate) fn set_difference(
        &mut self,
        left: Obj<Set>,
        iterable: Value,
    ) -> Result<Value, Raised> {
        if let Some(other) = iterable.cast::<Set>() {
            return self.build_set(!left.is_mutable(), |vm, result| {
                vm.for_each_hashed(left.value(), &mut |vm, hash, item| {
                    if vm.table_find(other, hash, item)?.is_none() {
                        vm.set_add_hashed(result, hash, item)?;
                    }
                    Ok(false)
                })
            });
        }
        self.build_set(!left.is_mutable(), |vm, result| {
            vm.set_update(result, left.value())?;
            vm.set_difference_update(result, iterable)
        })
    }

    /// Keeps what is in the set or in the iterable, but not what is in both.
    pub(crate) fn set_symmetric_difference_update(
        &mut self,
        set: Obj<Set>,
        iterable: Value,
    ) -> Result<(), Raised> {
        if set.value() == iterable {
            self.clear_object(set.object());
            return Ok(());
        }
        // An item that comes twice counts once, so the iterable becomes a set first.
        let other = self.set_from(iterable, false)?;
        let result = self.for_each_hashed(other, &mut |vm, hash, item| {
            match vm.table_remove(set, hash, item)? {
                Some(entry) => vm.release(entry.key),
                None => vm.table_push(set, hash, item, Value::NONE)?,
            }
            Ok(false)
        });
        self.release(other);
        result
    }

    /// `left ^ iterable` with the class of `left`. Owned.
    pub(crate) fn set_symmetric_difference(
        &mut self,
        left: Obj<Set>,
        iterable: Value,
    ) -> Result<Value, Raised> {
        self.build_set(!left.is_mutable(), |vm, result| {
            vm.set_update(result, left.value())?;
            vm.set_symmetric_difference_update(result, iterable)
        })
    }

    /// `left | iterable` with the class of `left`. Owned.
    pub(crate) fn set_union(&mut self, left: Obj<Set>, iterable: Value) -> Result<Value, Raised> {
        self.build_set(!left.is_mutable(), |vm, result| {
            vm.set_update(result, left.value())?;
            vm.set_update(result, iterable)
        })
    }

    /// Gives `set` the items of `other`, a new set, and releases `other` with the former ones.
    pub(crate) fn set_replace_items(&mut self, mut set: Obj<Set>, other: Value) {
        if let Some(mut other) = other.cast::<Set>() {
            let version = set.table.version.wrapping_add(1);
            core::mem::swap(&mut set.table, &mut other.table);
            set.table.version = version;
        }
        self.release(other);
    }

    /// A new set that `fill` fills. Owned.
    fn build_set(
        &mut self,
        frozen: bool,
        fill: impl FnOnce(&mut Vm, Obj<Set>) -> Result<(), Raised>,
    ) -> Result<Value, Raised> {
        let set = self.new_set(frozen)?;
        match fill(self, Obj::of(set.object_unchecked())) {
            Ok(()) => Ok(set),
            Err(raised) => {
                self.release(set);
                Err(raised)
            }
        }
    }

    /// Whether no item of the iterable is in the set or view.
    pub(crate) fn is_disjoint(&mut self, set: Value, iterable: Value) -> Result<bool, Raised> {
        let mut disjoint = true;
        let (searched, walked) = match (set.cast::<Set>(), iterable.cast::<Set>()) {
            (Some(left), Some(right)) if right.table.len() > left.table.len() => (iterable, set),
            _ => (set, iterable),
        };
        self.for_each_membership(searched, walked, &mut |is_there| {
            disjoint = !is_there;
            disjoint
        })?;
        Ok(disjoint)
    }

    /// Whether every item of `part` (an iterable) is in `whole` (a set or a view).
    pub(crate) fn is_superset(&mut self, whole: Value, part: Value) -> Result<bool, Raised> {
        let mut all = true;
        self.for_each_membership(whole, part, &mut |is_there| {
            all = is_there;
            all
        })?;
        Ok(all)
    }

    /// Tells `each` of every item of an iterable whether it is in a set or a view of keys or items,
    /// as long as it wants to know more.
    fn for_each_membership(
        &mut self,
        searched: Value,
        walked: Value,
        each: &mut dyn FnMut(bool) -> bool,
    ) -> Result<(), Raised> {
        if let Some(set) = searched.cast::<Set>() {
            return self.for_each_hashed(walked, &mut |vm, hash, item| {
                let is_there = vm.table_find(set, hash, item)?.is_some();
                Ok(!each(is_there))
            });
        }
        let Some(dict) = searched
            .cast::<DictView>()
            .and_then(|view| view.dict.cast::<Dict>())
        else {
            return Ok(());
        };
        if searched.object_unchecked().aux() == DictView::KEYS {
            return self.for_each_hashed(walked, &mut |vm, hash, item| {
                let is_there = vm.table_find(dict, hash, item)?.is_some();
                Ok(!each(is_there))
            });
        }
        // The values of pairs need not be hashable: only their keys are looked up.
        self.for_each_until(walked, &mut |vm, pair| {
            let is_there = vm.dict_has_pair(dict, pair)?;
            Ok(!each(is_there))
        })
    }

    /// `pair in dict.items()`.
    pub(crate) fn dict_has_pair(&mut self, dict: Obj<Dict>, pair: Value) -> Result<bool, Raised> {
        let Some(tuple) = pair.cast::<Tuple>() else {
            return Ok(false);
        };
        let [key, value] = *tuple.as_slice() else {
            return Ok(false);
        };
        let Some(found) = self.dict_get(dict, key)? else {
            return Ok(false);
        };
        found.increment();
        let equal = self.equal(found, value);
        self.release(found);
        equal
    }

    /// Whether a value takes part in set comparison and set operators: a set, or a view of keys or
    /// items.
    pub(crate) fn is_set_like(value: Value) -> bool {
        match value.kind() {
            Some(Kind::Set) => true,
            Some(Kind::DictView) => value.object_unchecked().aux() != DictView::VALUES,
            _ => false,
        }
    }

    /// `left comparison right` of sets and of views of keys and items; `NotImplemented` for
    /// anything else.
    pub(crate) fn compare_sets(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        if !Self::is_set_like(left) || !Self::is_set_like(right) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        self.nested(|vm| vm.compare_set_like(comparison, left, right))
            .map(Value::from_bool)
    }

    fn compare_set_like(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<bool, Raised> {
        let left_length = self.container_length(left).unwrap_or(0);
        let right_length = self.container_length(right).unwrap_or(0);
        Ok(match comparison {
            Comparison::Eq | Comparison::Ne => {
                let equal = left_length == right_length && self.is_superset(right, left)?;
                equal == (comparison == Comparison::Eq)
            }
            Comparison::Le => left_length <= right_length && self.is_superset(right, left)?,
            Comparison::Lt => left_length < right_length && self.is_superset(right, left)?,
            Comparison::Ge => left_length >= right_length && self.is_superset(left, right)?,
            Comparison::Gt => left_length > right_length && self.is_superset(left, right)?,
        })
    }
}
