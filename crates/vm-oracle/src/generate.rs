//! A program from a seed.
//!
//! A program is of one of two sorts, since CPython's count 0 depends on its free lists:
//!
//! - *exact*: containers that no free list takes; low thresholds; automatic collections happen, and
//!   must happen at the same moment; count 0 is compared.
//! - *natural*: ordinary containers of every type; collections on request only; all of the `gc`
//!   module but count 0 is compared.

use crate::program::{Argument, Program, Statement, VARIABLES};
use crate::random::Random;

/// The program of a seed.
pub fn generate(seed: u64) -> Program {
    let mut random = Random::new(seed);
    let exact = random.chance(50);
    let watched = exact || random.chance(60);
    let length = random.between(6, 60) as usize;
    let mut generator = Generator {
        random,
        exact,
        statements: Vec::new(),
    };
    let thresholds = generator.thresholds();
    if exact {
        generator.statements.push(call(
            "switch",
            vec![Argument::Boolean(generator.random.chance(85))],
        ));
    }
    while generator.statements.len() < length {
        generator.statement();
    }
    Program {
        seed,
        exact,
        watched,
        thresholds,
        slots: generator.statements.len() + 1,
        statements: generator.statements,
    }
}

/// What a statement does.
#[derive(Clone, Copy)]
enum Sort {
    New,
    Reference,
    Link,
    Unlink,
    Load,
    Copy,
    Drop,
    Hold,
    Churn,
    Collect,
    Module,
}

struct Generator {
    random: Random,
    exact: bool,
    statements: Vec<Statement>,
}

fn call(function: &'static str, arguments: Vec<Argument>) -> Statement {
    Statement::Call {
        function,
        arguments,
        into: None,
    }
}

impl Generator {
    fn variable(&mut self) -> u8 {
        self.random.below(u64::from(VARIABLES)) as u8
    }

    fn value(&mut self) -> Argument {
        Argument::Variable(self.variable())
    }

    fn number(&mut self, from: i64, to: i64) -> Argument {
        Argument::Integer(self.random.between(from, to))
    }

    /// The label of an object that the next statement makes.
    fn label(&self) -> Argument {
        Argument::Text(format!("#{}", self.statements.len()))
    }

    /// The place for what the finalizer or callback of such an object keeps.
    fn slot(&self) -> Argument {
        Argument::Integer(self.statements.len() as i64)
    }

    fn push(&mut self, function: &'static str, arguments: Vec<Argument>) {
        self.statements.push(call(function, arguments));
    }

    fn push_into(&mut self, function: &'static str, arguments: Vec<Argument>) {
        let into = Some(self.variable());
        self.statements.push(Statement::Call {
            function,
            arguments,
            into,
        });
    }

    fn statement(&mut self) {
        let churn = if self.exact { 5 } else { 1 };
        let sort = self.random.choose(&[
            (24, Sort::New),
            (8, Sort::Reference),
            (22, Sort::Link),
            (5, Sort::Unlink),
            (6, Sort::Load),
            (3, Sort::Copy),
            (9, Sort::Drop),
            (6, Sort::Hold),
            (churn, Sort::Churn),
            (7, Sort::Collect),
            (16, Sort::Module),
        ]);
        match sort {
            Sort::New => self.new_object(),
            Sort::Reference => self.reference(),
            Sort::Link => {
                let arguments = vec![self.value(), self.number(0, 3), self.value()];
                self.push("link", arguments);
            }
            Sort::Unlink => {
                let arguments = vec![self.value(), self.number(0, 3)];
                self.push("unlink", arguments);
            }
            Sort::Load => {
                let arguments = vec![self.value(), self.number(0, 3)];
                self.push_into("load", arguments);
            }
            Sort::Copy => {
                let (into, from) = (self.variable(), self.variable());
                self.statements.push(Statement::Copy { into, from });
            }
            Sort::Drop => {
                let variable = self.variable();
                self.statements.push(Statement::Drop(variable));
            }
            Sort::Hold => self.hold(),
            Sort::Churn => self.churn(),
            Sort::Collect => self.collect(),
            Sort::Module => self.module(),
        }
    }

    fn new_object(&mut self) {
        let label = self.label();
        // What CPython makes for closures and closing generators comes from free lists.
        let natural = u64::from(!self.exact);
        let function = self.random.choose(&[
            (5, "new_list"),
            (4, "new_dict"),
            (4, "new_tuple"),
            (3, "new_set"),
            (5, "new_node"),
            (8, "new_finalized"),
            (4 * natural, "new_closure"),
            (4 * natural, "new_generator"),
            (4 * natural, "new_guarded"),
            (3, "new_method"),
        ]);
        let arguments = match function {
            "new_tuple" => vec![label, self.value(), self.value()],
            "new_method" => vec![self.value()],
            "new_node" => {
                let class = self.random.choose(&[(1, "Node"), (1, "Slotted")]);
                vec![Argument::Class(class), label]
            }
            "new_finalized" => {
                let class = self
                    .random
                    .choose(&[(1, "Finalized"), (1, "FinalizedSlotted")]);
                vec![
                    Argument::Class(class),
                    label,
                    // Those from 4 on allocate, which exact programs leave to the program itself.
                    self.number(0, if self.exact { 3 } else { 7 }),
                    self.slot(),
                ]
            }
            _ => vec![label],
        };
        self.push_into(function, arguments);
    }

    fn reference(&mut self) {
        match self.random.below(4) {
            0 => {
                let arguments = vec![self.value()];
                self.push_into("new_ref", arguments);
            }
            1 => {
                let arguments = vec![self.value()];
                self.push("watch", arguments);
            }
            _ => {
                let label = self.label();
                let last_act = if self.exact { 1 } else { 2 };
                let arguments = vec![self.value(), label, self.number(0, last_act), self.slot()];
                self.push_into("new_callback", arguments);
            }
        }
    }

    fn hold(&mut self) {
        match self.random.below(3) {
            0 => {
                let arguments = vec![self.number(0, 7), self.value()];
                self.push("hold", arguments);
            }
            1 => {
                let arguments = vec![self.number(0, 7)];
                self.push_into("held", arguments);
            }
            _ => {
                let last = self.statements.len() as i64;
                let arguments = vec![self.number(0, last)];
                self.push_into("kept", arguments);
            }
        }
    }

    fn churn(&mut self) {
        if self.random.chance(70) {
            let arguments = vec![self.number(1, 60), self.number(1, 5)];
            self.push("churn", arguments);
        } else {
            let arguments = vec![self.value(), self.number(1, 40)];
            self.push("grow", arguments);
        }
    }

    fn collect(&mut self) {
        if self.random.chance(20) {
            self.push("collect_all", vec![]);
        } else {
            let generation = self.random.choose(&[(4, 0), (3, 1), (3, 2)]);
            self.push("collect", vec![Argument::Integer(generation)]);
        }
    }

    fn thresholds(&mut self) -> [i64; 3] {
        if self.exact {
            let first = self.random.choose(&[(1, 1), (3, 8), (3, 30), (2, 100)]);
            let others = self.random.choose(&[(3, 3), (1, 8)]);
            [first, others, others].map(|most| self.random.between(0, most))
        } else {
            // Not reached, so that nothing depends on count 0.
            let first = self.random.between(5000, 9000);
            [
                first,
                self.random.between(0, 10),
                self.random.between(0, 10),
            ]
        }
    }

    /// One of the functions of the module `gc`.
    fn module(&mut self) {
        let exact = u64::from(self.exact);
        let function = self.random.choose(&[
            (3, "count"),
            (2, "stats"),
            (3, "objects"),
            (3, "referrers"),
            (3, "referents"),
            (3 * (1 - exact), "tracked"),
            (2, "finalized"),
            (2, "freeze"),
            (1 - exact, "unfreeze"),
            (2, "freeze_count"),
            (2, "save_all"),
            (1, "add_watcher"),
            (1, "remove_watcher"),
            (2, "switch"),
            (1, "two_thresholds"),
            (1, "first_threshold"),
            (1, "threshold"),
            (2, "alive"),
        ]);
        let arguments = match function {
            "objects" => vec![self.number(-1, 2)],
            "referrers" | "referents" | "tracked" | "finalized" => vec![self.value()],
            "save_all" => vec![self.number(0, 2)],
            "add_watcher" => vec![self.label()],
            "switch" => vec![Argument::Boolean(self.random.chance(70))],
            "first_threshold" | "two_thresholds" => {
                let count = if function == "first_threshold" { 1 } else { 2 };
                let thresholds = self.thresholds();
                thresholds[..count]
                    .iter()
                    .copied()
                    .map(Argument::Integer)
                    .collect()
            }
            _ => vec![],
        };
        self.push(function, arguments);
    }
}
