//! Which registers an instruction reaches.

use vm_bytecode::Instruction;

/// One more than the highest register that the instruction uses; 0 if it uses none. An empty window
/// still uses its first register, because a window begins inside of the frame.
pub(crate) fn register_extent(instruction: Instruction) -> u32 {
    let mut extent = 0;
    instruction.for_each_register_use(|_, _, range| {
        extent = extent.max(range.end).max(range.start + 1);
    });
    extent
}

#[cfg(test)]
mod tests {
    use vm_bytecode::encode;

    use super::register_extent;

    #[test]
    fn windows_reach_behind_their_first_register() {
        assert_eq!(register_extent(encode::nop()), 0);
        assert_eq!(register_extent(encode::add(3, 7, 1)), 8);
        assert_eq!(register_extent(encode::call(4, 2)), 7);
        assert_eq!(register_extent(encode::call_ex(4)), 7);
        assert_eq!(register_extent(encode::call_method(4, 2, 0)), 8);
        assert_eq!(register_extent(encode::make_slice(0, 4)), 7);
        assert_eq!(register_extent(encode::make_dict(0, 4, 2)), 8);
        assert_eq!(register_extent(encode::make_list(0, 9, 0)), 10);
        assert_eq!(register_extent(encode::unpack(4, 0, 3)), 7);
        assert_eq!(register_extent(encode::unpack_star(4, 0, 2, 3)), 10);
        assert_eq!(
            register_extent(encode::unpack_star(0, 0, 0, u32::MAX)),
            u32::MAX
        );
    }
}
