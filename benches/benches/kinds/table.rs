//! The kinds: what is copied, and what it works on.

/// A kind of instruction.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What comes before the loop.
    pub(crate) before: &'static str,
    /// What is copied. Registers `w0` to `w3` are there for calls.
    pub(crate) copied: &'static str,
    /// What comes behind the loop, to get at what the copies did.
    pub(crate) after: &'static str,
    /// What register is returned, and what is in it, as `str` has it.
    pub(crate) result: (&'static str, &'static str),
}

const fn kind(
    name: &'static str,
    before: &'static str,
    copied: &'static str,
    result: (&'static str, &'static str),
) -> Kind {
    Kind {
        name,
        before,
        copied,
        after: "",
        result,
    }
}

impl Kind {
    /// The same with instructions behind the loop.
    const fn then(self, after: &'static str) -> Kind {
        Kind { after, ..self }
    }
}

/// A text to which a thousand copies append a letter each.
const APPENDED: &str = match core::str::from_utf8(&[b'x'; 1000]) {
    Ok(text) => text,
    Err(_) => "",
};

/// What is made once, and what is called.
pub(crate) const SHARED: &str = r#"
.class Slots
    .slots x
    .method get Slots.get
.end
.class Derived
.end
.class Plain
    .method __init__ Plain.__init__
.end
.func Slots.get(self)
    return self
.end
.func Plain.__init__(self, x)
    store_attr self, x, x
    return_none
.end
.func identity(x)
    return x
.end
.func count_up() generator
    .local n, sent
    load n, 0
again:
    copy sent, n
    yield sent, sent
    add_imm n, n, 1
    jump again
.end
.func delegate() generator
    .local w0
    load_global w0, count_up
    call w0, 0
    get_iter w0, w0
    yield_from w0, w0
    return_none
.end
.func adder(n)
    .local w0
    make_cell n
    move w0, n
    make_closure w0, w0, 1, adder.add
    return w0
.end
.func adder.add(k)
    .free n
    .local w0
    load_free w0, n
    add w0, w0, k
    return w0
.end
.func setup()
    .local w0, w1, w2, made
    load w0, ()
    make_class made, w0, Slots
    store_global made, Slots
    copy w1, made
    call w1, 0
    load w0, 7
    store_attr w1, w0, x
    store_global w1, slots
    load w0, ()
    make_class made, w0, Plain
    store_global made, Plain
    copy w1, made
    load w2, 7
    call w1, 1
    store_global w1, plain
    load_global w1, Slots
    make_tuple w0, w1, 1
    make_class made, w0, Derived
    store_global made, Derived
    load_global w0, adder
    load w1, 1
    call w0, 1
    store_global w0, add_one
    load w0, 7
    make_list made, w0, 1
    load w1, 1000
    mul made, made, w1
    store_global made, list
    load w0, 1
    load w1, 7
    make_dict made, w0, 1
    load w0, "key"
    load w1, 8
    store_item made, w0, w1
    store_global made, dict
    return_none
.end
"#;

/// All kinds, from cheap to dear within each subject.
pub(crate) const KINDS: [Kind; 60] = [
    kind("nop", "load a, 1", "nop", ("a", "1")),
    kind("copy_integer", "load a, 1", "copy c, a", ("c", "1")),
    kind(
        "copy_reference",
        "load_global a, dict",
        "copy c, a",
        ("c", "{1: 7, 'key': 8}"),
    ),
    kind("move", "load a, 1", "move c, a\nmove a, c", ("a", "1")),
    kind("load_integer", "", "load c, 5", ("c", "5")),
    kind("load_string", "", "load c, \"text\"", ("c", "text")),
    kind(
        "load_global",
        "",
        "load_global c, Slots",
        ("c", "<class '__main__.Slots'>"),
    ),
    kind(
        "store_global",
        "load a, 9",
        "store_global a, stored",
        ("c", "9"),
    )
    .then("load_global c, stored"),
    kind(
        "add_integers",
        "load a, 0\nload b, 1",
        "add a, a, b",
        ("a", "1000"),
    ),
    kind(
        "add_immediate",
        "load a, 0",
        "add_imm a, a, 1",
        ("a", "1000"),
    ),
    kind(
        "multiply_integers",
        "load a, 3\nload b, 4",
        "mul c, a, b",
        ("c", "12"),
    ),
    kind(
        "floor_divide_integers",
        "load a, -17\nload b, 5",
        "floordiv c, a, b",
        ("c", "-4"),
    ),
    kind(
        "modulo_of_integers",
        "load a, -17\nload b, 5",
        "mod c, a, b",
        ("c", "3"),
    ),
    kind(
        "power_of_integers",
        "load a, 3\nload b, 4",
        "pow c, a, b",
        ("c", "81"),
    ),
    kind(
        "and_integers",
        "load a, 12\nload b, 10",
        "and c, a, b",
        ("c", "8"),
    ),
    kind("negate_integer", "load a, 3", "neg c, a", ("c", "-3")),
    kind(
        "add_floats",
        "load a, 0.0\nload b, 0.5",
        "add a, a, b",
        ("a", "500.0"),
    ),
    kind(
        "add_large_integers",
        "load a, 100000000000000000000\nload b, 1",
        "add c, a, b",
        ("c", "100000000000000000001"),
    ),
    kind(
        "divide_floats",
        "load a, 3.0\nload b, 2.0",
        "truediv c, a, b",
        ("c", "1.5"),
    ),
    kind(
        "compare",
        "load a, 1\nload b, 2",
        "lt c, a, b",
        ("c", "True"),
    ),
    kind(
        "is",
        "load a, None\nload b, 0",
        "is c, a, b",
        ("c", "False"),
    ),
    kind(
        "in_tuple",
        "load a, 2\nload b, (1, 2)",
        "in c, a, b",
        ("c", "True"),
    ),
    kind(
        "compare_and_jump",
        "load a, 1\nload b, 2",
        "jump_if_lt a, b, next@\nnop\nnext@:",
        ("a", "1"),
    ),
    kind(
        "jump_if",
        "load a, True",
        "jump_if a, next@\nnop\nnext@:",
        ("a", "True"),
    ),
    kind(
        "load_attribute_of_slot",
        "load_global a, slots",
        "load_attr c, a, x",
        ("c", "7"),
    ),
    kind(
        "load_attribute",
        "load_global a, plain",
        "load_attr c, a, x",
        ("c", "7"),
    ),
    kind(
        "store_attribute_of_slot",
        "load_global a, slots\nload c, 9",
        "store_attr a, c, x",
        ("b", "9"),
    )
    .then("load_attr b, a, x"),
    kind(
        "store_attribute",
        "load_global a, plain\nload c, 9",
        "store_attr a, c, x",
        ("b", "9"),
    )
    .then("load_attr b, a, x"),
    kind(
        "call_function",
        "load_global a, identity\nload b, 3",
        "copy w0, a\ncopy w1, b\ncall w0, 1",
        ("w0", "3"),
    ),
    kind(
        "call_with_keyword",
        "load_global a, identity\nload b, 3",
        "copy w0, a\ncopy w1, b\ncall_kw w0, 1, (\"x\",)",
        ("w0", "3"),
    ),
    kind(
        "call_with_starred_arguments",
        "load_global a, identity\nload b, (3,)",
        "copy w0, a\ncopy w1, b\nload w2, None\ncall_ex w0",
        ("w0", "3"),
    ),
    kind(
        "call_closure",
        "load_global a, add_one\nload b, 3",
        "copy w0, a\ncopy w1, b\ncall w0, 1",
        ("w0", "4"),
    ),
    kind(
        "call_method",
        "load_global a, slots",
        "copy w1, a\ncall_method w0, 0, get",
        ("c", "7"),
    )
    .then("load_attr c, w0, x"),
    kind(
        "call_method_of_super",
        "load_global b, Derived\ncopy a, b\ncall a, 0\nload w0, 7\nstore_attr a, w0, x",
        "load_super_attr w0, b, a, get\ncall w0, 0",
        ("c", "7"),
    )
    .then("load_attr c, w0, x"),
    kind(
        "call_native_function",
        "load_global a, len\nload_global b, list",
        "copy w0, a\ncopy w1, b\ncall w0, 1",
        ("w0", "1000"),
    ),
    kind(
        "call_native_method",
        "load_global a, dict\nload b, 1",
        "copy w1, a\ncopy w2, b\ncall_method w0, 1, get",
        ("w0", "7"),
    ),
    kind(
        "make_instance",
        "load_global a, Slots",
        "copy w0, a\ncall w0, 0",
        ("c", "<class '__main__.Slots'>"),
    )
    .then("load_attr c, w0, __class__"),
    kind(
        "make_initialised_instance",
        "load_global a, Plain\nload b, 7",
        "copy w0, a\ncopy w1, b\ncall w0, 1",
        ("c", "7"),
    )
    .then("load_attr c, w0, x"),
    kind(
        "make_function",
        "",
        "make_function c, identity",
        ("w0", "3"),
    )
    .then("move w0, c\nload w1, 3\ncall w0, 1"),
    kind(
        "make_class",
        "load a, ()",
        "make_class c, a, Slots",
        ("c", "<class '__main__.Slots'>"),
    ),
    kind(
        "load_item_of_list",
        "load_global a, list\nload b, 500",
        "load_item c, a, b",
        ("c", "7"),
    ),
    kind(
        "store_item_of_list",
        "load_global a, list\nload b, 500\nload c, 9",
        "store_item a, b, c",
        ("w0", "9"),
    )
    .then("load_item w0, a, b"),
    kind(
        "load_item_of_dict_by_integer",
        "load_global a, dict\nload b, 1",
        "load_item c, a, b",
        ("c", "7"),
    ),
    kind(
        "load_item_of_dict_by_string",
        "load_global a, dict\nload b, \"key\"",
        "load_item c, a, b",
        ("c", "8"),
    ),
    kind(
        "store_item_of_dict",
        "load_global a, dict\nload b, 1\nload c, 9",
        "store_item a, b, c",
        ("w0", "9"),
    )
    .then("load_item w0, a, b"),
    kind(
        "make_tuple_of_2",
        "",
        "load w0, 1\nload w1, 2\nmake_tuple c, w0, 2",
        ("c", "(1, 2)"),
    ),
    kind(
        "make_list_of_2",
        "",
        "load w0, 1\nload w1, 2\nmake_list c, w0, 2",
        ("c", "[1, 2]"),
    ),
    kind(
        "make_dict_of_1",
        "",
        "load w0, 1\nload w1, 2\nmake_dict c, w0, 1",
        ("c", "{1: 2}"),
    ),
    kind(
        "make_set_of_2",
        "",
        "load w0, 1\nload w1, 2\nmake_set c, w0, 2",
        ("c", "{1, 2}"),
    ),
    kind(
        "append_to_list",
        "make_list a, w0, 0\nload b, 7",
        "list_append a, b",
        ("c", "1000"),
    )
    .then("load_global c, len\nmove w1, a\nmove w0, c\ncall w0, 1\nmove c, w0"),
    kind(
        "slice_of_list",
        "load_global a, list",
        "load w0, 2\nload w1, 4\nload w2, None\nmake_slice b, w0\nload_item c, a, b",
        ("c", "[7, 7]"),
    ),
    kind("unpack_2", "load a, (1, 2)", "unpack w0, a, 2", ("w1", "2")),
    kind(
        "concatenate_strings",
        "load a, \"some \"\nload b, \"text\"",
        "add c, a, b",
        ("c", "some text"),
    ),
    kind(
        "append_to_string",
        "load a, \"\"\nload b, \"x\"",
        "iadd a, a, b",
        ("a", APPENDED),
    ),
    kind(
        "join_pieces",
        "load a, \"some \"\nload b, \"text\"",
        "copy w0, a\ncopy w1, b\nmake_string c, w0, 2",
        ("c", "some text"),
    ),
    kind(
        "format_integer",
        "load a, 12345",
        "format_simple c, a, 0",
        ("c", "12345"),
    ),
    kind(
        "iterate_over_list",
        "load_global a, list\nget_iter a, a",
        "for_iter c, a, next@\nnext@:",
        ("c", "7"),
    ),
    kind(
        "resume_generator",
        "load_global a, count_up\ncall a, 0",
        "for_iter c, a, next@\nnext@:",
        ("c", "999"),
    ),
    kind(
        "resume_delegating_generator",
        "load_global a, delegate\ncall a, 0",
        "for_iter c, a, next@\nnext@:",
        ("c", "999"),
    ),
    kind(
        "raise_and_catch",
        "",
        ".try try@ caught@ -> caught@, c\nload_global w0, ValueError\nload w1, \"bad\"\ncall w0, 1\n\
         try@:\nraise w0\ncaught@:",
        ("c", "bad"),
    ),
];
