//! Methods of `str` that change its case, or say what kind of characters it has.

use crate::builtins::str::receiver;
use crate::native::Arguments;
use crate::pure::string_case;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Letters that stand for numbers, beside the characters whose category is a number.
const NUMERAL_LETTERS: &str = "㐅㒃㠪㭍一七万三两九二五亖京亿什仟仨伍佰俩倆億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍\
    弎弐拐拾捌柒洞漆玖百皕秭肆萬貮貳贰鈎钩阡陆陌陸零\u{f96b}\u{f973}\
    \u{f978}\u{f9b2}\u{f9d1}\u{f9d3}\u{f9fd}𠀁𠁤𠃢𠄡\
    𠤪𠦃𠦌𠦜𠫪𠫽𠬙𢎐𢦘𣬛𦉭\u{2f890}";

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_methods(
        Type::Str,
        &[
            ("upper", upper),
            ("lower", lower),
            ("casefold", casefold),
            ("title", title),
            ("capitalize", capitalize),
            ("swapcase", swapcase),
            ("isupper", isupper),
            ("islower", islower),
            ("istitle", istitle),
            ("isalpha", isalpha),
            ("isalnum", isalnum),
            ("isdecimal", isdecimal),
            ("isdigit", isdigit),
            ("isnumeric", isnumeric),
            ("isspace", isspace),
            ("isprintable", isprintable),
            ("isidentifier", isidentifier),
            ("isascii", isascii),
        ],
    )
}

/// How many times longer a mapping makes a text at most.
const GROWTH_MAX: usize = 3;

macro_rules! mappings {
    ($($method:ident: $mapping:ident;)*) => {
        $(fn $method(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
            let (string, rest) = receiver(vm, arguments, stringify!($method))?;
            rest.exactly::<0>(vm, concat!("str.", stringify!($method)))?;
            let bytes = string.byte_length as usize * if string.is_ascii() { 1 } else { GROWTH_MAX };
            vm.with_charged(bytes, |vm| vm.new_str(&string_case::$mapping(string.as_str())))
        })*
    };
}

mappings! {
    upper: upper;
    lower: lower;
    casefold: casefold;
    title: title;
    capitalize: capitalize;
    swapcase: swap_case;
}

macro_rules! predicates {
    ($($method:ident: $predicate:expr;)*) => {
        $(fn $method(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
            let (string, rest) = receiver(vm, arguments, stringify!($method))?;
            rest.exactly::<0>(vm, concat!("str.", stringify!($method)))?;
            Ok(Value::from_bool($predicate(string.as_str())))
        })*
    };
}

predicates! {
    isupper: string_case::is_upper;
    islower: string_case::is_lower;
    istitle: string_case::is_title;
    isalpha: string_case::is_alpha;
    isalnum: string_case::is_alnum;
    isdecimal: string_case::is_all_decimal;
    isdigit: string_case::is_all_digit;
    isnumeric: is_all_numeric;
    isspace: string_case::is_all_space;
    isprintable: string_case::is_all_printable;
    isidentifier: string_case::is_identifier;
    isascii: str::is_ascii;
}

/// Not empty, and every character stands for a number.
fn is_all_numeric(text: &str) -> bool {
    let is_numeric = |character: char| {
        character.general_category_group() == GeneralCategoryGroup::Number
            || NUMERAL_LETTERS.contains(character)
    };
    !text.is_empty() && text.chars().all(is_numeric)
}
