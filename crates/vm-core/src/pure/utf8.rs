//! Decoding UTF-8. (Encoding needs no function: text is UTF-8 already.)

/// Where and why bytes are not UTF-8: the parts of a `UnicodeDecodeError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct DecodeError {
    /// The first byte of the malformed sequence.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
    /// What is wrong with it.
    pub reason: &'static str,
    /// The byte at `start`.
    pub byte: u8,
}

impl DecodeError {
    fn message(&self) -> String {
        let Self {
            start,
            end,
            reason,
            byte,
        } = self;
        if end - start == 1 {
            format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        } else {
            let last = end - 1;
            format!("'utf-8' codec can't decode bytes in position {start}-{last}: {reason}")
        }
    }
}

/// `bytes.decode('utf-8')`.
pub fn decode(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let byte = bytes[start];
        match error.error_len() {
            None => DecodeError {
                start,
                end: bytes.len(),
                reason: "unexpected end of data",
                byte,
            },
            Some(length) => {
                let starts_sequence = matches!(byte, 0xC2..=0xF4);
                let reason = if starts_sequence {
                    "invalid continuation byte"
                } else {
                    "invalid start byte"
                };
                DecodeError {
                    start,
                    end: start + length,
                    reason,
                    byte,
                }
            }
        }
    })
}

/// `bytes.decode('utf-8', 'replace')`: U+FFFD for every malformed sequence.
pub fn decode_replacing(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `bytes.decode('utf-8', 'ignore')`: malformed sequences are left out.
pub fn decode_ignoring(bytes: &[u8]) -> String {
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

#[cfg(test)]
#[path = "utf8_tests.rs"]
mod tests;
