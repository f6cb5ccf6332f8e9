//! What instructions do with references, worked out by hand.
//!
//! A body runs in a loop, ten turns and twenty; what twenty count more, divided by ten, is one
//! turn's. A turn leaves nothing behind but what the next one replaces. So what it takes, with the
//! first references of the objects that it makes, is what it gives back.

use std::io;
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Counts, Vm};

/// Functions and a class for the bodies.
const REST: &str = "
.class Point
    .method __init__ Point.init
    .method same Point.same
.end
.func Point.init(self)
    return_none
.end
.func Point.same(self)
    return self
.end
.func identity(value)
    return value
.end
.func keyword(value, *, other)
    return_none
.end
.func items() generator
    .local w0
    load_global w0, item
    yield w0, w0
    return_none
.end
";

fn counts(body: &str, turns: u32) -> Counts {
    let text = format!(
        "{REST}
.func main()
    .local i, object, point, cell, list, tuple, iterator, former, w0, w1, w2
    load_global object, Exception
    call object, 0
    store_global object, item
    load w0, ()
    make_class w0, w0, Point
    store_global w0, Point
    call w0, 0
    move point, w0
    store_attr point, object, held
    make_function w0, identity
    store_global w0, identity
    make_function w0, keyword
    store_global w0, keyword
    make_function w0, items
    store_global w0, items
    make_cell cell
    store_cell cell, object
    copy w0, object
    make_list list, w0, 1
    copy w0, object
    copy w1, object
    make_tuple tuple, w0, 2
    get_iter iterator, tuple
    copy former, object
    copy w0, object
    copy w1, object
    copy w2, object
    load i, 0
again:
{body}
    add_imm i, i, 1
    jump_if_lt_imm i, {turns}, again
    return_none
.end
"
    );
    let module = vm_asm::assemble(&text, "counts.vasm").unwrap_or_else(|e| panic!("{e:?}"));
    let module = VerifiedModule::new(module).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    let mut vm = Vm::new(Config::default()).unwrap();
    vm.set_output(io::sink(), io::sink());
    vm.count_operations(true);
    vm.run(module).unwrap_or_else(|e| panic!("{e}\n{text}"));
    vm.statistics().counts
}

/// Increments, decrements, elided ones and new objects of one turn.
fn of_a_turn(body: &str) -> [u64; 4] {
    let [few, many] = [10, 20].map(|turns| {
        let counts = counts(body, turns);
        let Counts {
            increments,
            decrements,
            elided,
            allocations,
            ..
        } = counts;
        [increments, decrements, elided, allocations]
    });
    std::array::from_fn(|index| {
        let more = many[index] - few[index];
        assert_eq!(more % 10, 0, "turns differ:\n{body}");
        more / 10
    })
}

#[test]
fn an_instruction_counts_what_it_takes_and_gives_back() {
    let cases = [
        // The copy; what the register held.
        ("copy former, object", [1, 1, 0, 0]),
        // Nothing: it moves there and back.
        ("move w1, w0\n move w0, w1\n load_none w1", [0, 0, 4, 0]),
        // Constants, small integers and built-in functions are immortal, or no objects.
        (
            "load w0, \"text\"\n copy w1, w0\n load_global w2, len",
            [0, 0, 0, 0],
        ),
        // What is loaded, and stored in place of itself.
        ("load_global w0, item\n store_global w0, item", [2, 2, 0, 0]),
        ("load_cell w0, cell\n store_cell cell, w0", [2, 2, 4, 0]),
        // The object, the list and the tuple are read in place.
        ("store_attr point, object, held", [1, 1, 2, 0]),
        ("load_attr w0, point, held", [1, 1, 2, 0]),
        ("load w2, 0\n store_item list, w2, object", [1, 1, 2, 0]),
        ("load w2, 0\n load_item w0, list, w2", [1, 1, 2, 0]),
        ("unpack w1, tuple, 2", [2, 2, 2, 0]),
        // A new iterator; its only item; nothing at the end, where the iterator is read again.
        (
            "get_iter iterator, list\n jump test\nbody: nop\ntest: loop_iter former, iterator, body",
            [1, 2, 6, 1],
        ),
        // The native function is immortal; its argument is given back.
        (
            "load_global w0, id\n copy w1, object\n call w0, 1",
            [1, 1, 0, 0],
        ),
        // The function, and its argument, which is the result of one turn and replaced in the next;
        // `return` moves it.
        (
            "load_global w0, identity\n copy w1, object\n call w0, 1",
            [2, 2, 2, 0],
        ),
        // The receiver moves into the frame and out of it; the function is taken and given back.
        ("copy w1, point\n call_method w0, 0, same", [2, 2, 2, 0]),
        // The class; `__init__`, and `self`. Given back: the class, `self`, `__init__`, and the
        // instance of the turn before.
        ("load_global w0, Point\n call w0, 0", [3, 4, 0, 1]),
    ];
    for (body, [increments, decrements, elided, new]) in cases {
        assert_eq!(
            of_a_turn(body),
            [increments, decrements, elided, new],
            "{body}"
        );
    }
}

/// Whoever takes references must give them back, whatever is called.
#[test]
fn a_turn_gives_back_what_it_takes() {
    let bodies = [
        // More than moving arguments: new registers take them, and the window gives them back.
        "load_global w0, keyword\n copy w1, object\n copy w2, object\n call_kw w0, 2, (\"other\",)",
        "load_global w0, identity\n copy w1, tuple\n load_none w2\n jump over\nover: copy w1, object\n call w0, 1",
        // A bound method is an object of its own, which native code makes: `call_method` does not.
        "copy w1, point\n call_method w0, 0, same\n load_none w0",
        // An exception that is raised, caught and forgotten.
        ".try from to -> caught, w2\nfrom: raise object\nto: nop\ncaught: push_handled w1, w2\n pop_handled w1\n load_none w2",
    ];
    for body in bodies {
        let [increments, decrements, _, _] = of_a_turn(body);
        assert_eq!(increments, decrements, "{body}");
        assert!(increments > 0, "{body}");
    }
}
