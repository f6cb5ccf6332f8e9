//! A function's code with jumps and regions by line instead of by word, so that lines can be put
//! in, taken out and moved.

use vm_bytecode::{Function, Instruction, Region, instructions};

/// One instruction, and the line it jumps to.
#[derive(Clone, Copy)]
pub struct Line {
    pub instruction: Instruction,
    pub target: Option<usize>,
}

/// The lines of a function. A region is `start`, `end`, `handler` and the register.
pub struct Listing {
    pub lines: Vec<Line>,
    pub regions: Vec<([usize; 3], u8)>,
}

impl Listing {
    /// The listing of a verified function.
    pub fn of(function: &Function) -> Listing {
        let mut line_at = vec![0; function.code.len() + 1];
        let mut decoded = Vec::new();
        for (word, instruction) in instructions(&function.code) {
            let instruction = instruction.expect("verified code decodes");
            line_at[word] = decoded.len();
            decoded.push((word, instruction));
        }
        line_at[function.code.len()] = decoded.len();
        let line = |word: u32| line_at[word as usize];
        let lines = decoded.iter().map(|&(word, instruction)| Line {
            instruction,
            target: instruction
                .target(word)
                .map(|target| line_at[target as usize]),
        });
        let regions = function.regions.iter().map(|region| {
            let places = [region.start, region.end, region.handler].map(line);
            (places, region.register)
        });
        Listing {
            lines: lines.collect(),
            regions: regions.collect(),
        }
    }

    /// Puts lines in before `place`; what lies behind moves on.
    pub fn insert(&mut self, place: usize, new: &[Line]) {
        let moved = |line: usize| if line > place { line + new.len() } else { line };
        self.move_places(moved);
        self.lines.splice(place..place, new.iter().copied());
    }

    /// Takes lines out.
    pub fn remove(&mut self, start: usize, end: usize) {
        self.move_places(|line| {
            if line >= end {
                line - (end - start)
            } else {
                line.min(start)
            }
        });
        self.lines.drain(start..end);
    }

    fn move_places(&mut self, moved: impl Fn(usize) -> usize) {
        for line in &mut self.lines {
            line.target = line.target.map(&moved);
        }
        for (places, _) in &mut self.regions {
            *places = places.map(&moved);
        }
    }

    /// Makes the lines the function's code. Jumps that do not fit keep their distance.
    pub fn store(&self, function: &mut Function) {
        let mut words = Vec::with_capacity(self.lines.len() + 1);
        let mut word = 0;
        for line in &self.lines {
            words.push(word);
            word += line.instruction.words();
        }
        words.push(word);
        let word_of = |line: usize| words[line.min(self.lines.len())];
        function.code.clear();
        for (index, line) in self.lines.iter().enumerate() {
            let mut instruction = line.instruction;
            if let Some(target) = line.target {
                let _ = instruction.set_target(words[index], word_of(target));
            }
            instruction.emit(&mut function.code);
        }
        function.regions.clear();
        for &(places, register) in &self.regions {
            let [start, end, handler] = places.map(|line| word_of(line) as u32);
            function.regions.push(Region {
                start,
                end,
                handler,
                register,
            });
        }
    }
}
