//! Native functions: how they get their arguments.

use crate::handle::Handle;
use crate::object::{Layout, Obj, Tuple};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use core::marker::PhantomData;
use core::ptr::NonNull;

/// A native function that an embedder registered.
pub(crate) type HostFunction = dyn FnMut(&mut Vm, &[Handle]) -> Result<Handle, Raised> + Send;

/// The arguments of one call of a native function: positional ones, then those with keywords.
///
/// The values are borrowed from the caller, which holds their counts until the function returns.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a> {
    values: NonNull<Value>,
    count: usize,
    /// Tuple of the names of the last values, or unset.
    names: Value,
    caller: PhantomData<&'a [Value]>,
}

impl<'a> Arguments<'a> {
    /// Arguments that lie at `values`, the last ones named by the tuple `names` (or unset).
    #[inline(always)]
    pub(crate) fn new(values: &'a [Value], names: Value) -> Arguments<'a> {
        Arguments {
            values: NonNull::from(values).cast(),
            count: values.len(),
            names,
            caller: PhantomData,
        }
    }

    /// Every value, the ones with keywords last; borrowed.
    #[inline(always)]
    pub(crate) fn all(&self) -> &'a [Value] {
        // SAFETY: made from a slice of that address, length and lifetime.
        unsafe { core::slice::from_raw_parts(self.values.as_ptr(), self.count) }
    }

    /// How many have keywords.
    #[inline(always)]
    pub(crate) fn keyword_count(&self) -> usize {
        self.names.cast::<Tuple>().map_or(0, |names| names.length)
    }

    /// The positional values; borrowed.
    #[inline(always)]
    pub(crate) fn positional(&self) -> &'a [Value] {
        &self.all()[..self.count - self.keyword_count()]
    }

    /// Name and value of each argument with a keyword; borrowed.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = (Value, Value)> + use<'a> {
        let count = self.keyword_count();
        let values = &self.all()[self.count - count..];
        let names = self.names;
        (0..count).map(move |index| {
            let name = names
                .cast::<Tuple>()
                .map_or(Value::UNSET, |names| names.as_slice()[index]);
            (name, values[index])
        })
    }

    /// The arguments behind the first, which is a method's receiver or a constructor's class.
    #[inline(always)]
    pub(crate) fn rest(self) -> Arguments<'a> {
        let given = usize::from(self.count > self.keyword_count());
        Arguments {
            values: NonNull::from(&self.all()[given..]).cast(),
            count: self.count - given,
            ..self
        }
    }

    /// The receiver of a method of the built-in class `class`, and the arguments behind it.
    #[inline]
    pub(crate) fn receiver<T: Layout>(
        self,
        vm: &mut Vm,
        class: &str,
        method: &str,
    ) -> Result<(Obj<T>, Arguments<'a>), Raised> {
        match self
            .positional()
            .first()
            .and_then(|receiver| receiver.cast::<T>())
        {
            Some(receiver) => Ok((receiver, self.rest())),
            None => Err(self.receiver_error(vm, class, method)),
        }
    }

    /// `TypeError`: a method was called on the class, without a receiver that fits.
    #[cold]
    pub(crate) fn receiver_error(self, vm: &mut Vm, class: &str, method: &str) -> Raised {
        let message = match self.positional().first() {
            None => format!("unbound method {class}.{method}() needs an argument"),
            Some(&other) => format!(
                "descriptor '{method}' for '{class}' objects doesn't apply to a '{}' object",
                vm.type_name(other)
            ),
        };
        vm.raise_type_error(&message)
    }

    /// Exactly `N` positional arguments and no keywords; else a `TypeError` in CPython's words.
    #[inline]
    pub(crate) fn exactly<const N: usize>(
        self,
        vm: &mut Vm,
        function: &str,
    ) -> Result<[Value; N], Raised> {
        if let Ok(values) = <[Value; N]>::try_from(self.all())
            && self.keyword_count() == 0
        {
            return Ok(values);
        }
        Err(self.count_error(vm, function, N, N))
    }

    /// Between `minimum` and `N` positional arguments and no keywords; missing ones are unset.
    #[inline]
    pub(crate) fn between<const N: usize>(
        self,
        vm: &mut Vm,
        function: &str,
        minimum: usize,
    ) -> Result<[Value; N], Raised> {
        let all = self.all();
        if self.keyword_count() > 0 || all.len() < minimum || all.len() > N {
            return Err(self.count_error(vm, function, minimum, N));
        }
        let mut values = [Value::UNSET; N];
        values[..all.len()].copy_from_slice(all);
        Ok(values)
    }

    /// Positional and keyword arguments bound to the parameters `names`; missing ones are unset.
    /// The first `minimum` must be given; only `positional` of them may be given by position, and
    /// those whose name is empty in no other way.
    pub(crate) fn bind<const N: usize>(
        self,
        vm: &mut Vm,
        function: &str,
        names: [&str; N],
        minimum: usize,
        positional: usize,
    ) -> Result<[Value; N], Raised> {
        let given = self.positional();
        if self.count > N {
            let keyword = if given.is_empty() { "keyword " } else { "" };
            let plural = if N == 1 { "" } else { "s" };
            return Err(vm.raise_type_error(&format!(
                "{function}() takes at most {N} {keyword}argument{plural} ({} given)",
                self.count
            )));
        }
        let by_position = names[..minimum]
            .iter()
            .filter(|name| name.is_empty())
            .count();
        if given.len() > positional || given.len() < by_position {
            return Err(self.bind_error(vm, function, by_position, positional, positional == N));
        }
        let mut values = [Value::UNSET; N];
        values[..given.len()].copy_from_slice(given);
        for (name, value) in self.keywords() {
            let text = vm.text(name).to_owned();
            match names
                .iter()
                .position(|&name| !name.is_empty() && name == text)
            {
                Some(index) if values[index].is_unset() => values[index] = value,
                Some(index) => {
                    return Err(vm.raise_type_error(&format!(
                        "argument for {function}() given by name ('{text}') and position ({})",
                        index + 1
                    )));
                }
                None => {
                    return Err(vm.raise_type_error(&format!(
                        "{function}() got an unexpected keyword argument '{text}'"
                    )));
                }
            }
        }
        if let Some(missing) = values[..minimum].iter().position(|value| value.is_unset()) {
            return Err(vm.raise_type_error(&format!(
                "{function}() missing required argument '{}' (pos {})",
                names[missing],
                missing + 1
            )));
        }
        Ok(values)
    }

    #[cold]
    fn bind_error(
        self,
        vm: &mut Vm,
        function: &str,
        minimum: usize,
        maximum: usize,
        all_by_position: bool,
    ) -> Raised {
        let count = self.positional().len();
        let (bound, limit) = if count < minimum {
            ("least", minimum)
        } else {
            ("most", maximum)
        };
        let what = if count < minimum || !all_by_position {
            "positional argument"
        } else {
            "argument"
        };
        let plural = if limit == 1 { "" } else { "s" };
        vm.raise_type_error(&format!(
            "{function}() takes at {bound} {limit} {what}{plural} ({count} given)"
        ))
    }

    #[cold]
    fn count_error(self, vm: &mut Vm, function: &str, minimum: usize, maximum: usize) -> Raised {
        if self.keyword_count() > 0 {
            return vm.raise_type_error(&format!("{function}() takes no keyword arguments"));
        }
        let count = self.count;
        let plural = |number: usize| if number == 1 { "" } else { "s" };
        let message = if minimum == maximum {
            match maximum {
                0 => format!("{function}() takes no arguments ({count} given)"),
                1 => format!("{function}() takes exactly one argument ({count} given)"),
                _ => format!("{function} expected {maximum} arguments, got {count}"),
            }
        } else if count < minimum {
            format!(
                "{function} expected at least {minimum} argument{}, got {count}",
                plural(minimum)
            )
        } else {
            format!(
                "{function} expected at most {maximum} argument{}, got {count}",
                plural(maximum)
            )
        };
        vm.raise_type_error(&message)
    }
}
