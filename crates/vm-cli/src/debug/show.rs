//! What is shown, as text.

use super::objects::Objects;
use super::program::{Program, place_text};
use super::session::{Session, WIDTH, WIDTH_ALONE};
use std::fmt::Write;
use vm_core::Statistics;
use vm_core::observe::{Count, FrameView, ValueView, View};

/// Source lines and instructions shown on either side of the place.
const AROUND: usize = 5;

/// Generations by number, the permanent one last.
const GENERATIONS: [&str; 4] = ["young", "middle", "old", "frozen"];

/// A register as it is shown.
pub(super) struct Register {
    /// `total`, or `r3` if it has no name.
    pub(super) name: String,
    /// `#1 <Node>`
    pub(super) value: String,
    /// `count 2, young`; empty where there is nothing to count.
    pub(super) count: String,
}

/// The registers of a function by its number in `where`, and its free variables.
pub(super) fn registers(session: &mut Session, view: &View<'_>, index: usize) -> Vec<Register> {
    let Some(frame) = view.frames().nth(index) else {
        return Vec::new();
    };
    let mut shown = Vec::new();
    let mut show = |name: String, value: ValueView<'_>, objects: &mut Objects| {
        shown.push(Register {
            name,
            value: objects.text(view, &value, WIDTH),
            count: count_text(&value),
        });
    };
    for register in frame.registers() {
        let name = match register.name {
            Some(name) => name.to_owned(),
            None => format!("r{}", register.index),
        };
        show(name, register.value, &mut session.objects);
    }
    for (index, (name, value)) in frame.free_variables().into_iter().enumerate() {
        let name = name.map_or_else(|| format!("free {index}"), |name| format!("free {name}"));
        show(name, value, &mut session.objects);
    }
    shown
}

/// `count 2, young`
fn count_text(value: &ValueView<'_>) -> String {
    let count = match value.count() {
        Count::Inline => return String::new(),
        Count::Immortal => return "immortal".to_owned(),
        Count::Of(count) => format!("count {count}"),
    };
    match value
        .generation()
        .and_then(|number| GENERATIONS.get(usize::from(number)))
    {
        Some(generation) => format!("{count}, {generation}"),
        None => count,
    }
}

/// The registers in columns.
pub(super) fn registers_text(session: &mut Session, view: &View<'_>, index: usize) -> String {
    let registers = registers(session, view, index);
    if registers.is_empty() {
        return "no function of that number is active; `where` lists them\n".to_owned();
    }
    let name_width = longest(registers.iter().map(|register| register.name.as_str()));
    let value_width = longest(registers.iter().map(|register| register.value.as_str()));
    let mut text = String::new();
    for Register { name, value, count } in &registers {
        let line = format!("  {name:name_width$}  {value:value_width$}  {count}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn longest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// The active functions, the innermost first.
pub(super) fn frames_text(view: &View<'_>) -> String {
    /// The most functions that are listed.
    const FRAMES_MAX: usize = 100;
    let mut text = String::new();
    for (index, frame) in view.frames().enumerate().take(FRAMES_MAX) {
        let native = match frame.is_called_from_native_code() {
            true if frame.depth() > 1 => "  (called by native code)",
            _ => "",
        };
        let _ = writeln!(text, "  {index} {}{native}", place_text(&frame));
    }
    let more = view.depth().saturating_sub(FRAMES_MAX);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more");
    }
    if text.is_empty() {
        text.push_str("nothing runs\n");
    }
    text
}

/// `main+3 at sum.vasm:5: load total, 0  ; -r0`
pub(super) fn here(program: &Program, frame: &FrameView<'_>) -> String {
    let mut text = place_text(frame);
    let place = (frame.function_index(), frame.offset());
    if let Some(listed) = program.instruction(place) {
        let _ = write!(text, ": {}", listed.text);
        if !listed.references.is_empty() {
            let _ = write!(text, "  ; {}", listed.references);
        }
    }
    text
}

/// Numbered source lines around the place; `>` is in front of its own.
pub(super) fn source_text(program: &Program, view: &View<'_>) -> String {
    let position = view.frame().and_then(|frame| frame.position());
    let Some(position) = position.filter(|_| !program.source().is_empty()) else {
        return "no source is known here\n".to_owned();
    };
    let line = position.line as usize;
    let lines = program.source().iter().zip(1..);
    let mut text = String::new();
    for (source, number) in lines
        .skip(line.saturating_sub(AROUND + 1))
        .take(2 * AROUND + 1)
    {
        let mark = if number == line { '>' } else { ' ' };
        let _ = writeln!(text, "{mark}{number:5}  {source}");
    }
    text
}

/// A line of bytecode: a label or an instruction.
pub(super) struct CodeLine {
    pub(super) text: String,
    /// Whether it is the instruction at the place.
    pub(super) is_here: bool,
}

/// The instructions of the function that runs, with their labels, and which line is the place (`>`).
/// `*` is in front of breakpoints.
pub(super) fn bytecode(session: &Session, frame: &FrameView<'_>) -> (Vec<CodeLine>, usize) {
    let (function, offset) = (frame.function_index(), frame.offset());
    let mut lines = Vec::new();
    let mut here = 0;
    for listed in session.program.instructions(function) {
        if let Some(label) = listed.label {
            lines.push(CodeLine {
                text: format!("       L{label}:"),
                is_here: false,
            });
        }
        let is_here = listed.offset == offset;
        if is_here {
            here = lines.len();
        }
        let mark = match is_here {
            true => '>',
            false if session.breakpoints.has_place((function, listed.offset)) => '*',
            false => ' ',
        };
        let line = format!(
            "{mark}{:5}  {:36} {}",
            listed.offset, listed.text, listed.references
        );
        let text = line.trim_end().to_owned();
        lines.push(CodeLine { text, is_here });
    }
    (lines, here)
}

/// Instructions around the place.
pub(super) fn bytecode_text(session: &Session, view: &View<'_>) -> String {
    let Some(frame) = view.frame() else {
        return "nothing runs\n".to_owned();
    };
    let (lines, here) = bytecode(session, &frame);
    let around = lines
        .iter()
        .skip(here.saturating_sub(AROUND))
        .take(2 * AROUND + 1);
    around.map(|line| format!("{}\n", line.text)).collect()
}

/// Heap and generations: what the program added since its first instruction, and for each generation
/// its tracked objects, count and threshold, collections, and what they freed.
pub(super) fn heap_text(begin: Option<&Statistics>, view: &View<'_>) -> String {
    let now = view.statistics();
    let (made, alive, bytes) = begin.map_or((0, 0, 0), |begin| {
        (begin.objects_made, begin.objects_alive, begin.heap_bytes)
    });
    let difference = |now: u64, before: u64| i128::from(now) - i128::from(before);
    let mut text = String::new();
    let (alive, made) = (
        difference(now.objects_alive, alive),
        difference(now.objects_made, made),
    );
    let bytes = difference(now.heap_bytes, bytes);
    let _ = writeln!(text, "  objects {alive:+} ({made} made), bytes {bytes:+}");
    let _ = writeln!(text, "         tracked      count  runs  freed");
    let (counts, thresholds) = (view.collector_counts(), view.collector_thresholds());
    for (index, (name, population)) in GENERATIONS.iter().zip(view.population()).enumerate() {
        let _ = write!(text, "  {name:7}{population:>7}");
        let rest = counts
            .get(index)
            .zip(thresholds.get(index))
            .zip(now.generations.get(index));
        if let Some(((count, threshold), statistics)) = rest {
            let of = format!("{count}/{threshold}");
            let (runs, freed) = (statistics.collections, statistics.collected);
            let _ = write!(text, "{of:>11}{runs:>6}{freed:>7}");
        }
        text.push('\n');
    }
    if let Some(generation) = view.collecting() {
        let _ = writeln!(
            text,
            "  a collection of generation {} runs",
            generation.number()
        );
    }
    text
}

/// What a name means here: `#N`, a register, a free variable, a global.
pub(super) fn find<'vm>(session: &Session, view: &View<'vm>, name: &str) -> Option<ValueView<'vm>> {
    if let Some(number) = name.strip_prefix('#') {
        return session.objects.find(view, number.parse().ok()?);
    }
    let local = view.frame().and_then(|frame| {
        let index = name
            .strip_prefix('r')
            .and_then(|number| number.parse().ok());
        let by_index = frame
            .registers()
            .find(|register| Some(register.index) == index);
        let named = || {
            frame
                .registers()
                .find(|register| register.name == Some(name))
        };
        let register = by_index.or_else(named).map(|register| register.value);
        register.or_else(|| {
            let free = frame.free_variables().into_iter();
            free.filter(|(free, _)| *free == Some(name))
                .map(|(_, value)| value)
                .next()
        })
    });
    local.or_else(|| view.global(name))
}

/// The line that says that a name means nothing.
pub(super) fn not_found(name: &str) -> String {
    match name.starts_with('#') {
        true => format!("{name} was not shown, or is dead\n"),
        false => format!("`{name}` is no register, variable or global here\n"),
    }
}

/// A value in full.
pub(super) fn value_text(session: &mut Session, view: &View<'_>, name: &str) -> String {
    let Some(value) = find(session, view, name) else {
        return not_found(name);
    };
    let mut text = format!("  {}", session.objects.text(view, &value, WIDTH_ALONE));
    let count = count_text(&value);
    if !count.is_empty() {
        let _ = write!(
            text,
            "  ({}: {count}, {} bytes)",
            value.type_name(),
            value.object_bytes()
        );
    }
    text.push('\n');
    for (name, attribute) in value.attributes() {
        let shown = session.objects.text(view, &attribute, WIDTH);
        let count = count_text(&attribute);
        let _ = writeln!(
            text,
            "{}",
            format!("    {name} = {shown}  {count}").trim_end()
        );
    }
    text
}
