//! Text while it is put together: a growing string whose memory is the heap's concern too.

use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Up to this many bytes are not charged: they are about to be a string of that size anyway.
const FREE_BYTES: usize = 4096;

/// See the module documentation. Made and finished by [`Vm::build_text`].
pub(crate) struct TextBuilder {
    text: String,
    charged_bytes: usize,
}

impl TextBuilder {
    /// Appends text.
    #[inline]
    pub(crate) fn push(&mut self, vm: &mut Vm, text: &str) -> Result<(), Raised> {
        let needed = self.text.len() + text.len();
        if needed > self.charged_bytes.max(FREE_BYTES) {
            self.charge(vm, needed)?;
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Charges for half as much again as is needed, or for just that much.
    #[cold]
    fn charge(&mut self, vm: &mut Vm, needed: usize) -> Result<(), Raised> {
        let mut wanted = needed + needed / 2;
        if vm.heap.charge(wanted - self.charged_bytes).is_err() {
            wanted = needed;
            if let Err(error) = vm.heap.charge(wanted - self.charged_bytes) {
                return Err(vm.raise_memory_error(error));
            }
        }
        self.charged_bytes = wanted;
        self.text.reserve_exact(wanted - self.text.len());
        Ok(())
    }
}

impl Vm {
    /// A string that `build` puts together. Owned.
    pub(crate) fn build_text(
        &mut self,
        build: impl FnOnce(&mut Vm, &mut TextBuilder) -> Result<(), Raised>,
    ) -> Result<Value, Raised> {
        let mut builder = TextBuilder {
            text: String::new(),
            charged_bytes: 0,
        };
        let built = build(self, &mut builder);
        let made = match built {
            Ok(()) => self.new_str(&builder.text),
            Err(raised) => Err(raised),
        };
        self.heap.discharge(builder.charged_bytes);
        made
    }
}
