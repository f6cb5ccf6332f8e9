//! Each rule of the verifier, broken in each way, and code that looks wrong but is right.

use vm_bytecode::{
    ClassTemplate, Constant, ConstantIndex, Debug, Function, FunctionDebug, FunctionIndex,
    Instruction, LineEntry, Member, Module, NameIndex, Offset24, Opcode, Parameters, Position,
    Region, Rule, encode, limits, verify,
};

/// Words of instructions in a row.
fn code(instructions: &[Instruction]) -> Vec<u32> {
    let mut code = Vec::new();
    instructions
        .iter()
        .for_each(|instruction| instruction.emit(&mut code));
    code
}

/// A jump to the word `distance` behind the next.
fn jump(distance: i32) -> Instruction {
    encode::jump(Offset24::new(distance).unwrap())
}

/// Function 0 `main`, four registers; function 1 `method`; function 2 `inner`, a free variable.
/// Constant 0 is a number, 1 a string, 2 the tuple `("key",)`, 3 a tuple with a string twice.
fn module(instructions: &[Instruction]) -> Module {
    let function = |name, free_count, code| Function {
        name: NameIndex(name),
        registers: 4,
        free_count,
        code,
        ..Function::default()
    };
    let nothing = code(&[encode::return_none()]);
    Module {
        names: ["main", "method", "inner", "a", "b"]
            .map(str::to_owned)
            .to_vec(),
        constants: vec![
            Constant::from(1),
            Constant::from("key"),
            Constant::Tuple(vec![ConstantIndex(1)]),
            Constant::Tuple(vec![ConstantIndex(1), ConstantIndex(1)]),
        ],
        functions: vec![
            function(0, 0, code(instructions)),
            function(1, 0, nothing.clone()),
            function(2, 1, nothing),
        ],
        classes: vec![ClassTemplate {
            name: NameIndex(3),
            slots: None,
            members: vec![],
        }],
        entry: FunctionIndex(0),
        debug: None,
    }
}

/// The messages about a module.
fn messages(module: &Module) -> Vec<String> {
    let errors = verify(module).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

/// Expects one error, in `main`, at a word.
#[track_caller]
fn expect_at(instructions: &[Instruction], word: u32, rule: Rule, message: &str) {
    let errors = verify(&module(instructions)).expect_err("an error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    let error = &errors[0];
    assert_eq!((error.instruction, error.rule), (Some(word), rule));
    assert_eq!(error.function.as_deref(), Some("main"));
    assert_eq!(error.message, message);
}

/// Expects one error of a module that was changed.
#[track_caller]
fn expect_changed(change: impl FnOnce(&mut Module), rule: Rule, message: &str) {
    let mut module = module(&[encode::return_none()]);
    assert_eq!(verify(&module), Ok(()));
    change(&mut module);
    let errors = verify(&module).expect_err("an error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        (errors[0].rule, errors[0].message.as_str()),
        (rule, message)
    );
}

#[track_caller]
fn expect_fine(instructions: &[Instruction]) {
    assert_eq!(messages(&module(instructions)), [""; 0]);
}

const END: Instruction = encode::return_none();

#[test]
fn instructions() {
    let expect = |words: &[u32], word: u32, message: &str| {
        let mut module = module(&[]);
        module.functions[0].code = words.to_vec();
        let errors = verify(&module).expect_err("an error");
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            (errors[0].instruction, errors[0].rule),
            (Some(word), Rule::Instructions)
        );
        assert_eq!(errors[0].message, message);
    };
    let end = END.word().0;
    expect(&[0, 255, end], 1, "0xff is not an opcode");
    let fused = Opcode::CopyCopy as u32;
    expect(&[fused, end], 0, &format!("{fused:#04x} is not an opcode"));
    expect(
        &[0, encode::load_global(0, 0).word().0],
        1,
        "the second word of `load_global` is missing",
    );
    expect(
        &[end | 1 << 8],
        0,
        "unused bits of `return_none` are not zero",
    );
}

#[test]
fn the_end() {
    expect_at(
        &[encode::nop()],
        0,
        Rule::End,
        "`nop` continues behind the end of the code",
    );
    expect_at(
        &[encode::load_none(0), encode::jump_if_none(0, -1)],
        1,
        Rule::End,
        "`jump_if_none` continues behind the end of the code",
    );
    expect_changed(
        |module| module.functions[0].code.clear(),
        Rule::End,
        "there is no code",
    );
    expect_fine(&[encode::nop(), jump(-2)]);
}

#[test]
fn jump_targets() {
    let message = |word: i64| format!("jumps to word {word}, where no instruction starts");
    expect_at(&[jump(0)], 0, Rule::JumpTargets, &message(1));
    expect_at(
        &[encode::nop(), jump(-3)],
        1,
        Rule::JumpTargets,
        &message(-1),
    );
    let into_second_word = [encode::load_global(0, 0), jump(-2)];
    expect_at(&into_second_word, 2, Rule::JumpTargets, &message(1));
    expect_at(
        &[
            encode::load_none(0),
            encode::jump_if_eq(0, 0, i32::MAX),
            END,
        ],
        1,
        Rule::JumpTargets,
        &message(2_147_483_650),
    );
}

#[test]
fn registers() {
    let expect = |instruction: Instruction, message: &str| {
        // Unreachable, so that only the form is looked at.
        expect_at(&[END, instruction, END], 1, Rule::Registers, message);
    };
    expect(encode::load_none(4), "dst is r4, the frame has 4 registers");
    expect(
        encode::neg(0, 255),
        "operand is r255, the frame has 4 registers",
    );
    expect(
        encode::make_list(0, 2, 3),
        "items is r2 to r4, the frame has 4 registers",
    );
    expect(
        encode::make_list(0, 4, 0),
        "items is r4, the frame has 4 registers",
    );
    expect(
        encode::make_dict(0, 1, 2),
        "pairs is r1 to r4, the frame has 4 registers",
    );
    expect(
        encode::make_slice(0, 2),
        "bounds is r2 to r4, the frame has 4 registers",
    );
    expect(
        encode::unpack(3, 0, 2),
        "dst is r3 to r4, the frame has 4 registers",
    );
    expect(
        encode::unpack_star(1, 0, 1, 2),
        "dst is r1 to r4, the frame has 4 registers",
    );
    expect(
        encode::call(0, 4),
        "callee is r0 to r4, the frame has 4 registers",
    );
    expect(
        encode::call_ex(2),
        "callee is r2 to r4, the frame has 4 registers",
    );
    expect(
        encode::call_method(1, 2, 0),
        "dst is r1 to r4, the frame has 4 registers",
    );
    expect_fine(&[END, encode::unpack_star(0, 0, 2, 1), END]);
    expect_fine(&[END, encode::call_method(0, 2, 0), END]);
    let last = encode::unpack_star(0, 0, 0, u32::MAX);
    expect(last, "dst is r0 to r4294967294, the frame has 4 registers");
}

#[test]
fn operands() {
    let expect = |instruction: Instruction, rule: Rule, message: &str| {
        expect_at(&[END, instruction, END], 1, rule, message);
    };
    expect(
        encode::load_const(0, 4),
        Rule::Constants,
        "there is no constant 4",
    );
    expect(
        encode::load_const_wide(0, 4),
        Rule::Constants,
        "there is no constant 4",
    );
    let not_names = |index| format!("constant {index} is not a tuple of distinct strings");
    expect(encode::call_kw(0, 1, 1), Rule::Constants, &not_names(1));
    expect(encode::call_kw(0, 2, 3), Rule::Constants, &not_names(3));
    expect(
        encode::call_kw(0, 0, 2),
        Rule::Constants,
        "1 keywords for 0 arguments",
    );
    expect(encode::delete_global(5), Rule::Names, "there is no name 5");
    expect(
        encode::make_function(0, 3),
        Rule::Functions,
        "there is no function 3",
    );
    expect(
        encode::make_function(0, 2),
        Rule::Functions,
        "`inner` has 1 free variables, and gets 0 cells",
    );
    expect(
        encode::make_closure(0, 0, 2, 2),
        Rule::Functions,
        "`inner` has 1 free variables, and gets 2 cells",
    );
    expect(
        encode::make_class(0, 0, 1),
        Rule::ClassTemplates,
        "there is no class 1",
    );
    let free = "free variable 0, but the function has 0";
    expect(encode::load_free(0, 0), Rule::FreeVariables, free);
    expect(
        encode::format_simple(0, 0, 4),
        Rule::Conversions,
        "there is no conversion 4",
    );
    expect(
        encode::format_simple(0, 0, -1),
        Rule::Conversions,
        "there is no conversion -1",
    );
    expect(
        encode::r#yield(0, 0),
        Rule::Yield,
        "only a generator yields",
    );
    expect(
        encode::yield_from(0, 0),
        Rule::Yield,
        "only a generator yields",
    );
    expect_fine(&[
        END,
        encode::call_kw(0, 1, 2),
        encode::make_closure(0, 0, 1, 2),
        END,
    ]);
}

#[test]
fn regions() {
    let wide = encode::load_global(0, 0);
    let expect = |region: Region, message: &str| {
        let change = |module: &mut Module| {
            module.functions[0].code = code(&[wide, END]);
            module.functions[0].regions = vec![region];
        };
        expect_changed(change, Rule::Regions, &format!("region 0: {message}"));
    };
    let right = Region {
        start: 0,
        end: 2,
        handler: 2,
        register: 0,
    };
    expect(Region { end: 0, ..right }, "from word 0 to word 0 is empty");
    let first = "begins at word 1, where no instruction starts";
    expect(Region { start: 1, ..right }, first);
    expect(
        Region { end: 1, ..right },
        "ends at word 1, where no instruction starts",
    );
    expect(
        Region { end: 4, ..right },
        "ends at word 4, where no instruction starts",
    );
    expect(
        Region {
            handler: 3,
            ..right
        },
        "is handled at word 3, no instruction",
    );
    expect(
        Region {
            register: 4,
            ..right
        },
        "the exception goes to r4, the frame has 4 registers",
    );
    let mut whole = module(&[wide, END]);
    whole.functions[0].regions = vec![right, Region { end: 3, ..right }];
    assert_eq!(verify(&whole), Ok(()));
}

#[test]
fn the_head_of_a_function() {
    let function =
        |change: fn(&mut Function)| move |module: &mut Module| change(&mut module.functions[1]);
    expect_changed(
        function(|function| function.registers = 257),
        Rule::RegisterCount,
        "257 registers, the limit is 256",
    );
    let one = Parameters {
        positional: 1,
        ..Parameters::default()
    };
    let with_parameter = move |function: &mut Function| {
        function.parameters = one;
        function.parameter_names = vec![NameIndex(3)];
    };
    expect_changed(
        |module| {
            with_parameter(&mut module.functions[1]);
            module.functions[1].registers = 0;
        },
        Rule::RegisterCount,
        "1 parameters, but only 0 registers",
    );
    expect_changed(
        |module| {
            with_parameter(&mut module.functions[1]);
            module.functions[1].parameters.positional_only = 2;
        },
        Rule::Parameters,
        "more positional-only parameters than positional ones",
    );
    expect_changed(
        |module| {
            with_parameter(&mut module.functions[1]);
            module.functions[1].parameter_names.clear();
        },
        Rule::Parameters,
        "1 parameters, but 0 names",
    );
    expect_changed(
        |module| {
            with_parameter(&mut module.functions[1]);
            module.functions[1].parameters.varkw = true;
            module.functions[1].parameter_names.push(NameIndex(3));
        },
        Rule::Parameters,
        "two parameters are called `a`",
    );
    expect_changed(
        function(|function| function.name = NameIndex(5)),
        Rule::Names,
        "there is no name 5",
    );
    expect_changed(
        function(|function| {
            function.code = vec![END.word().0; limits::MAX_CODE_WORDS + 1];
        }),
        Rule::Limits,
        "1048577 words of code, the limit is 1048576",
    );
    expect_changed(
        function(|function| {
            let region = Region {
                start: 0,
                end: 1,
                handler: 0,
                register: 0,
            };
            function.regions = vec![region; limits::MAX_REGIONS + 1];
        }),
        Rule::Limits,
        "65537 regions, the limit is 65536",
    );
}

#[test]
fn the_module() {
    expect_changed(
        |module| module.names[4] = "a".into(),
        Rule::UniqueNames,
        "the name \"a\" is in the table twice",
    );
    expect_changed(
        |module| module.constants[2] = Constant::Tuple(vec![ConstantIndex(2)]),
        Rule::Tuples,
        "constant 2 refers to constant 2, a later one",
    );
    expect_changed(
        |module| module.classes = vec![module.classes[0].clone(); limits::MAX_CLASSES + 1],
        Rule::Limits,
        "65537 classes, the limit is 65536",
    );
    expect_changed(
        |module| module.entry = FunctionIndex(3),
        Rule::Entry,
        "the entry is function 3, but there are 3 functions",
    );
    expect_changed(
        |module| module.entry = FunctionIndex(2),
        Rule::Entry,
        "the entry `inner` has free variables",
    );
    expect_changed(
        |module| module.functions[0].generator = true,
        Rule::Entry,
        "the entry `main` is a generator",
    );
    expect_changed(
        |module| {
            module.functions[0].parameters.varargs = true;
            module.functions[0].parameter_names = vec![NameIndex(3)];
        },
        Rule::Entry,
        "the entry `main` has parameters",
    );
}

#[test]
fn classes() {
    let expect = |change: fn(&mut ClassTemplate), message: &str| {
        let message = format!("class `a`: {message}");
        expect_changed(
            |module| change(&mut module.classes[0]),
            Rule::Classes,
            &message,
        );
    };
    expect(
        |class| class.slots = Some(vec![NameIndex(4), NameIndex(4)]),
        "`b` is twice among its slots and members",
    );
    expect(
        |class| {
            class.slots = Some(vec![NameIndex(4)]);
            class.members = vec![(NameIndex(4), Member::Constant(ConstantIndex(0)))];
        },
        "`b` is twice among its slots and members",
    );
    expect(
        |class| class.slots = Some(vec![NameIndex(9)]),
        "there is no name 9",
    );
    expect(
        |class| class.members = vec![(NameIndex(4), Member::Function(FunctionIndex(3)))],
        "`b` is function 3, which is missing",
    );
    expect(
        |class| class.members = vec![(NameIndex(4), Member::Function(FunctionIndex(2)))],
        "`b` is a function with free variables",
    );
    expect(
        |class| class.members = vec![(NameIndex(4), Member::Constant(ConstantIndex(4)))],
        "`b` is constant 4, which is missing",
    );
}

#[test]
fn debug_information() {
    let line = |word| LineEntry {
        word,
        position: Position { line: 1, column: 1 },
    };
    let expect = |main: FunctionDebug, message: &str| {
        let change = |module: &mut Module| {
            let other = FunctionDebug::default;
            module.debug = Some(Debug {
                file: None,
                functions: vec![main, other(), other()],
            });
        };
        expect_changed(change, Rule::DebugInformation, message);
    };
    expect(
        FunctionDebug {
            lines: vec![line(0), line(0)],
            ..FunctionDebug::default()
        },
        "the line table does not ascend at word 0",
    );
    expect(
        FunctionDebug {
            lines: vec![line(1)],
            ..FunctionDebug::default()
        },
        "a line for word 1, where no instruction starts",
    );
    expect(
        FunctionDebug {
            register_names: vec!["x".into(); 5],
            ..FunctionDebug::default()
        },
        "5 names for 4 registers",
    );
    expect(
        FunctionDebug {
            free_names: vec!["x".into()],
            ..FunctionDebug::default()
        },
        "1 names for 0 free variables",
    );
    expect_changed(
        |module| module.debug = Some(Debug::default()),
        Rule::DebugInformation,
        "debug information for 0 functions, but there are 3",
    );
}

#[test]
fn reads_of_unset_registers() {
    let expect = |instructions: &[Instruction], word, name, register| {
        let message = format!("`{name}` reads r{register}, which may be unset");
        expect_at(instructions, word, Rule::Initialisation, &message);
    };
    let none = encode::load_none;
    expect(&[encode::r#return(0)], 0, "return", 0);
    // Taken, and released.
    expect(
        &[none(0), encode::r#move(1, 0), encode::neg(2, 0), END],
        2,
        "neg",
        0,
    );
    expect(
        &[none(0), encode::unset(0), encode::neg(2, 0), END],
        2,
        "neg",
        0,
    );
    expect(
        &[none(0), none(1), encode::call(0, 1), encode::neg(2, 1), END],
        3,
        "neg",
        1,
    );
    // Windows.
    expect(
        &[none(1), encode::make_tuple(0, 1, 2), END],
        1,
        "make_tuple",
        2,
    );
    expect(
        &[none(0), none(2), encode::call_method(0, 1, 0), END],
        2,
        "call_method",
        1,
    );
    expect(
        &[none(0), none(2), encode::call_ex(0), END],
        2,
        "call_ex",
        1,
    );
    // Set on one of two paths.
    let one_path = [
        none(0),
        encode::jump_if_none(0, 1),
        none(1),
        encode::neg(2, 1),
        END,
    ];
    expect(&one_path, 3, "neg", 1);
    // The value of an exhausted iterator.
    let exhausted = [none(0), encode::for_iter(1, 0, 1), END, encode::r#return(1)];
    expect(&exhausted, 4, "return", 1);
    let exhausted = [
        none(0),
        encode::loop_iter(1, 0, 1),
        encode::r#return(1),
        END,
    ];
    expect(&exhausted, 3, "return", 1);
    // The body of a loop is entered without a value.
    let entered = [none(0), encode::neg(2, 1), encode::loop_iter(1, 0, -3), END];
    expect(&entered, 1, "neg", 1);
    // Set in a loop, read before it in the second round only.
    let round = [
        none(0),
        none(1),
        encode::neg(2, 1),
        encode::unset(1),
        encode::jump_if(0, -3),
        END,
    ];
    expect(&round, 2, "neg", 1);
}

#[test]
fn registers_that_are_set_after_all() {
    let none = encode::load_none;
    expect_fine(&[none(0), encode::r#move(0, 0), encode::r#return(0)]);
    expect_fine(&[
        none(1),
        none(2),
        encode::make_tuple(1, 1, 2),
        encode::r#return(1),
    ]);
    expect_fine(&[none(0), encode::call(0, 0), encode::r#return(0)]);
    expect_fine(&[none(1), encode::call_method(0, 0, 0), encode::r#return(0)]);
    expect_fine(&[encode::check(0, 0), encode::r#return(0)]);
    expect_fine(&[encode::make_cell(0), encode::r#return(0)]);
    expect_fine(&[encode::unset(0), END]);
    expect_fine(&[none(0), encode::unpack(1, 0, 3), encode::add(1, 2, 3), END]);
    expect_fine(&[none(0), encode::for_iter(1, 0, 1), encode::r#return(1), END]);
    expect_fine(&[
        none(0),
        encode::loop_iter(1, 0, 1),
        END,
        encode::r#return(1),
    ]);
    // The test at the bottom of a loop, where it is entered.
    let bottom = [
        none(0),
        jump(1),
        encode::neg(2, 1),
        encode::loop_iter(1, 0, -3),
        END,
    ];
    expect_fine(&bottom);
    let both = [
        none(0),
        encode::jump_if_none(0, 2),
        none(1),
        jump(1),
        none(1),
        encode::r#return(1),
    ];
    expect_fine(&both);
    // Unreachable code may read what it likes.
    expect_fine(&[END, encode::r#return(3)]);
}

#[test]
fn parameters_are_set() {
    let mut module = module(&[END]);
    let function = &mut module.functions[1];
    function.parameters = Parameters {
        positional: 1,
        varkw: true,
        ..Parameters::default()
    };
    function.parameter_names = vec![NameIndex(3), NameIndex(4)];
    function.code = code(&[encode::add(2, 0, 1), encode::r#return(2)]);
    assert_eq!(verify(&module), Ok(()));
    module.functions[1].code = code(&[encode::add(2, 0, 2), encode::r#return(2)]);
    let expected = "function `method`, word 0: `add` reads r2, which may be unset [initialisation]";
    assert_eq!(messages(&module), [expected]);
}

#[test]
fn handlers_find_what_is_set_throughout_their_region() {
    let none = encode::load_none;
    let region = |start, end| Region {
        start,
        end,
        handler: 5,
        register: 3,
    };
    let with = |instructions: &[Instruction], regions: &[Region]| {
        let mut module = module(instructions);
        module.functions[0].regions = regions.to_vec();
        messages(&module)
    };
    let unset = |name, register| {
        format!(
            "function `main`, word 5: `{name}` reads r{register}, which may be unset \
             [initialisation]"
        )
    };
    let before = [
        none(0),
        none(1),
        none(2),
        encode::neg(2, 1),
        END,
        encode::r#return(1),
    ];
    assert_eq!(with(&before, &[region(2, 5)]), [""; 0]);
    // The first instruction of the region may raise before it sets r1.
    assert_eq!(with(&before, &[region(1, 5)]), [unset("return", 1)]);
    // The exception itself.
    let exception = [none(0), none(1), none(2), none(2), END, encode::r#return(3)];
    assert_eq!(with(&exception, &[region(0, 5)]), [""; 0]);
    assert_eq!(with(&exception, &[]), [""; 0]);
    // What an instruction takes is gone when it raises.
    let taken = [
        none(0),
        none(1),
        encode::call(0, 1),
        none(1),
        END,
        encode::r#return(0),
    ];
    assert_eq!(with(&taken, &[region(2, 3)]), [unset("return", 0)]);
    assert_eq!(with(&taken, &[region(3, 4)]), [""; 0]);
    // The first region that contains an instruction is the one that counts.
    let inner = [
        none(0),
        none(1),
        encode::neg(2, 1),
        none(2),
        END,
        encode::r#return(2),
    ];
    let elsewhere = Region {
        handler: 4,
        ..region(0, 5)
    };
    assert_eq!(with(&inner, &[elsewhere, region(0, 5)]), [""; 0]);
    assert_eq!(
        with(&inner, &[region(0, 5), elsewhere]),
        [unset("return", 2)]
    );
    assert_eq!(with(&inner, &[region(3, 4), elsewhere]), [""; 0]);
}

#[test]
fn all_errors_are_reported_in_order() {
    let mut module = module(&[
        encode::load_none(9),
        encode::delete_global(77),
        encode::nop(),
    ]);
    module.functions[1].code = code(&[encode::r#return(0)]);
    module.entry = FunctionIndex(9);
    let expected = [
        "the entry is function 9, but there are 3 functions [entry]",
        "function `main`, word 0: dst is r9, the frame has 4 registers [registers]",
        "function `main`, word 1: there is no name 77 [names]",
        "function `main`, word 3: `nop` continues behind the end of the code [end]",
        "function `method`, word 0: `return` reads r0, which may be unset [initialisation]",
    ];
    assert_eq!(messages(&module), expected);
}

#[test]
fn errors_are_limited() {
    let mut module = module(&[END]);
    module.functions[0].code = code(&[encode::load_none(9); 2000]);
    assert_eq!(messages(&module).len(), limits::MAX_VERIFY_ERRORS);
}
