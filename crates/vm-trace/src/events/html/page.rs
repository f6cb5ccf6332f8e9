//! The document: what a reader asks, in the order of asking.

use super::Report;
use super::chart::{CLASSES, chart};
use super::quantity::{count, duration, escape, percent, size};
use crate::events::RunEnd;
use crate::events::totals::Total;
use std::fmt::{self, Write};
use vm_gc::{Generation, Stage};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How many types are shown.
const TYPES: usize = 12;

/// The document about a run that has ended.
pub(super) fn page(report: &mut Report, end: &RunEnd) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut text, report, end);
    text
}

fn write_page(text: &mut String, report: &mut Report, end: &RunEnd) -> fmt::Result {
    let run_ns = end.at_ns.saturating_sub(report.start.at_ns);
    let program = escape(&report.start.program);
    write!(
        text,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>Collections of {program}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<h1>Collections of {program}</h1>\n"
    )?;
    verdict(text, report, end, run_ns)?;
    text.push_str("</header>\n");
    tiles(text, report, run_ns)?;
    over_time(text, report, run_ns)?;
    text.push_str("<div class=\"pair\">\n");
    pauses(text, report)?;
    utilisation(text, report, end)?;
    text.push_str("</div>\n");
    by_generation(text, report)?;
    text.push_str("<div class=\"pair\">\n");
    stages(text, report)?;
    types(text, report)?;
    text.push_str("</div>\n");
    limits(text, report)?;
    write!(
        text,
        "<footer>\n<p>A pause is the time from the start of a collection to its stop callbacks. The \
         program does not run meanwhile.</p>\n</footer>\n</main>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n"
    )
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The answer in a sentence or two.
fn verdict(text: &mut String, report: &Report, end: &RunEnd, run_ns: u64) -> fmt::Result {
    let all = report.totals.all();
    text.push_str("<p class=\"verdict\">");
    if all.collections == 0 {
        write!(
            text,
            "The program ran for {} without a collection.",
            duration(run_ns)
        )?;
    } else {
        write!(
            text,
            "{} collection{} paused the program for {} of the {} that it ran: {}. The longest pause \
             took {}.",
            count(all.collections),
            if all.collections == 1 { "" } else { "s" },
            duration(all.pause_ns),
            duration(run_ns),
            percent(share(all.pause_ns, run_ns)),
            duration(all.longest_pause_ns)
        )?;
    }
    if end.status != 0 {
        write!(text, " It ended with exit status {}.", end.status)?;
    }
    text.push_str("</p>\n");
    Ok(())
}

fn tiles(text: &mut String, report: &Report, run_ns: u64) -> fmt::Result {
    let all = report.totals.all();
    let [median, p99] = report.pauses.quantiles([0.5, 0.99]);
    text.push_str("<dl class=\"tiles\">\n");
    for (name, value) in [
        ("time in collections", percent(share(all.pause_ns, run_ns))),
        ("collections", count(all.collections)),
        ("median pause", duration(median)),
        ("99 % of pauses within", duration(p99)),
        ("longest pause", duration(all.longest_pause_ns)),
        ("objects collected", count(all.collected)),
        ("bytes freed", size(all.freed_bytes)),
        ("largest heap seen", size(report.most_heap_bytes)),
    ] {
        writeln!(
            text,
            "<div class=\"tile\"><dt>{name}</dt><dd>{value}</dd></div>"
        )?;
    }
    text.push_str("</dl>\n");
    Ok(())
}

fn over_time(text: &mut String, report: &Report, run_ns: u64) -> fmt::Result {
    text.push_str(
        "<section>\n<h2>Heap and pauses over time</h2>\n<figure>\n\
         <figcaption>Above, bytes in use as collections and growth told them; below, the longest \
         pause at each time.</figcaption>\n",
    );
    chart(text, &report.timeline, run_ns)?;
    text.push_str(
        "<ul class=\"key\"><li><i class=\"heap\"></i>heap</li><li><i class=\"young\"></i>young \
         collection</li><li><i class=\"middle\"></i>middle collection</li><li><i class=\"old\"></i>\
         full collection</li></ul>\n</figure>\n</section>\n",
    );
    Ok(())
}

/// A bar: parts of the whole `of`, each with a class.
fn bar(text: &mut String, parts: &[(&str, f64)]) -> fmt::Result {
    text.push_str("<td class=\"bar\"><span class=\"track\" aria-hidden=\"true\">");
    for (class, share) in parts.iter().filter(|(_, share)| *share > 0.0) {
        write!(
            text,
            "<i class=\"{class}\" style=\"width:{:.2}%\"></i>",
            100.0 * share
        )?;
    }
    text.push_str("</span></td>");
    Ok(())
}

fn pauses(text: &mut String, report: &Report) -> fmt::Result {
    let [p50, p90, p99] = report.pauses.quantiles([0.5, 0.9, 0.99]);
    let longest = report.totals.all().longest_pause_ns;
    writeln!(
        text,
        "<section>\n<h2>How long pauses are</h2>\n<p class=\"note\">p50 {} · p90 {} · p99 {} · max {}</p>\n\
         <table class=\"bars\">\n<thead><tr><th scope=\"col\">pause</th><th scope=\"col\"></th>\
         <th scope=\"col\">collections</th></tr></thead>\n<tbody>",
        duration(p50),
        duration(p90),
        duration(p99),
        duration(longest)
    )?;
    let bars = report.pauses.bars();
    let sum = |pauses: [u64; 3]| pauses.iter().sum::<u64>();
    let most = bars.iter().map(|bar| sum(bar.pauses)).max().unwrap_or(0);
    for each in bars {
        let range = match each.most_ns {
            u64::MAX => format!("> {}", duration(each.above_ns)),
            most_ns => format!("≤ {}", duration(most_ns)),
        };
        write!(text, "<tr><th scope=\"row\">{range}</th>")?;
        let parts = CLASSES.into_iter().zip(each.pauses);
        let parts: Vec<_> = parts
            .map(|(class, pauses)| (class, share(pauses, most)))
            .collect();
        bar(text, &parts)?;
        writeln!(text, "<td>{}</td></tr>", count(sum(each.pauses)))?;
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

fn utilisation(text: &mut String, report: &mut Report, end: &RunEnd) -> fmt::Result {
    text.push_str(
        "<section>\n<h2>What is left for the program</h2>\n<p class=\"note\">Of every stretch of \
         this length, wherever it begins, the program had at least this share (minimum mutator \
         utilisation; to two hundredths).</p>\n\
         <table class=\"bars\">\n<thead><tr><th scope=\"col\">stretch</th><th scope=\"col\"></th>\
         <th scope=\"col\">program</th></tr></thead>\n<tbody>\n",
    );
    let run_ns = end.at_ns.saturating_sub(report.start.at_ns);
    let whole = 1.0 - share(report.totals.all().pause_ns, run_ns);
    let windows = report.utilisation.least(end.at_ns).into_iter();
    let windows = windows.map(|(window_ns, least)| (duration(window_ns), least));
    for (stretch, least) in windows.chain([("whole run".to_owned(), whole)]) {
        write!(text, "<tr><th scope=\"row\">{stretch}</th>")?;
        bar(text, &[("heap", least)])?;
        writeln!(text, "<td>{}</td></tr>", percent(least))?;
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

fn by_generation(text: &mut String, report: &Report) -> fmt::Result {
    const COLUMNS: [&str; 9] = [
        "collections",
        "examined",
        "collected",
        "freed",
        "p50",
        "p99",
        "longest",
        "time",
        "share",
    ];
    text.push_str(
        "<section>\n<h2>By generation and reason</h2>\n<div class=\"wide\">\n<table class=\"cards\">\n\
         <thead><tr><th scope=\"col\">collections of</th>",
    );
    for column in COLUMNS {
        write!(text, "<th scope=\"col\">{column}</th>")?;
    }
    text.push_str("</tr></thead>\n<tbody class=\"lines\">\n");
    let all = report.totals.all();
    let row = |text: &mut String, name: &str, total: &Total, quantiles: [u64; 2]| {
        write!(text, "<tr><th scope=\"row\">{name}</th>")?;
        let [p50, p99] = quantiles.map(duration);
        let values = [
            count(total.collections),
            count(total.candidates),
            count(total.collected),
            size(total.freed_bytes),
            p50,
            p99,
            duration(total.longest_pause_ns),
            duration(total.pause_ns),
            percent(share(total.pause_ns, all.pause_ns)),
        ];
        for (column, value) in COLUMNS.into_iter().zip(values) {
            write!(text, "<td data-of=\"{column}\">{value}</td>")?;
        }
        writeln!(text, "</tr>")
    };
    for (generation, reason, total) in report.totals.rows() {
        let class = CLASSES[generation.index()];
        let name = format!(
            "<i class=\"dot {class}\"></i>{} · {}",
            name_of(generation),
            reason.name()
        );
        let quantiles = report.pauses.quantiles_of(generation, reason, [0.5, 0.99]);
        row(text, &name, total, quantiles)?;
    }
    text.push_str("</tbody>\n<tfoot>\n");
    row(text, "all", &all, report.pauses.quantiles([0.5, 0.99]))?;
    text.push_str("</tfoot>\n</table>\n</div>\n</section>\n");
    Ok(())
}

fn name_of(generation: Generation) -> &'static str {
    match generation {
        Generation::Young => "young",
        Generation::Middle => "middle",
        Generation::Old => "full",
    }
}

fn stages(text: &mut String, report: &Report) -> fmt::Result {
    text.push_str(
        "<section>\n<h2>Where the time goes</h2>\n<p class=\"note\">The stages of all collections, in \
         the order in which they run.</p>\n\
         <table class=\"bars\">\n<thead><tr><th scope=\"col\">stage</th><th scope=\"col\"></th>\
         <th scope=\"col\">time</th></tr></thead>\n<tbody>\n",
    );
    let longest = report.stage_ns.into_iter().max().unwrap_or(0);
    for stage in Stage::ALL {
        let stage_ns = report.stage_ns[stage as usize];
        write!(
            text,
            "<tr><th scope=\"row\">{}</th>",
            stage.name().replace('_', " ")
        )?;
        bar(text, &[("young", share(stage_ns, longest))])?;
        writeln!(text, "<td>{}</td></tr>", duration(stage_ns))?;
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

fn types(text: &mut String, report: &Report) -> fmt::Result {
    text.push_str(
        "<section>\n<h2>What is collected</h2>\n<p class=\"note\">The types of collected objects, as \
         far as they are among the ten most frequent of their collection.</p>\n\
         <table class=\"bars\">\n<thead><tr><th scope=\"col\">type</th><th scope=\"col\"></th>\
         <th scope=\"col\">objects</th><th scope=\"col\">bytes</th></tr></thead>\n<tbody>\n",
    );
    let types = report.types.most(TYPES);
    let most = types.first().map_or(0, |(_, found)| found.count);
    for (name, found) in &types {
        write!(
            text,
            "<tr><th scope=\"row\" class=\"name\">{}</th>",
            escape(name)
        )?;
        bar(text, &[("heap", share(found.count, most))])?;
        writeln!(
            text,
            "<td>{}</td><td>{}</td></tr>",
            count(found.count),
            size(found.bytes)
        )?;
    }
    if types.is_empty() {
        text.push_str("<tr><td colspan=\"4\">nothing</td></tr>\n");
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

fn limits(text: &mut String, report: &Report) -> fmt::Result {
    if report.limits.is_empty() {
        return Ok(());
    }
    text.push_str(
        "<section>\n<h2>Limits that were hit</h2>\n<table>\n<thead><tr><th scope=\"col\">limit</th>\
         <th scope=\"col\">grants</th><th scope=\"col\">times hit</th></tr></thead>\n<tbody>\n",
    );
    for (limit, (times, most)) in &report.limits {
        writeln!(
            text,
            "<tr><th scope=\"row\">{limit}</th><td>{}</td><td>{}</td></tr>",
            count(*most),
            count(*times)
        )?;
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}
