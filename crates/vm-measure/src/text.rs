//! A text of the machine's language as long as is wanted: what the assembler and the loader are
//! measured with.

use std::fmt::Write;

/// A function, without its head: it has most kinds of operands.
const FUNCTION: &str = "\
    .local total, i, node, text
    load total, 0
    load i, 100
    load text, \"some text of a program\"
    ; the loop
again:
    add total, total, i
    mul_imm node, i, 3
    sub total, total, node
    load_attr node, object, name
    store_attr object, total, size
    jump_if_none node, done
    load_global r5, print
    copy r6, total
    copy r7, text
    call r5, 2
    sub_imm i, i, 1
    jump_if_gt_imm i, 0, again
done:
    return total
.end

";

/// A text with a `main` that returns at once, and `functions` more.
#[must_use]
pub fn with_functions(functions: usize) -> String {
    let mut text = ".func main()\n    return_none\n.end\n\n".to_owned();
    for index in 0..functions {
        // Writing to a string cannot fail.
        let _ = writeln!(text, ".func function{index}(object)\n{FUNCTION}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_names_of_their_own() {
        let text = with_functions(3);
        assert_eq!(text.matches(".func ").count(), 4);
        assert_eq!(text.matches("\n.end\n").count(), 4);
        assert!(text.contains(".func function2(object)\n"), "{text}");
    }
}
