//! Reads numbers, counts and texts from a section, and knows where in the file it is.

use super::{DecodeError, DecodeFault};
use crate::limits;

pub(super) type Read<T> = Result<T, DecodeError>;

/// What is left of a part of the file.
pub(super) struct Reader<'bytes> {
    bytes: &'bytes [u8],
    /// Where in the file `bytes` begins.
    offset: usize,
}

impl<'bytes> Reader<'bytes> {
    pub(super) fn new(bytes: &'bytes [u8], offset: usize) -> Self {
        Reader { bytes, offset }
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// Fails at a place that was read before.
    pub(super) fn fail<T>(offset: usize, fault: DecodeFault) -> Read<T> {
        Err(DecodeError { offset, fault })
    }

    pub(super) fn take(&mut self, length: usize) -> Read<&'bytes [u8]> {
        let Some((taken, rest)) = self.bytes.split_at_checked(length) else {
            let missing = length - self.bytes.len();
            return Self::fail(self.offset, DecodeFault::Truncated { missing });
        };
        self.bytes = rest;
        self.offset += length;
        Ok(taken)
    }

    #[inline]
    fn array<const LENGTH: usize>(&mut self) -> Read<[u8; LENGTH]> {
        let mut array = [0; LENGTH];
        array.copy_from_slice(self.take(LENGTH)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Read<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Read<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Read<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Read<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A byte that may be at most `maximum`.
    pub(super) fn tag(&mut self, what: &'static str, maximum: u8) -> Read<u8> {
        let offset = self.offset;
        match self.u8()? {
            value if value > maximum => Self::fail(offset, DecodeFault::Tag { what, value }),
            value => Ok(value),
        }
    }

    /// A number of elements that is within its limit, and that the rest of the section can hold.
    fn count(&mut self, what: &'static str, limit: usize, least_bytes: usize) -> Read<usize> {
        let offset = self.offset;
        let count = self.u32()? as usize;
        if count > limit {
            return Self::fail(offset, DecodeFault::Limit { what, count, limit });
        }
        if let Some(missing) = (count * least_bytes).checked_sub(self.bytes.len() + 1) {
            return Self::fail(
                offset,
                DecodeFault::Truncated {
                    missing: missing + 1,
                },
            );
        }
        Ok(count)
    }

    /// A count, and as many elements, each of which has at least `least_bytes`.
    pub(super) fn list<T>(
        &mut self,
        what: &'static str,
        limit: usize,
        least_bytes: usize,
        mut element: impl FnMut(&mut Self) -> Read<T>,
    ) -> Read<Vec<T>> {
        let count = self.count(what, limit, least_bytes)?;
        let mut elements = Vec::with_capacity(count);
        for _ in 0..count {
            elements.push(element(self)?);
        }
        Ok(elements)
    }

    /// A count, and as many elements of just `BYTES` bytes each, that any bytes are right for: read
    /// together, which is many times as fast as one by one.
    pub(super) fn records<const BYTES: usize, T>(
        &mut self,
        what: &'static str,
        limit: usize,
        element: impl Fn(&[u8; BYTES]) -> T,
    ) -> Read<Vec<T>> {
        let count = self.count(what, limit, BYTES)?;
        let (records, _) = self.take(count * BYTES)?.as_chunks();
        Ok(records.iter().map(element).collect())
    }

    pub(super) fn blob(&mut self) -> Read<&'bytes [u8]> {
        let length = self.count("bytes", limits::MAX_BLOB_BYTES, 1)?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Read<String> {
        let bytes = self.blob()?;
        let start = self.offset - bytes.len();
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Self::fail(start + error.valid_up_to(), DecodeFault::Utf8),
        }
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Read<()> {
        match self.bytes.len() {
            0 => Ok(()),
            bytes => Self::fail(self.offset, DecodeFault::Trailing { bytes }),
        }
    }
}

/// The number of 32 bits that begins at a place of a record.
pub(super) fn u32_at(record: &[u8], place: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&record[place..place + 4]);
    u32::from_le_bytes(bytes)
}
