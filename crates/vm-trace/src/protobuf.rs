//! Protocol buffers, as much of them as it takes to write some.
//!
//! ```text
//!  message = field*     field = varint(number << 3 | 0) varint
//!                             | varint(number << 3 | 2) varint(length) bytes
//! ```
//!
//! A varint has seven bits in each byte, low ones first; the eighth says that more follow.
//! Source: <https://protobuf.dev/programming-guides/encoding/>.

/// A message that is being written.
#[derive(Debug, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A field of an integer type without sign, `bool` or an enumeration.
    pub(crate) fn integer(&mut self, number: u32, value: u64) -> &mut Message {
        self.varint(u64::from(number) << 3);
        self.varint(value);
        self
    }

    /// A field of type `string`.
    pub(crate) fn text(&mut self, number: u32, text: &str) -> &mut Message {
        self.bytes(number, text.as_bytes())
    }

    /// A field that is a message.
    pub(crate) fn message(
        &mut self,
        number: u32,
        write: impl FnOnce(&mut Message),
    ) -> &mut Message {
        let mut message = Message::default();
        write(&mut message);
        self.append(number, &message)
    }

    /// A field that is a message which was written before.
    pub(crate) fn append(&mut self, number: u32, message: &Message) -> &mut Message {
        self.bytes(number, &message.0)
    }

    fn bytes(&mut self, number: u32, bytes: &[u8]) -> &mut Message {
        self.varint(u64::from(number) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// The message so far.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of the encoding's description.
    #[test]
    fn fields_are_as_published() {
        let mut message = Message::default();
        assert_eq!(message.integer(1, 150).as_bytes(), [0x08, 0x96, 0x01]);
        let mut message = Message::default();
        message.text(2, "testing");
        assert_eq!(message.as_bytes(), b"\x12\x07testing");
        let mut message = Message::default();
        message.message(3, |inner| {
            inner.integer(1, 150);
        });
        assert_eq!(message.as_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let mut message = Message::default();
        message.integer(1, u64::MAX);
        let all = [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
        assert_eq!(message.as_bytes(), all);
    }
}
