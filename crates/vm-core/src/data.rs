//! Values as Rust data, for embedders: in and out of a machine.

use crate::handle::Handle;
use crate::object::{Bytes, Dict, Kind, List, Obj, Str, Tuple};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;

/// One level of a value: what [`Vm::read`] gives and [`Vm::make_value`] takes.
///
/// The items of containers are handles, so nothing is copied that nobody looks at.
#[derive(Debug)]
pub enum Data {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of at most 64 bits.
    Int(i64),
    /// A larger integer.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// Text.
    Str(String),
    /// Octets.
    Bytes(Vec<u8>),
    /// A tuple.
    Tuple(Vec<Handle>),
    /// A list.
    List(Vec<Handle>),
    /// A dict: pairs in insertion order.
    Dict(Vec<(Handle, Handle)>),
    /// Anything else: the name of its class. Cannot be made from data.
    Other(String),
}

impl Vm {
    /// What a handle refers to.
    ///
    /// # Errors
    ///
    /// [`Raised`] (`TypeError`) if the handle belongs to another machine.
    pub fn read(&mut self, handle: &Handle) -> Result<Data, Raised> {
        let value = self.value_of(handle)?;
        if let Some(integer) = value.as_int() {
            return Ok(Data::Int(integer));
        }
        if let Some(float) = value.as_float() {
            return Ok(Data::Float(float));
        }
        if let Some(truth) = value.as_bool() {
            return Ok(Data::Bool(truth));
        }
        if value.is_none() {
            return Ok(Data::None);
        }
        Ok(match value.kind() {
            Some(Kind::BigInt) => {
                let integer = Obj::<crate::object::BigInteger>::of(value.object_unchecked());
                match i64::try_from(&integer.number) {
                    Ok(small) => Data::Int(small),
                    Err(_) => Data::BigInt(integer.number.clone()),
                }
            }
            Some(Kind::Str) => {
                Data::Str(Obj::<Str>::of(value.object_unchecked()).as_str().to_owned())
            }
            Some(Kind::Bytes) => Data::Bytes(
                Obj::<Bytes>::of(value.object_unchecked())
                    .as_slice()
                    .to_vec(),
            ),
            Some(Kind::Tuple) => {
                let items = Obj::<Tuple>::of(value.object_unchecked())
                    .as_slice()
                    .to_vec();
                Data::Tuple(self.hold_all(&items))
            }
            Some(Kind::List) => {
                let items = Obj::<List>::of(value.object_unchecked())
                    .items
                    .as_slice()
                    .to_vec();
                Data::List(self.hold_all(&items))
            }
            Some(Kind::Dict) => {
                let entries: Vec<_> = Obj::<Dict>::of(value.object_unchecked())
                    .table
                    .iter()
                    .collect();
                let pair = |entry: crate::object::Entry| {
                    let key = self.hold(entry.key.increment());
                    (key, self.hold(entry.value.increment()))
                };
                Data::Dict(entries.into_iter().map(pair).collect())
            }
            _ => Data::Other(self.type_name(value)),
        })
    }

    pub(crate) fn hold_all(&mut self, values: &[Value]) -> Vec<Handle> {
        values
            .iter()
            .map(|value| self.hold(value.increment()))
            .collect()
    }

    /// A new value from data.
    ///
    /// # Errors
    ///
    /// [`Raised`]: `MemoryError` at the heap limit, `TypeError` for [`Data::Other`], for a handle
    /// of another machine, and for a key that cannot be hashed.
    pub fn make_value(&mut self, data: Data) -> Result<Handle, Raised> {
        let value = match data {
            Data::None => Value::NONE,
            Data::Bool(truth) => Value::from_bool(truth),
            Data::Int(integer) => self.new_int(integer)?,
            Data::BigInt(integer) => self.new_big_int(integer)?,
            Data::Float(float) => Value::from_float(float),
            Data::Str(text) => self.new_str(&text)?,
            Data::Bytes(octets) => self.new_bytes(&octets)?,
            Data::Tuple(items) => {
                let items = self.values_of(&items)?;
                self.new_tuple(&items)?
            }
            Data::List(items) => {
                let items = self.values_of(&items)?;
                self.new_list_of(&items)?
            }
            Data::Dict(pairs) => {
                let made = self.new_dict()?;
                let dict = Obj::<Dict>::of(made.object_unchecked());
                for (key, value) in &pairs {
                    let stored = match (self.value_of(key), self.value_of(value)) {
                        (Ok(key), Ok(value)) => self.dict_set(dict, key, value),
                        (Err(raised), _) | (_, Err(raised)) => Err(raised),
                    };
                    if let Err(raised) = stored {
                        self.aside(|vm| vm.release(made));
                        return Err(raised);
                    }
                }
                made
            }
            Data::Other(class) => {
                let message = format!("cannot make a '{class}' from data");
                return Err(self.raise_type_error(&message));
            }
        };
        Ok(self.hold(value))
    }

    /// The values of handles, borrowed.
    pub(crate) fn values_of(&mut self, handles: &[Handle]) -> Result<Vec<Value>, Raised> {
        handles.iter().map(|handle| self.value_of(handle)).collect()
    }

    /// The value of a handle, borrowed; `TypeError` if it belongs to another machine.
    pub(crate) fn value_of(&mut self, handle: &Handle) -> Result<Value, Raised> {
        match self.held(handle) {
            Some(value) => Ok(value),
            None if self.exception.is_unset() => {
                Err(self.raise_type_error("the handle belongs to another machine"))
            }
            None => Err(Raised(())),
        }
    }
}
