//! Freeing without recursion.
//!
//! An object whose count reached zero gives up what it owns, which can bring further counts to
//! zero, and so on: a list of ten million cells dies because its head does. Doing that by
//! recursion overflows the stack, so the objects that wait are kept on an explicit one:
//!
//! 1. Push the object that reached zero.
//! 2. Pop an object. Let the model release its contents and free it; each child whose count
//!    reaches zero is pushed.
//! 3. Reverse the segment that was just pushed, so that the child released first is on top.
//! 4. Repeat from 2 until the stack is back at the height it had at the beginning.
//!
//! ```text
//!   a -> b, c     b -> d        pop a  push b c   reverse  c b
//!                               pop b  push d              c d
//!   freed: a b d c              pop d  pop c
//! ```
//!
//! Step 3 gives the order of the recursive algorithm (depth first, children in the order in which
//! they are released), which is what programs with finalizers observe. A chain keeps one entry on
//! the stack, an object of n dying children n; the stack is never larger than eight bytes for each
//! object that waits, and it waits in a slot of at least sixteen.

use crate::header::ObjectRef;

/// What the object model does to an object that nobody references any more.
pub trait Contents {
    /// Ends the life of `object`, whose count is zero: passes every reference it owns to
    /// [`ZeroStack::release`], gives back its buffers, and frees it with
    /// [`Heap::free`](crate::Heap::free), or keeps it for later use.
    fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack);
}

/// Objects whose count reached zero and whose contents are still to be released.
#[derive(Debug, Default)]
pub struct ZeroStack {
    waiting: Vec<ObjectRef>,
}

impl ZeroStack {
    /// An empty stack; it takes no memory until something is pushed.
    pub const fn new() -> ZeroStack {
        ZeroStack {
            waiting: Vec::new(),
        }
    }

    /// Gives back one counted reference to `object`; if it was the last, `object` waits here.
    #[inline]
    pub fn release(&mut self, object: ObjectRef) {
        if object.decrement() {
            self.waiting.push(object);
        }
    }

    /// Adds an object whose count has already reached zero.
    #[inline]
    pub fn push(&mut self, object: ObjectRef) {
        self.waiting.push(object);
    }

    /// Number of objects that wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no object waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// Ends the life of `object`, whose count is zero, and of everything that only it held.
///
/// `zeros` lends its memory, so that a model which keeps one stack allocates nothing here. It may
/// already hold objects of an outer call: they stay.
#[inline]
pub fn reclaim<C: Contents + ?Sized>(contents: &mut C, zeros: &mut ZeroStack, object: ObjectRef) {
    let floor = zeros.waiting.len();
    contents.release_contents(object, zeros);
    if zeros.waiting.len() > floor {
        drain(contents, zeros, floor);
    }
}

/// Ends the life of every object that waits in `zeros`, first one first, and of everything that
/// only they held: what follows a release of many references at once, such as clearing a list.
pub fn reclaim_waiting<C: Contents + ?Sized>(contents: &mut C, zeros: &mut ZeroStack) {
    drain(contents, zeros, 0);
}

/// Steps 2 to 4, for the objects above `floor`.
fn drain<C: Contents + ?Sized>(contents: &mut C, zeros: &mut ZeroStack, floor: usize) {
    zeros.waiting[floor..].reverse();
    while zeros.waiting.len() > floor {
        let Some(object) = zeros.waiting.pop() else {
            break;
        };
        let segment = zeros.waiting.len();
        contents.release_contents(object, zeros);
        // A model that took entries away again may have gone below the segment's start.
        if let Some(pushed) = zeros.waiting.get_mut(segment..) {
            pushed.reverse();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Header;
    use crate::heap::Heap;
    use crate::size_class::Family;

    /// An object with up to two children.
    #[repr(C)]
    struct Pair {
        header: Header,
        children: [Option<ObjectRef>; 2],
    }

    /// Pairs; `freed` has the `aux` numbers of those that are gone, if asked for.
    struct Pairs {
        heap: Heap,
        freed: Option<Vec<u16>>,
        longest: usize,
    }

    impl Pairs {
        fn new(freed: Option<Vec<u16>>) -> Pairs {
            Pairs {
                heap: Heap::new(),
                freed,
                longest: 0,
            }
        }

        fn pair(&mut self, number: u16, children: [Option<ObjectRef>; 2]) -> ObjectRef {
            // SAFETY: the contents are initialised at once; counted, so not used after the end.
            unsafe {
                let object = self.heap.allocate(Family::Container, size_of::<Pair>(), 1);
                let object = object.expect("memory");
                (&raw mut (*object.cast::<Pair>().as_ptr()).children).write(children);
                object.set_aux(number);
                object
            }
        }
    }

    impl Contents for Pairs {
        fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack) {
            // SAFETY: all objects are pairs.
            let children = unsafe { object.cast::<Pair>().as_ref() }.children;
            for child in children.into_iter().flatten() {
                zeros.release(child);
            }
            self.longest = self.longest.max(zeros.len());
            if let Some(freed) = &mut self.freed {
                freed.push(object.aux());
            }
            // SAFETY: the last reference is gone.
            unsafe { self.heap.free(object) };
        }
    }

    #[test]
    fn a_chain_of_a_million_keeps_one_entry_waiting() {
        let mut pairs = Pairs::new(None);
        let mut head = None;
        for _ in 0..1_000_000 {
            head = Some(pairs.pair(0, [head, None]));
        }
        let head = head.expect("not empty");
        assert!(head.decrement());
        reclaim(&mut pairs, &mut ZeroStack::new(), head);
        assert_eq!((pairs.heap.heap_bytes(), pairs.longest), (0, 1));
    }

    #[test]
    fn what_waits_is_freed_in_the_order_of_its_release() {
        let mut pairs = Pairs::new(Some(Vec::new()));
        let [three, four] = [3, 4].map(|number| pairs.pair(number, [None, None]));
        let one = pairs.pair(1, [Some(three), Some(four)]);
        let two = pairs.pair(2, [None, None]);
        let mut zeros = ZeroStack::new();
        zeros.release(one);
        zeros.release(two);
        assert_eq!(zeros.len(), 2);
        reclaim_waiting(&mut pairs, &mut zeros);
        assert!(zeros.is_empty());
        assert_eq!(pairs.freed, Some(vec![1, 3, 4, 2]));
    }

    #[test]
    fn an_inner_call_leaves_what_waits_outside() {
        let mut pairs = Pairs::new(Some(Vec::new()));
        let [outer, inner] = [1, 2].map(|number| pairs.pair(number, [None, None]));
        let mut zeros = ZeroStack::new();
        zeros.release(outer);
        assert!(inner.decrement());
        reclaim(&mut pairs, &mut zeros, inner);
        assert_eq!((pairs.freed.take(), zeros.len()), (Some(vec![2]), 1));
    }
}
