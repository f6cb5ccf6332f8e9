//! What a single character is: the predicates that the text operations are built from.
//!
//! The general category of Unicode 15.1 decides nearly everything; the exceptions are listed here.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// White space by `str.isspace`, `str.strip` and `str.split`: the White_Space property and the four
/// information separators.
#[inline]
pub fn is_space(character: char) -> bool {
    matches!(character, '\t'..='\r' | '\x1c'..=' ')
        || (!character.is_ascii() && character.is_whitespace())
}

/// Ends a line for `str.splitlines`.
#[inline]
pub fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Shown as itself by `repr`; everything else is escaped.
#[inline]
pub fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    !matches!(
        character.general_category_group(),
        GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator
    )
}

/// Exists in Unicode 15.1 (private use counts, unassigned code points do not).
pub(super) fn is_assigned(character: char) -> bool {
    character.general_category() != GeneralCategory::Unassigned
}

/// A letter, by `str.isalpha`.
#[inline]
pub fn is_alphabetic(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphabetic();
    }
    character.general_category_group() == GeneralCategoryGroup::Letter
}

/// A letter or number, by `str.isalnum`.
#[inline]
pub fn is_alphanumeric(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    matches!(
        character.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    )
}

/// A decimal digit of some script, by `str.isdecimal`.
#[inline]
pub fn is_decimal(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    character.general_category() == GeneralCategory::DecimalNumber
}

/// A digit, by `str.isdigit`: the decimal digits, and the superscript, subscript and enclosed ones.
pub fn is_digit(character: char) -> bool {
    is_decimal(character)
        || matches!(
            character,
            '\u{b2}'..='\u{b3}'
                | '\u{b9}'
                | '\u{1369}'..='\u{1371}'
                | '\u{19da}'
                | '\u{2070}'
                | '\u{2074}'..='\u{2079}'
                | '\u{2080}'..='\u{2089}'
                | '\u{2460}'..='\u{2468}'
                | '\u{2474}'..='\u{247c}'
                | '\u{2488}'..='\u{2490}'
                | '\u{24ea}'
                | '\u{24f5}'..='\u{24fd}'
                | '\u{24ff}'
                | '\u{2776}'..='\u{277e}'
                | '\u{2780}'..='\u{2788}'
                | '\u{278a}'..='\u{2792}'
                | '\u{10a40}'..='\u{10a43}'
                | '\u{10e60}'..='\u{10e68}'
                | '\u{11052}'..='\u{1105a}'
                | '\u{1f100}'..='\u{1f10a}'
        )
}

/// The value of a decimal digit of any script.
///
/// Every script's digits are ten consecutive code points, and where runs adjoin each begins with
/// its zero; so the value is the distance from the beginning of the run, modulo ten.
pub fn decimal_value(character: char) -> Option<u32> {
    if character.is_ascii() {
        return character.to_digit(10);
    }
    if !is_decimal(character) {
        return None;
    }
    let before = (1..).map(|distance| char::from_u32(u32::from(character) - distance));
    let distance = before
        .take_while(|previous| previous.is_some_and(is_decimal))
        .count();
    Some(distance as u32 % 10)
}

/// The text with the decimal digits of all scripts replaced by `0` to `9`.
pub(super) fn decimals_to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let ascii = |character| {
        decimal_value(character)
            .and_then(|value| char::from_digit(value, 10))
            .unwrap_or(character)
    };
    Cow::Owned(text.chars().map(ascii).collect())
}

/// Characters whose category would let them into an identifier but whose compatibility
/// decomposition does not begin (or go on) like one.
fn is_barred_from_identifiers(character: char) -> bool {
    matches!(
        character,
        '\u{37a}' | '\u{2e2f}' | '\u{fc5e}'
            ..='\u{fc63}'
                | '\u{fdfa}'
                | '\u{fdfb}'
                | '\u{fe70}'
                | '\u{fe72}'
                | '\u{fe74}'
                | '\u{fe76}'
                | '\u{fe78}'
                | '\u{fe7a}'
                | '\u{fe7c}'
                | '\u{fe7e}'
    )
}

/// May begin an identifier (XID_Start, and the underscore).
pub fn is_identifier_start(character: char) -> bool {
    if character.is_ascii() {
        return character == '_' || character.is_ascii_alphabetic();
    }
    match character {
        '\u{1885}' | '\u{1886}' | '\u{2118}' | '\u{212e}' => true,
        '\u{e33}' | '\u{eb3}' | '\u{ff9e}' | '\u{ff9f}' => false,
        _ if is_barred_from_identifiers(character) => false,
        _ => {
            is_alphabetic(character)
                || character.general_category() == GeneralCategory::LetterNumber
        }
    }
}

/// May go on an identifier (XID_Continue).
pub fn is_identifier_continue(character: char) -> bool {
    if character.is_ascii() {
        return character == '_' || character.is_ascii_alphanumeric();
    }
    match character {
        '\u{b7}'
        | '\u{387}'
        | '\u{1369}'..='\u{1371}'
        | '\u{19da}'
        | '\u{200c}'
        | '\u{200d}'
        | '\u{2118}'
        | '\u{212e}'
        | '\u{30fb}'
        | '\u{ff65}' => true,
        _ if is_barred_from_identifiers(character) => false,
        _ => {
            is_alphabetic(character)
                || matches!(
                    character.general_category(),
                    GeneralCategory::LetterNumber
                        | GeneralCategory::NonspacingMark
                        | GeneralCategory::SpacingMark
                        | GeneralCategory::DecimalNumber
                        | GeneralCategory::ConnectorPunctuation
                )
        }
    }
}

#[cfg(test)]
#[path = "character_tests.rs"]
mod tests;
