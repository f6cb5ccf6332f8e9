//! Encodings: str to bytes and back.
//!
//! Text is UTF-8 already, so that codec only checks. ASCII and Latin-1 are one byte for a character.
//! There are no others. What an encoding cannot say is dealt with by one of the handlers `strict`, `ignore`, `replace`, `backslashreplace` and `xmlcharrefreplace`.

use crate::object::{Bytes, Str};
use crate::pure::utf8;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
}

impl Encoding {
    fn by_name(name: &str) -> Option<Encoding> {
        let plain: String = name
            .chars()
            .map(|character| {
                if character == '_' || character == ' ' {
                    '-'
                } else {
                    character
                }
            })
            .collect();
        match plain.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "u8" => Some(Encoding::Utf8),
            "ascii" | "us-ascii" | "646" => Some(Encoding::Ascii),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "l1" => {
                Some(Encoding::Latin1)
            }
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
        }
    }

    /// The first code point beyond those of the encoding.
    const fn end(self) -> u32 {
        match self {
            Encoding::Utf8 => 0x11_0000,
            Encoding::Ascii => 0x80,
            Encoding::Latin1 => 0x100,
        }
    }
}

impl Vm {
    /// The text of an optional argument (unset if absent) that must be a str.
    fn codec_argument(
        &mut self,
        value: Value,
        function: &str,
        parameter: &str,
        default: &str,
    ) -> Result<String, Raised> {
        if value.is_unset() {
            return Ok(default.to_owned());
        }
        match value.cast::<Str>() {
            Some(text) => Ok(text.as_str().to_owned()),
            None => {
                let name = self.type_name(value);
                Err(self.raise_type_error(&format!(
                    "{function}() argument '{parameter}' must be str, not {name}"
                )))
            }
        }
    }

    fn encoding_by_name(&mut self, name: &str) -> Result<Encoding, Raised> {
        Encoding::by_name(name)
            .ok_or_else(|| self.raise(Type::LookupError, &format!("unknown encoding: {name}")))
    }

    /// `text.encode(encoding, errors)`; unset arguments are absent. Owned.
    pub(crate) fn encode(
        &mut self,
        text: Value,
        encoding: Value,
        errors: Value,
        function: &str,
    ) -> Result<Value, Raised> {
        let encoding = self.codec_argument(encoding, function, "encoding", "utf-8")?;
        let errors = self.codec_argument(errors, function, "errors", "strict")?;
        let encoding = self.encoding_by_name(&encoding)?;
        let Some(string) = text.cast::<Str>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        if encoding == Encoding::Utf8 || string.is_ascii() {
            return self.new_bytes(string.as_str().as_bytes());
        }
        // A replacement has at most ten bytes for a character of at least two.
        self.with_charged(string.byte_length as usize * 5, |vm| {
            let octets = vm.encode_characters(text, string.as_str(), encoding, &errors)?;
            vm.new_bytes(&octets)
        })
    }

    fn encode_characters(
        &mut self,
        object: Value,
        text: &str,
        encoding: Encoding,
        errors: &str,
    ) -> Result<Vec<u8>, Raised> {
        let mut octets = Vec::with_capacity(text.len());
        for (position, character) in text.chars().enumerate() {
            let code = u32::from(character);
            if code < encoding.end() {
                octets.push(code as u8);
                continue;
            }
            match errors {
                "strict" => {
                    let beyond = |character: &char| u32::from(*character) >= encoding.end();
                    let run = text.chars().skip(position).take_while(beyond).count();
                    let reason = format!("ordinal not in range({})", encoding.end());
                    return Err(self.raise_unicode_error(
                        Type::UnicodeEncodeError,
                        encoding.name(),
                        object,
                        (position, position + run),
                        &reason,
                    ));
                }
                "ignore" => {}
                "replace" => octets.push(b'?'),
                "xmlcharrefreplace" => octets.extend(format!("&#{code};").bytes()),
                "backslashreplace" => octets.extend(escaped(code).bytes()),
                _ => return Err(self.raise_unknown_handler(errors)),
            }
        }
        Ok(octets)
    }

    /// `bytes.decode(encoding, errors)`; unset arguments are absent. Owned.
    pub(crate) fn decode(
        &mut self,
        bytes: Value,
        encoding: Value,
        errors: Value,
        function: &str,
    ) -> Result<Value, Raised> {
        let encoding = self.codec_argument(encoding, function, "encoding", "utf-8")?;
        let errors = self.codec_argument(errors, function, "errors", "strict")?;
        let encoding = self.encoding_by_name(&encoding)?;
        let Some(octets) = bytes.cast::<Bytes>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let octets = octets.as_slice();
        if encoding != Encoding::Latin1
            && let Ok(text) = utf8::decode(octets)
            && (encoding == Encoding::Utf8 || text.is_ascii())
        {
            return self.new_str(text);
        }
        // An escape has four bytes.
        self.with_charged(octets.len().saturating_mul(4), |vm| {
            let text = match encoding {
                Encoding::Utf8 => vm.decode_utf8(bytes, octets, &errors)?,
                Encoding::Ascii => vm.decode_ascii(bytes, octets, &errors)?,
                Encoding::Latin1 => octets.iter().map(|&octet| char::from(octet)).collect(),
            };
            vm.new_str(&text)
        })
    }

    fn decode_utf8(
        &mut self,
        object: Value,
        octets: &[u8],
        errors: &str,
    ) -> Result<String, Raised> {
        let Err(error) = utf8::decode(octets) else {
            return Ok(String::new());
        };
        match errors {
            "strict" => Err(self.raise_unicode_error(
                Type::UnicodeDecodeError,
                "utf-8",
                object,
                (error.start, error.end),
                error.reason,
            )),
            "ignore" => Ok(utf8::decode_ignoring(octets)),
            "replace" => Ok(utf8::decode_replacing(octets)),
            "backslashreplace" => Ok(octets
                .utf8_chunks()
                .flat_map(|chunk| {
                    let invalid = chunk
                        .invalid()
                        .iter()
                        .map(|&octet| escaped(u32::from(octet)));
                    core::iter::once(chunk.valid().to_owned()).chain(invalid)
                })
                .collect()),
            _ => Err(self.raise_unknown_handler(errors)),
        }
    }

    fn decode_ascii(
        &mut self,
        object: Value,
        octets: &[u8],
        errors: &str,
    ) -> Result<String, Raised> {
        let mut text = String::with_capacity(octets.len());
        for (position, &octet) in octets.iter().enumerate() {
            match errors {
                _ if octet.is_ascii() => text.push(char::from(octet)),
                "strict" => {
                    return Err(self.raise_unicode_error(
                        Type::UnicodeDecodeError,
                        "ascii",
                        object,
                        (position, position + 1),
                        "ordinal not in range(128)",
                    ));
                }
                "ignore" => {}
                "replace" => text.push('\u{fffd}'),
                "backslashreplace" => text.push_str(&escaped(u32::from(octet))),
                _ => return Err(self.raise_unknown_handler(errors)),
            }
        }
        Ok(text)
    }

    #[cold]
    fn raise_unknown_handler(&mut self, errors: &str) -> Raised {
        self.raise(
            Type::LookupError,
            &format!("unknown error handler name '{errors}'"),
        )
    }

    /// A `UnicodeEncodeError` or `UnicodeDecodeError` with its five arguments.
    #[cold]
    fn raise_unicode_error(
        &mut self,
        class: Type,
        encoding: &str,
        object: Value,
        (start, end): (usize, usize),
        reason: &str,
    ) -> Raised {
        let made = self.new_str(encoding).and_then(|encoding| {
            let made = self.new_str(reason).and_then(|reason| {
                let position = |at: usize| Value::from_int_unchecked(at as i64);
                let class = self.builtin(class);
                let exception = self.new_exception(
                    class,
                    &[encoding, object, position(start), position(end), reason],
                );
                self.release(reason);
                exception
            });
            self.release(encoding);
            made
        });
        match made {
            Ok(exception) => self.raise_value(exception),
            Err(raised) => raised,
        }
    }

    /// `str` of such an error, from its arguments; `None` if they are not what they should be.
    pub(crate) fn unicode_error_text(&self, arguments: &[Value]) -> Option<String> {
        let &[encoding, object, start, end, reason] = arguments else {
            return None;
        };
        let (encoding, reason) = (encoding.cast::<Str>()?, reason.cast::<Str>()?);
        let (encoding, reason) = (encoding.as_str(), reason.as_str());
        let start = usize::try_from(start.as_int()?).ok()?;
        let end = usize::try_from(end.as_int()?).ok()?;
        let (action, what, one) = if let Some(bytes) = object.cast::<Bytes>() {
            let octet = bytes.as_slice().get(start);
            (
                "decode",
                "byte",
                octet.map(|octet| format!(" 0x{octet:02x}")),
            )
        } else {
            let text = object.cast::<Str>()?;
            let character = text.as_str().chars().nth(start);
            let shown = character.map(|character| format!(" '{}'", escaped(u32::from(character))));
            ("encode", "character", shown)
        };
        Some(match one {
            Some(one) if end == start + 1 => format!(
                "'{encoding}' codec can't {action} {what}{one} in position {start}: {reason}"
            ),
            _ => format!(
                "'{encoding}' codec can't {action} {what}s in position {start}-{}: {reason}",
                end.saturating_sub(1)
            ),
        })
    }
}

/// A code point as an escape of Python source.
fn escaped(code: u32) -> String {
    match code {
        0..=0xFF => format!("\\x{code:02x}"),
        0x100..=0xFFFF => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}
