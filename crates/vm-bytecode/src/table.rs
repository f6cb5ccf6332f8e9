//! The instruction table: the one place where an instruction is defined.
//!
//! A line reads
//!
//! ```text
//! Variant mnemonic(FIELD operand: KIND, …) FLOW [raises] "effect";
//! ```
//!
//! with the words of [`Field`], [`OperandKind`] and [`Flow`]; the macro that reads it is in
//! `opcode.rs`. The operands are in the order of the text, destination first.
//!
//! The order of the lines is the numbering of the opcodes, and so part of the file format: a new
//! public instruction goes at the end of the public block and raises the format's minor version;
//! any other change of a public one raises the major version. Fused instructions do what several
//! public ones do, one after the other; an interpreter writes their opcode over that of the first
//! and leaves the others as they are, so that a jump may land between them. They are never in a
//! file: decoder and verifier refuse them, and they may change freely.
//!
//! `docs/instructions.md` is written from this table:
//! `cargo run -p vm-bytecode --example instructions_md`.

use crate::instruction::Instruction;
use crate::opcode::{
    Field, Flow, OpcodeInfo, OperandKind, OperandSpec, length_in_words, unused_mask,
    without_raw_prefix,
};

instructions! {
    public {
        "Moves and constants" {
            Nop nop() Next "Does nothing.";
            Copy copy(A dst: Write, B source: Copies)
                Next "dst = source, with a further reference.";
            Move r#move(A dst: Write, B source: Take)
                Next "dst = source, which becomes unset: no count changes.";
            LoadNone load_none(A dst: Write) Next "dst = None.";
            LoadTrue load_true(A dst: Write) Next "dst = True.";
            LoadFalse load_false(A dst: Write) Next "dst = False.";
            LoadInt load_int(A dst: Write, SignedBc value: Integer) Next "dst = the integer value.";
            LoadConst load_const(A dst: Write, Bc constant: Constant) Next "dst = the constant.";
            LoadConstWide load_const_wide(A dst: Write, X constant: Constant)
                Next "dst = the constant; for an index that needs more than 16 bits.";
            Unset unset(A register: Unset)
                Next "Releases what the register holds; it becomes unset.";
            Check check(A register: Check, X name: Name)
                Next raises
                "Raises UnboundLocalError, which tells the name, if the register is unset.";
        }
        "Global names" {
            LoadGlobal load_global(A dst: Write, X name: Name)
                Next raises
                "dst = the module's global of that name, else the builtin, else NameError.";
            StoreGlobal store_global(A value: Copies, X name: Name)
                Next raises "The module's global of that name = value.";
            DeleteGlobal delete_global(X name: Name)
                Next raises "Removes the module's global of that name; NameError if there is none.";
        }
        "Cells and free variables" {
            MakeCell make_cell(A register: Enclose)
                Next raises
                "register = a new cell that holds the register's former value, or is empty if it \
                was unset.";
            LoadCell load_cell(A dst: Write, B cell: Read)
                Next raises "dst = the value in the cell; UnboundLocalError if it is empty.";
            StoreCell store_cell(A cell: Read, B value: Copies) Next raises "The cell holds value.";
            DeleteCell delete_cell(A cell: Read)
                Next raises "Empties the cell; UnboundLocalError if it is empty.";
            LoadFree load_free(A dst: Write, Bc free: Free)
                Next raises "dst = the value of the free variable; NameError if it is empty.";
            StoreFree store_free(A value: Copies, Bc free: Free)
                Next raises "The free variable = value.";
            DeleteFree delete_free(Bc free: Free)
                Next raises "Empties the free variable; NameError if it is empty.";
            LoadClosure load_closure(A dst: Write, Bc free: Free)
                Next "dst = the cell of the free variable, for a function made inside this one.";
        }
        "Arithmetic" {
            Add add(A dst: Write, B left: Read, C right: Read) Next raises "dst = left + right.";
            Sub sub(A dst: Write, B left: Read, C right: Read) Next raises "dst = left - right.";
            Mul mul(A dst: Write, B left: Read, C right: Read) Next raises "dst = left * right.";
            Truediv truediv(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = left / right.";
            Floordiv floordiv(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = left // right.";
            Mod r#mod(A dst: Write, B left: Read, C right: Read) Next raises "dst = left % right.";
            Pow pow(A dst: Write, B left: Read, C right: Read) Next raises "dst = left ** right.";
            Matmul matmul(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = left @ right.";
            Lshift lshift(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = left << right.";
            Rshift rshift(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = left >> right.";
            And and(A dst: Write, B left: Read, C right: Read) Next raises "dst = left & right.";
            Or or(A dst: Write, B left: Read, C right: Read) Next raises "dst = left | right.";
            Xor xor(A dst: Write, B left: Read, C right: Read) Next raises "dst = left ^ right.";
        }
        "In-place arithmetic" {
            Iadd iadd(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left += right.";
            Isub isub(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left -= right.";
            Imul imul(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left *= right.";
            Itruediv itruediv(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left /= right.";
            Ifloordiv ifloordiv(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left //= right.";
            Imod imod(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left %= right.";
            Ipow ipow(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left **= right.";
            Imatmul imatmul(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left @= right.";
            Ilshift ilshift(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left <<= right.";
            Irshift irshift(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left >>= right.";
            Iand iand(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left &= right.";
            Ior ior(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left |= right.";
            Ixor ixor(A dst: Write, B left: Read, C right: Read)
                Next raises "dst = the result of left ^= right.";
        }
        "Arithmetic with a number in the instruction" {
            AddImm add_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left + right.";
            SubImm sub_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left - right.";
            MulImm mul_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left * right.";
            FloordivImm floordiv_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left // right.";
            ModImm mod_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left % right.";
            AndImm and_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left & right.";
            LshiftImm lshift_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left << right.";
            RshiftImm rshift_imm(A dst: Write, B left: Read, SignedC right: Integer)
                Next raises "dst = left >> right.";
        }
        "Arithmetic with one operand" {
            Neg neg(A dst: Write, B operand: Read) Next raises "dst = -operand.";
            Pos pos(A dst: Write, B operand: Read) Next raises "dst = +operand.";
            Invert invert(A dst: Write, B operand: Read) Next raises "dst = ~operand.";
            Not not(A dst: Write, B operand: Read) Next raises "dst = not operand.";
        }
        "Comparison" {
            Lt lt(A dst: Write, B left: Read, C right: Read) Next raises "dst = left < right.";
            Le le(A dst: Write, B left: Read, C right: Read) Next raises "dst = left <= right.";
            Eq eq(A dst: Write, B left: Read, C right: Read) Next raises "dst = left == right.";
            Ne ne(A dst: Write, B left: Read, C right: Read) Next raises "dst = left != right.";
            Gt gt(A dst: Write, B left: Read, C right: Read) Next raises "dst = left > right.";
            Ge ge(A dst: Write, B left: Read, C right: Read) Next raises "dst = left >= right.";
            Is is(A dst: Write, B left: Read, C right: Read) Next "dst = left is right.";
            IsNot is_not(A dst: Write, B left: Read, C right: Read) Next "dst = left is not right.";
            In r#in(A dst: Write, B item: Read, C container: Read)
                Next raises "dst = item in container.";
            NotIn not_in(A dst: Write, B item: Read, C container: Read)
                Next raises "dst = item not in container.";
        }
        "Jumps" {
            Jump jump(SignedAbc target: Label) Jump "Continues at target.";
            JumpIf jump_if(A condition: Read, SignedBc target: Label)
                Branch raises "Jumps if condition is true.";
            JumpIfNot jump_if_not(A condition: Read, SignedBc target: Label)
                Branch raises "Jumps if condition is false.";
            JumpIfNone jump_if_none(A value: Read, SignedBc target: Label)
                Branch "Jumps if value is None.";
            JumpIfNotNone jump_if_not_none(A value: Read, SignedBc target: Label)
                Branch "Jumps if value is not None.";
            JumpIfLt jump_if_lt(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if left < right.";
            JumpIfLe jump_if_le(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if left <= right.";
            JumpIfEq jump_if_eq(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if left == right.";
            JumpIfNe jump_if_ne(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if left != right.";
            JumpIfGt jump_if_gt(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if left > right.";
            JumpIfGe jump_if_ge(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if left >= right.";
            JumpIfIs jump_if_is(A left: Read, B right: Read, SignedX target: Label)
                Branch "Jumps if left is right.";
            JumpIfNotLt jump_if_not_lt(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if not left < right.";
            JumpIfNotLe jump_if_not_le(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if not left <= right.";
            JumpIfNotEq jump_if_not_eq(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if not left == right.";
            JumpIfNotNe jump_if_not_ne(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if not left != right.";
            JumpIfNotGt jump_if_not_gt(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if not left > right.";
            JumpIfNotGe jump_if_not_ge(A left: Read, B right: Read, SignedX target: Label)
                Branch raises "Jumps if not left >= right.";
            JumpIfNotIs jump_if_not_is(A left: Read, B right: Read, SignedX target: Label)
                Branch "Jumps if left is not right.";
            JumpIfLtImm jump_if_lt_imm(A left: Read, SignedB right: Integer, SignedX target: Label)
                Branch raises "Jumps if left < right.";
            JumpIfLeImm jump_if_le_imm(A left: Read, SignedB right: Integer, SignedX target: Label)
                Branch raises "Jumps if left <= right.";
            JumpIfEqImm jump_if_eq_imm(A left: Read, SignedB right: Integer, SignedX target: Label)
                Branch raises "Jumps if left == right.";
            JumpIfNeImm jump_if_ne_imm(A left: Read, SignedB right: Integer, SignedX target: Label)
                Branch raises "Jumps if left != right.";
            JumpIfGtImm jump_if_gt_imm(A left: Read, SignedB right: Integer, SignedX target: Label)
                Branch raises "Jumps if left > right.";
            JumpIfGeImm jump_if_ge_imm(A left: Read, SignedB right: Integer, SignedX target: Label)
                Branch raises "Jumps if left >= right.";
            JumpIfNotLtImm jump_if_not_lt_imm(A left: Read, SignedB right: Integer,
                SignedX target: Label)
                Branch raises "Jumps if not left < right.";
            JumpIfNotLeImm jump_if_not_le_imm(A left: Read, SignedB right: Integer,
                SignedX target: Label)
                Branch raises "Jumps if not left <= right.";
            JumpIfNotEqImm jump_if_not_eq_imm(A left: Read, SignedB right: Integer,
                SignedX target: Label)
                Branch raises "Jumps if not left == right.";
            JumpIfNotNeImm jump_if_not_ne_imm(A left: Read, SignedB right: Integer,
                SignedX target: Label)
                Branch raises "Jumps if not left != right.";
            JumpIfNotGtImm jump_if_not_gt_imm(A left: Read, SignedB right: Integer,
                SignedX target: Label)
                Branch raises "Jumps if not left > right.";
            JumpIfNotGeImm jump_if_not_ge_imm(A left: Read, SignedB right: Integer,
                SignedX target: Label)
                Branch raises "Jumps if not left >= right.";
        }
        "Iteration" {
            GetIter get_iter(A dst: Write, B iterable: Read) Next raises "dst = iter(iterable).";
            ForIter for_iter(A dst: WriteUnlessJump, B iterator: Read, SignedX exhausted: Label)
                Branch raises
                "dst = next(iterator); jumps, and leaves dst alone, when there is none.";
            LoopIter loop_iter(A dst: WriteIfJump, B iterator: Read, SignedX body: Label)
                Branch raises
                "dst = next(iterator) and jumps; falls through, and leaves dst alone, when there \
                is none.";
        }
        "Attributes" {
            LoadAttr load_attr(A dst: Write, B object: Read, X name: Name)
                Next raises "dst = object.name.";
            StoreAttr store_attr(A object: Read, B value: Copies, X name: Name)
                Next raises "object.name = value.";
            DeleteAttr delete_attr(A object: Read, X name: Name) Next raises "del object.name.";
            LoadSuperAttr load_super_attr(A dst: Write, B class: Read, C receiver: Read,
                X name: Name)
                Next raises "dst = super(class, receiver).name.";
        }
        "Items" {
            LoadItem load_item(A dst: Write, B object: Read, C key: Read)
                Next raises "dst = object[key].";
            LoadItemImm load_item_imm(A dst: Write, B object: Read, SignedC key: Integer)
                Next raises "dst = object[key].";
            StoreItem store_item(A object: Read, B key: Copies, C value: Copies)
                Next raises "object[key] = value.";
            DeleteItem delete_item(A object: Read, B key: Read) Next raises "del object[key].";
            MakeSlice make_slice(A dst: Write, B bounds: TakeThree)
                Next raises "dst = slice(start, stop, step) from three registers.";
        }
        "Building" {
            MakeTuple make_tuple(A dst: Write, B items: TakeWindow, C count: Count)
                Next raises "dst = a tuple of the items.";
            MakeList make_list(A dst: Write, B items: TakeWindow, C count: Count)
                Next raises "dst = a list of the items.";
            MakeSet make_set(A dst: Write, B items: TakeWindow, C count: Count)
                Next raises "dst = a set of the items.";
            MakeDict make_dict(A dst: Write, B pairs: TakePairs, C count: Count)
                Next raises "dst = a dict of count pairs: key, value, key, value, ….";
            MakeString make_string(A dst: Write, B pieces: TakeWindow, C count: Count)
                Next raises "dst = the pieces, which are strings, joined.";
            ListAppend list_append(A list: Read, B item: Copies)
                Next raises "Appends item to list.";
            ListExtend list_extend(A list: Read, B iterable: Read)
                Next raises "Appends the items of iterable to list.";
            ListToTuple list_to_tuple(A dst: Write, B list: Read)
                Next raises "dst = a tuple of the list's items.";
            SetAdd set_add(A set: Read, B item: Copies) Next raises "Adds item to set.";
            SetUpdate set_update(A set: Read, B iterable: Read)
                Next raises "Adds the items of iterable to set.";
            DictUpdate dict_update(A dict: Read, B mapping: Read)
                Next raises "Stores the pairs of mapping in dict.";
            DictMerge dict_merge(A dict: Read, B mapping: Read)
                Next raises
                "Stores the pairs of mapping, keyword arguments, in dict; TypeError if a key is \
                there already or not a string.";
            Unpack unpack(A dst: WriteWindow, B iterable: Read, C count: Count)
                Next raises
                "Writes the count items of iterable to the registers from dst on; ValueError if it \
                has more or fewer.";
            UnpackStar unpack_star(A dst: WriteStarWindow, B iterable: Read, C before: Count,
                X after: CountAfter)
                Next raises
                "Writes the first items, a list of those in the middle, and the last items to the \
                registers from dst on.";
        }
        "Text" {
            Format format(A dst: Write, B value: Read, C specification: Read)
                Next raises "dst = format(value, specification).";
            FormatSimple format_simple(A dst: Write, B value: Read, SignedC conversion: Conversion)
                Next raises
                "dst = value as text: conversion 0 str(), 1 repr(), 2 ascii(), 3 format() without \
                specification.";
        }
        "Calls" {
            Call call(A callee: CallWindow, B count: Count)
                Next raises "callee = callee(count arguments from the next register on).";
            CallKw call_kw(A callee: CallWindow, B count: Count, X names: KeywordNames)
                Next raises
                "As call; names, a tuple of strings, are the keywords of the last of the count \
                arguments.";
            CallEx call_ex(A callee: CallExWindow)
                Next raises "callee = callee(*next register, **the one after, a dict or None).";
            CallMethod call_method(A dst: MethodWindow, B count: Count, X name: Name)
                Next raises
                "dst = receiver.name(arguments): the receiver is in the next register, then count \
                arguments.";
            Return r#return(A value: Take) Exit "Returns value.";
            ReturnNone return_none() Exit "Returns None.";
        }
        "Functions, classes, modules" {
            MakeFunction make_function(A dst: Write, Bc function: Function)
                Next raises "dst = a new function.";
            MakeClosure make_closure(A dst: Write, B cells: TakeWindow, C count: Count,
                X function: ClosureFunction)
                Next raises "dst = a new function whose free variables are the cells.";
            SetDefaults set_defaults(A function: Read, B values: Copies)
                Next raises
                "The defaults of function's last positional parameters = the tuple values.";
            SetKeywordDefaults set_keyword_defaults(A function: Read, B values: Copies)
                Next raises "The defaults of function's keyword-only parameters = the dict values.";
            MakeClass make_class(A dst: Write, B bases: Read, X class: Class)
                Next raises "dst = a new class after the template, with the tuple of bases.";
            Import import(A dst: Write, X name: Name) Next raises "dst = the module of that name.";
        }
        "Generators" {
            Yield r#yield(A dst: Write, B value: Take)
                Next raises "Hands value to the caller; on resumption dst = the value sent.";
            YieldFrom yield_from(A dst: Write, B iterator: Take)
                Next raises
                "Hands on what iterator yields until it is exhausted; dst = its result.";
        }
        "Exceptions" {
            Raise raise(A exception: Copies) Exit raises "raise exception.";
            RaiseFrom raise_from(A exception: Copies, B cause: Copies)
                Exit raises "raise exception from cause.";
            Reraise reraise(A exception: Copies)
                Exit raises "Raises exception again, its traceback and context as they are.";
            PushHandled push_handled(A previous: Write, B exception: Copies)
                Next "exception becomes the handled one; previous = the one before it, or None.";
            PopHandled pop_handled(A previous: Take)
                Next "The handled exception is again previous.";
            MatchException match_exception(A dst: Write, B exception: Read, C classes: Read)
                Next raises
                "dst = exception is an instance of classes, one exception class or a tuple of \
                them, else TypeError.";
            LoadHandled load_handled(A dst: Write) Next "dst = the handled exception or None.";
        }
    }
    fused {
        // Those that begin alike stand side by side, the longest first.
        CopyCopyCall = Copy Copy Call;
        CopyCopyCallMethod = Copy Copy CallMethod;
        CopyLoadIntCall = Copy LoadInt Call;
        CopyCopy = Copy Copy;
        CopyLoadInt = Copy LoadInt;
        CopyCall = Copy Call;
        CopyCallMethod = Copy CallMethod;
        MoveCall = Move Call;
        MoveCallMethod = Move CallMethod;
        LoadNoneStoreAttr = LoadNone StoreAttr;
        LoadIntCall = LoadInt Call;
        LoadConstCall = LoadConst Call;
        LoadGlobalCopyCall = LoadGlobal Copy Call;
        LoadGlobalSubImmCall = LoadGlobal SubImm Call;
        LoadGlobalCopy = LoadGlobal Copy;
        LoadGlobalLoadConst = LoadGlobal LoadConst;
        LoadFreeIaddStoreFree = LoadFree Iadd StoreFree;
        LoadFreeIadd = LoadFree Iadd;
        LoadFreeReturn = LoadFree Return;
        StoreFreeLoadFree = StoreFree LoadFree;
        AddAddImm = Add AddImm;
        AddSub = Add Sub;
        AddJumpIfLe = Add JumpIfLe;
        AddJumpIfGt = Add JumpIfGt;
        AddReturn = Add Return;
        SubAdd = Sub Add;
        MulMul = Mul Mul;
        MulAdd = Mul Add;
        MulSub = Mul Sub;
        MulMod = Mul Mod;
        MulIadd = Mul Iadd;
        MulIsub = Mul Isub;
        ModLoadItem = Mod LoadItem;
        ModStoreItem = Mod StoreItem;
        InJumpIfNot = In JumpIfNot;
        TruedivReturn = Truediv Return;
        IaddAddImm = Iadd AddImm;
        IaddLoopIter = Iadd LoopIter;
        IaddStoreAttr = Iadd StoreAttr;
        IaddStoreFree = Iadd StoreFree;
        IsubStoreAttr = Isub StoreAttr;
        AddImmJump = AddImm Jump;
        AddImmJumpIfLt = AddImm JumpIfLt;
        AddImmJumpIfLe = AddImm JumpIfLe;
        AddImmCall = AddImm Call;
        SubImmCall = SubImm Call;
        JumpIfLtImmLoadGlobal = JumpIfLtImm LoadGlobal;
        LoadAttrIaddStoreAttr = LoadAttr Iadd StoreAttr;
        LoadAttrLoadAttr = LoadAttr LoadAttr;
        LoadAttrSub = LoadAttr Sub;
        LoadAttrMul = LoadAttr Mul;
        LoadAttrIadd = LoadAttr Iadd;
        LoadAttrJumpIfNone = LoadAttr JumpIfNone;
        LoadAttrJumpIfEqImm = LoadAttr JumpIfEqImm;
        LoadAttrReturn = LoadAttr Return;
        StoreAttrLoadAttr = StoreAttr LoadAttr;
        StoreAttrStoreAttr = StoreAttr StoreAttr;
        StoreAttrReturnNone = StoreAttr ReturnNone;
        LoadItemIaddLoopIter = LoadItem Iadd LoopIter;
        LoadItemMul = LoadItem Mul;
        LoadItemIadd = LoadItem Iadd;
        LoadItemJumpIfNot = LoadItem JumpIfNot;
        LoadItemStoreItem = LoadItem StoreItem;
        StoreItemAdd = StoreItem Add;
        StoreItemAddImm = StoreItem AddImm;
        StoreItemLoopIter = StoreItem LoopIter;
    }
}
