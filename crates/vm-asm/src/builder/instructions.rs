//! A method for each instruction.
//!
//! The list repeats the names and operands of the instruction table with the types of the builder.
//! A test compares it with the table line by line.

use vm_bytecode::{ClassIndex, ConstantIndex, FunctionIndex, NameIndex, Opcode};

use super::{BuildError, FunctionBuilder, Label, Register};

macro_rules! methods {
    ($($variant:ident $mnemonic:ident($($operand:ident: $type:ty),*);)*) => {
        /// One method for each instruction. They fail as [`emit`](Self::emit) does.
        impl FunctionBuilder {
            $(
                #[doc = concat!("Adds [`", stringify!($variant), "`](Opcode::", stringify!($variant), ").")]
                ///
                /// # Errors
                ///
                /// As for [`emit`](Self::emit).
                pub fn $mnemonic(&mut self, $($operand: $type),*) -> Result<(), BuildError> {
                    self.emit(Opcode::$variant, &[$($operand.into()),*])
                }
            )*
        }

        /// The methods as they are listed: opcode, name, operands and their types.
        #[cfg(test)]
        const METHODS: &[(Opcode, &str, &[(&str, &str)])] = &[$(
            (
                Opcode::$variant,
                stringify!($mnemonic),
                &[$((stringify!($operand), stringify!($type))),*],
            ),
        )*];
    };
}

methods! {
    // Moves and constants
    Nop nop();
    Copy copy(dst: Register, source: Register);
    Move r#move(dst: Register, source: Register);
    LoadNone load_none(dst: Register);
    LoadTrue load_true(dst: Register);
    LoadFalse load_false(dst: Register);
    LoadInt load_int(dst: Register, value: i16);
    LoadConst load_const(dst: Register, constant: ConstantIndex);
    LoadConstWide load_const_wide(dst: Register, constant: ConstantIndex);
    Unset unset(register: Register);
    Check check(register: Register, name: NameIndex);
    // Global names
    LoadGlobal load_global(dst: Register, name: NameIndex);
    StoreGlobal store_global(value: Register, name: NameIndex);
    DeleteGlobal delete_global(name: NameIndex);
    // Cells and free variables
    MakeCell make_cell(register: Register);
    LoadCell load_cell(dst: Register, cell: Register);
    StoreCell store_cell(cell: Register, value: Register);
    DeleteCell delete_cell(cell: Register);
    LoadFree load_free(dst: Register, free: u16);
    StoreFree store_free(value: Register, free: u16);
    DeleteFree delete_free(free: u16);
    LoadClosure load_closure(dst: Register, free: u16);
    // Arithmetic
    Add add(dst: Register, left: Register, right: Register);
    Sub sub(dst: Register, left: Register, right: Register);
    Mul mul(dst: Register, left: Register, right: Register);
    Truediv truediv(dst: Register, left: Register, right: Register);
    Floordiv floordiv(dst: Register, left: Register, right: Register);
    Mod r#mod(dst: Register, left: Register, right: Register);
    Pow pow(dst: Register, left: Register, right: Register);
    Matmul matmul(dst: Register, left: Register, right: Register);
    Lshift lshift(dst: Register, left: Register, right: Register);
    Rshift rshift(dst: Register, left: Register, right: Register);
    And and(dst: Register, left: Register, right: Register);
    Or or(dst: Register, left: Register, right: Register);
    Xor xor(dst: Register, left: Register, right: Register);
    // In-place arithmetic
    Iadd iadd(dst: Register, left: Register, right: Register);
    Isub isub(dst: Register, left: Register, right: Register);
    Imul imul(dst: Register, left: Register, right: Register);
    Itruediv itruediv(dst: Register, left: Register, right: Register);
    Ifloordiv ifloordiv(dst: Register, left: Register, right: Register);
    Imod imod(dst: Register, left: Register, right: Register);
    Ipow ipow(dst: Register, left: Register, right: Register);
    Imatmul imatmul(dst: Register, left: Register, right: Register);
    Ilshift ilshift(dst: Register, left: Register, right: Register);
    Irshift irshift(dst: Register, left: Register, right: Register);
    Iand iand(dst: Register, left: Register, right: Register);
    Ior ior(dst: Register, left: Register, right: Register);
    Ixor ixor(dst: Register, left: Register, right: Register);
    // Arithmetic with a number in the instruction
    AddImm add_imm(dst: Register, left: Register, right: i8);
    SubImm sub_imm(dst: Register, left: Register, right: i8);
    MulImm mul_imm(dst: Register, left: Register, right: i8);
    FloordivImm floordiv_imm(dst: Register, left: Register, right: i8);
    ModImm mod_imm(dst: Register, left: Register, right: i8);
    AndImm and_imm(dst: Register, left: Register, right: i8);
    LshiftImm lshift_imm(dst: Register, left: Register, right: i8);
    RshiftImm rshift_imm(dst: Register, left: Register, right: i8);
    // Arithmetic with one operand
    Neg neg(dst: Register, operand: Register);
    Pos pos(dst: Register, operand: Register);
    Invert invert(dst: Register, operand: Register);
    Not not(dst: Register, operand: Register);
    // Comparison
    Lt lt(dst: Register, left: Register, right: Register);
    Le le(dst: Register, left: Register, right: Register);
    Eq eq(dst: Register, left: Register, right: Register);
    Ne ne(dst: Register, left: Register, right: Register);
    Gt gt(dst: Register, left: Register, right: Register);
    Ge ge(dst: Register, left: Register, right: Register);
    Is is(dst: Register, left: Register, right: Register);
    IsNot is_not(dst: Register, left: Register, right: Register);
    In r#in(dst: Register, item: Register, container: Register);
    NotIn not_in(dst: Register, item: Register, container: Register);
    // Jumps
    Jump jump(target: Label);
    JumpIf jump_if(condition: Register, target: Label);
    JumpIfNot jump_if_not(condition: Register, target: Label);
    JumpIfNone jump_if_none(value: Register, target: Label);
    JumpIfNotNone jump_if_not_none(value: Register, target: Label);
    JumpIfLt jump_if_lt(left: Register, right: Register, target: Label);
    JumpIfLe jump_if_le(left: Register, right: Register, target: Label);
    JumpIfEq jump_if_eq(left: Register, right: Register, target: Label);
    JumpIfNe jump_if_ne(left: Register, right: Register, target: Label);
    JumpIfGt jump_if_gt(left: Register, right: Register, target: Label);
    JumpIfGe jump_if_ge(left: Register, right: Register, target: Label);
    JumpIfIs jump_if_is(left: Register, right: Register, target: Label);
    JumpIfNotLt jump_if_not_lt(left: Register, right: Register, target: Label);
    JumpIfNotLe jump_if_not_le(left: Register, right: Register, target: Label);
    JumpIfNotEq jump_if_not_eq(left: Register, right: Register, target: Label);
    JumpIfNotNe jump_if_not_ne(left: Register, right: Register, target: Label);
    JumpIfNotGt jump_if_not_gt(left: Register, right: Register, target: Label);
    JumpIfNotGe jump_if_not_ge(left: Register, right: Register, target: Label);
    JumpIfNotIs jump_if_not_is(left: Register, right: Register, target: Label);
    JumpIfLtImm jump_if_lt_imm(left: Register, right: i8, target: Label);
    JumpIfLeImm jump_if_le_imm(left: Register, right: i8, target: Label);
    JumpIfEqImm jump_if_eq_imm(left: Register, right: i8, target: Label);
    JumpIfNeImm jump_if_ne_imm(left: Register, right: i8, target: Label);
    JumpIfGtImm jump_if_gt_imm(left: Register, right: i8, target: Label);
    JumpIfGeImm jump_if_ge_imm(left: Register, right: i8, target: Label);
    JumpIfNotLtImm jump_if_not_lt_imm(left: Register, right: i8, target: Label);
    JumpIfNotLeImm jump_if_not_le_imm(left: Register, right: i8, target: Label);
    JumpIfNotEqImm jump_if_not_eq_imm(left: Register, right: i8, target: Label);
    JumpIfNotNeImm jump_if_not_ne_imm(left: Register, right: i8, target: Label);
    JumpIfNotGtImm jump_if_not_gt_imm(left: Register, right: i8, target: Label);
    JumpIfNotGeImm jump_if_not_ge_imm(left: Register, right: i8, target: Label);
    // Iteration
    GetIter get_iter(dst: Register, iterable: Register);
    ForIter for_iter(dst: Register, iterator: Register, exhausted: Label);
    LoopIter loop_iter(dst: Register, iterator: Register, body: Label);
    // Attributes
    LoadAttr load_attr(dst: Register, object: Register, name: NameIndex);
    StoreAttr store_attr(object: Register, value: Register, name: NameIndex);
    DeleteAttr delete_attr(object: Register, name: NameIndex);
    LoadSuperAttr load_super_attr(dst: Register, class: Register, receiver: Register, name: NameIndex);
    // Items
    LoadItem load_item(dst: Register, object: Register, key: Register);
    LoadItemImm load_item_imm(dst: Register, object: Register, key: i8);
    StoreItem store_item(object: Register, key: Register, value: Register);
    DeleteItem delete_item(object: Register, key: Register);
    MakeSlice make_slice(dst: Register, bounds: Register);
    // Building
    MakeTuple make_tuple(dst: Register, items: Register, count: u8);
    MakeList make_list(dst: Register, items: Register, count: u8);
    MakeSet make_set(dst: Register, items: Register, count: u8);
    MakeDict make_dict(dst: Register, pairs: Register, count: u8);
    MakeString make_string(dst: Register, pieces: Register, count: u8);
    ListAppend list_append(list: Register, item: Register);
    ListExtend list_extend(list: Register, iterable: Register);
    ListToTuple list_to_tuple(dst: Register, list: Register);
    SetAdd set_add(set: Register, item: Register);
    SetUpdate set_update(set: Register, iterable: Register);
    DictUpdate dict_update(dict: Register, mapping: Register);
    DictMerge dict_merge(dict: Register, mapping: Register);
    Unpack unpack(dst: Register, iterable: Register, count: u8);
    UnpackStar unpack_star(dst: Register, iterable: Register, before: u8, after: u32);
    // Text
    Format format(dst: Register, value: Register, specification: Register);
    FormatSimple format_simple(dst: Register, value: Register, conversion: i8);
    // Calls
    Call call(callee: Register, count: u8);
    CallKw call_kw(callee: Register, count: u8, names: ConstantIndex);
    CallEx call_ex(callee: Register);
    CallMethod call_method(dst: Register, count: u8, name: NameIndex);
    Return r#return(value: Register);
    ReturnNone return_none();
    // Functions, classes, modules
    MakeFunction make_function(dst: Register, function: FunctionIndex);
    MakeClosure make_closure(dst: Register, cells: Register, count: u8, function: FunctionIndex);
    SetDefaults set_defaults(function: Register, values: Register);
    SetKeywordDefaults set_keyword_defaults(function: Register, values: Register);
    MakeClass make_class(dst: Register, bases: Register, class: ClassIndex);
    Import import(dst: Register, name: NameIndex);
    // Generators
    Yield r#yield(dst: Register, value: Register);
    YieldFrom yield_from(dst: Register, iterator: Register);
    // Exceptions
    Raise raise(exception: Register);
    RaiseFrom raise_from(exception: Register, cause: Register);
    Reraise reraise(exception: Register);
    PushHandled push_handled(previous: Register, exception: Register);
    PopHandled pop_handled(previous: Register);
    MatchException match_exception(dst: Register, exception: Register, classes: Register);
    LoadHandled load_handled(dst: Register);
}

#[cfg(test)]
mod tests {
    use vm_bytecode::{Field, OperandKind, OperandSpec};

    use super::*;

    fn expected_type(spec: &OperandSpec) -> &'static str {
        use OperandKind::*;
        match (spec.kind, spec.field) {
            (kind, _) if kind.is_register() => "Register",
            (Constant | KeywordNames, _) => "ConstantIndex",
            (Name, _) => "NameIndex",
            (Function | ClosureFunction, _) => "FunctionIndex",
            (Class, _) => "ClassIndex",
            (Free, _) => "u16",
            (Label, _) => "Label",
            (_, Field::B | Field::C) => "u8",
            (_, Field::SignedB | Field::SignedC) => "i8",
            (_, Field::SignedBc) => "i16",
            (_, Field::X) => "u32",
            _ => "no type",
        }
    }

    #[test]
    fn the_list_follows_the_table() {
        let listed: Vec<String> = METHODS
            .iter()
            .map(|(opcode, name, operands)| format!("{opcode:?} {name} {operands:?}"))
            .collect();
        let in_table: Vec<String> = Opcode::public()
            .map(|opcode| {
                let name = opcode.mnemonic();
                let raw = ["move", "mod", "in", "return", "yield"].contains(&name);
                let prefix = if raw { "r#" } else { "" };
                let specs = opcode.info().operands.iter();
                let operands: Vec<_> = specs.map(|spec| (spec.name, expected_type(spec))).collect();
                format!("{opcode:?} {prefix}{name} {operands:?}")
            })
            .collect();
        assert_eq!(listed, in_table);
    }
}
