//! Case mappings and the predicates of whole strings.
//!
//! Mappings are the full ones: one character may become several (`ß` is `SS` in upper case). A
//! capital sigma at the end of a word becomes the final small sigma. Characters and mappings
//! younger than Unicode 15.1 map to themselves, so that results do not change with the standard
//! library.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::character::{
    is_alphabetic, is_alphanumeric, is_assigned, is_decimal, is_digit, is_identifier_continue,
    is_identifier_start, is_printable, is_space,
};

const CAPITAL_SIGMA: char = 'Σ';

/// `str.upper`.
pub fn upper(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    let mut result = String::with_capacity(text.len());
    text.chars()
        .for_each(|character| push_upper(&mut result, character));
    result
}

/// `str.lower`.
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut result = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        push_lower_in_context(&mut result, text, at, character);
    }
    result
}

/// `str.casefold`: for comparing without regard to case.
pub fn casefold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // Cherokee folds to its capitals, which are older than its small letters.
            '\u{13a0}'..='\u{13f5}' => result.push(character),
            '\u{13f8}'..='\u{13fd}' | '\u{ab70}'..='\u{abbf}' => push_upper(&mut result, character),
            'ẞ' => result.push_str("ss"),
            // The dotless i is a letter of its own.
            'ı' => result.push(character),
            _ => {
                let mut capitals = String::new();
                push_upper(&mut capitals, character);
                capitals
                    .chars()
                    .for_each(|capital| push_lower(&mut result, capital));
            }
        }
    }
    result
}

/// `str.title`: every first letter of a word in title case, the others in lower case.
pub fn title(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut in_word = false;
    for (at, character) in text.char_indices() {
        if in_word {
            push_lower_in_context(&mut result, text, at, character);
        } else {
            push_title(&mut result, character);
        }
        in_word = is_cased(character);
    }
    result
}

/// `str.capitalize`: the first character in title case, the others in lower case.
pub fn capitalize(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        if at == 0 {
            push_title(&mut result, character);
        } else {
            push_lower_in_context(&mut result, text, at, character);
        }
    }
    result
}

/// `str.swapcase`.
pub fn swap_case(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        if is_upper_character(character) {
            push_lower_in_context(&mut result, text, at, character);
        } else if is_lower_character(character) {
            push_upper(&mut result, character);
        } else {
            result.push(character);
        }
    }
    result
}

/// Pushes a mapping, or the character itself where Unicode 15.1 has no such mapping.
fn push_mapped<M>(result: &mut String, character: char, mapped: M)
where
    M: Iterator<Item = char> + Clone,
{
    if character.is_ascii() || (is_assigned(character) && mapped.clone().all(is_assigned)) {
        result.extend(mapped);
    } else {
        result.push(character);
    }
}

fn push_upper(result: &mut String, character: char) {
    push_mapped(result, character, character.to_uppercase());
}

fn push_lower(result: &mut String, character: char) {
    push_mapped(result, character, character.to_lowercase());
}

fn push_lower_in_context(result: &mut String, text: &str, at: usize, character: char) {
    if character == CAPITAL_SIGMA && is_final_sigma(text, at) {
        result.push('ς');
    } else {
        push_lower(result, character);
    }
}

/// A cased letter comes before it and none after it, not counting marks and the like.
fn is_final_sigma(text: &str, at: usize) -> bool {
    let after = &text[at + CAPITAL_SIGMA.len_utf8()..];
    let is_counted = |character: &char| !is_case_ignorable(*character);
    let cased_before = text[..at]
        .chars()
        .rev()
        .find(is_counted)
        .is_some_and(is_cased);
    cased_before && !after.chars().find(is_counted).is_some_and(is_cased)
}

fn push_title(result: &mut String, character: char) {
    match character {
        '\u{1c4}'..='\u{1c6}' => result.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => result.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => result.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => result.push('\u{1f2}'),
        // Georgian has capitals, but not at the beginning of words.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => result.push(character),
        // Greek with an iota: written under the letter in title case, beside it in capitals.
        '\u{1f80}'..='\u{1faf}' => {
            result.extend(char::from_u32(u32::from(character) | 8));
        }
        '\u{1fb3}' | '\u{1fbc}' => result.push('\u{1fbc}'),
        '\u{1fc3}' | '\u{1fcc}' => result.push('\u{1fcc}'),
        '\u{1ff3}' | '\u{1ffc}' => result.push('\u{1ffc}'),
        'ŉ' => push_upper(result, character),
        _ => {
            // Of a mapping to several letters only the first is a capital.
            let mut capitals = String::new();
            push_upper(&mut capitals, character);
            let mut letters = capitals.chars();
            result.extend(letters.next());
            for letter in letters {
                match letter {
                    '\u{399}' => result.push('\u{345}'),
                    _ => push_lower(result, letter),
                }
            }
        }
    }
}

fn is_upper_character(character: char) -> bool {
    character.is_uppercase() && (character.is_ascii() || is_assigned(character))
}

fn is_lower_character(character: char) -> bool {
    // The pharyngeal voiced fricative was a small letter until Unicode 16.
    character == 'ʕ' || character.is_lowercase() && (character.is_ascii() || is_assigned(character))
}

fn is_title_character(character: char) -> bool {
    !character.is_ascii() && character.general_category() == GeneralCategory::TitlecaseLetter
}

fn is_cased(character: char) -> bool {
    is_upper_character(character) || is_lower_character(character) || is_title_character(character)
}

/// Skipped when looking for the end of a word.
fn is_case_ignorable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, '\'' | '.' | ':' | '^' | '`');
    }
    matches!(
        character,
        '\u{b7}'
            | '\u{387}'
            | '\u{55f}'
            | '\u{5f4}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{fe13}'
            | '\u{fe52}'
            | '\u{fe55}'
            | '\u{ff07}'
            | '\u{ff0e}'
            | '\u{ff1a}'
    ) || matches!(
        character.general_category(),
        GeneralCategory::NonspacingMark
            | GeneralCategory::EnclosingMark
            | GeneralCategory::Format
            | GeneralCategory::ModifierLetter
            | GeneralCategory::ModifierSymbol
    )
}

/// `str.isupper`: there is a cased character, and none is lower or title case.
pub fn is_upper(text: &str) -> bool {
    let mut found = false;
    for character in text.chars() {
        if is_lower_character(character) || is_title_character(character) {
            return false;
        }
        found |= is_upper_character(character);
    }
    found
}

/// `str.islower`: there is a cased character, and none is upper or title case.
pub fn is_lower(text: &str) -> bool {
    let mut found = false;
    for character in text.chars() {
        if is_upper_character(character) || is_title_character(character) {
            return false;
        }
        found |= is_lower_character(character);
    }
    found
}

/// `str.istitle`: capitals only at the beginning of words, small letters only within.
pub fn is_title(text: &str) -> bool {
    let (mut found, mut in_word) = (false, false);
    for character in text.chars() {
        let capital = is_upper_character(character) || is_title_character(character);
        let small = is_lower_character(character);
        if (capital && in_word) || (small && !in_word) {
            return false;
        }
        in_word = capital || small;
        found |= in_word;
    }
    found
}

/// Not empty, and every character is of the kind.
fn all(text: &str, is_kind: impl FnMut(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is_kind)
}

/// `str.isalpha`.
pub fn is_alpha(text: &str) -> bool {
    all(text, is_alphabetic)
}

/// `str.isalnum`.
pub fn is_alnum(text: &str) -> bool {
    all(text, is_alphanumeric)
}

/// `str.isdecimal`.
pub fn is_all_decimal(text: &str) -> bool {
    all(text, is_decimal)
}

/// `str.isdigit`.
pub fn is_all_digit(text: &str) -> bool {
    all(text, is_digit)
}

/// `str.isspace`.
pub fn is_all_space(text: &str) -> bool {
    all(text, is_space)
}

/// `str.isprintable`; empty text is.
pub fn is_all_printable(text: &str) -> bool {
    text.chars().all(is_printable)
}

/// `str.isidentifier`.
pub fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_identifier_start) && characters.all(is_identifier_continue)
}

#[cfg(test)]
#[path = "string_case_tests.rs"]
mod tests;
