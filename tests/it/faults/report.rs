//! Counts of what was tried, written as `docs/faults.md` where `SSOENV_FAULTS_REPORT` names it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use super::commands::VERBS;

/// Kinds of faults: their key, and the column's head.
const KINDS: [(&str, &str); 9] = [
    ("answers", "answers in trouble"),
    ("silence", "no answer, refused, trickling"),
    ("clock", "clock off, jumping"),
    ("full", "disk full"),
    ("read-only", "read-only"),
    ("interrupted", "EINTR"),
    ("replaced", "files replaced, half written"),
    ("killed", "SIGKILL at a write"),
    ("together", "processes at once"),
];

/// What stands around the table.
const TEXT: &str = include_str!("report.md");

static COUNTS: Mutex<BTreeMap<(&str, &str), usize>> = Mutex::new(BTreeMap::new());

/// Counts faults of a kind that a command has survived.
pub fn tried(kind: &'static str, command: &'static str, count: usize) {
    assert!(KINDS.iter().any(|(key, _)| *key == kind), "{kind} has a column");
    let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    *counts.entry((command, kind)).or_default() += count;
    // Each test writes all that is known; the last one leaves the whole table.
    if let Ok(path) = std::env::var("SSOENV_FAULTS_REPORT") {
        std::fs::write(path, render(&counts)).expect("the report can be written");
    }
}

fn render(counts: &BTreeMap<(&str, &str), usize>) -> String {
    let mut table = String::from("| command |");
    for (_, head) in KINDS {
        write!(table, " {head} |").expect("text");
    }
    table.push_str("\n|---|");
    table.push_str(&"---:|".repeat(KINDS.len()));
    let row = |name: &str, count: &dyn Fn(&str) -> usize| {
        let cells = KINDS.iter().map(|(kind, _)| match count(kind) {
            0 => " – |".to_owned(),
            count => format!(" {count} |"),
        });
        format!("\n| {name} |{}", cells.collect::<String>())
    };
    for name in VERBS.iter().map(|verb| verb.name).chain(["serve"]) {
        let count = |kind: &str| counts.get(&(name, kind)).copied().unwrap_or(0);
        table.push_str(&row(&format!("`{name}`"), &count));
    }
    let sum = |kind: &str| counts.iter().filter(|((_, k), _)| *k == kind).map(|(_, n)| n).sum();
    table.push_str(&row("all", &sum));
    TEXT.replace("{table}", &table)
}

/// The numbers in a report.
fn read(report: &str) -> BTreeMap<(&str, &str), usize> {
    let rows = report.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let cells = rows.flat_map(|(name, cells)| {
        let numbers = cells.split('|').map(|cell| cell.trim().parse().ok());
        KINDS.iter().zip(numbers).filter_map(move |((kind, _), n)| Some(((name, *kind), n?)))
    });
    cells.collect()
}

#[test]
fn the_report_is_what_the_tests_would_write_and_leaves_nothing_out() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md");
    let report = std::fs::read_to_string(path).expect("the report");
    let counts = read(&report);
    assert_eq!(render(&counts), report, "written by hand, or by other tests: make it anew");
    for verb in &VERBS {
        let always = ["clock", "full", "read-only", "replaced", "killed"];
        let asking = if verb.asks.is_empty() { &[][..] } else { &["answers", "silence"] };
        for kind in always.iter().chain(asking) {
            assert!(counts.contains_key(&(verb.name, *kind)), "`{}` without {kind}", verb.name);
        }
    }
}
