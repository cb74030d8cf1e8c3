//! Instruction counts against `benches/instructions.txt`: they repeat where wall time does not.

use std::path::Path;

use crate::subjects::{self, Homes};

const LIMITS: &str = include_str!("../instructions.txt");

/// Counts and compares; says what is over.
pub fn run(binary: &Path) -> bool {
    if crate::programs::version(Path::new("valgrind")).is_none() {
        println!("skipped: instruction counts (valgrind is not installed)");
        return true;
    }
    let homes = Homes::new();
    let mut good = true;
    for mut subject in subjects::fast(binary, &homes) {
        let Some(limit) = limit(&subject.name) else { continue };
        if let Err(why) = subject.check() {
            println!("FAILED {}: {why}", subject.name);
            good = false;
            continue;
        }
        let Some(count) = subject.instructions() else {
            println!("FAILED {}: callgrind gave no count", subject.name);
            good = false;
            continue;
        };
        let verdict = if count <= limit { "ok" } else { "OVER" };
        good &= count <= limit;
        println!("{verdict:>6} {:<42} {count:>10} of {limit:>10}", subject.name);
    }
    good
}

/// The row's limit: lines are `instructions name`.
fn limit(row: &str) -> Option<u64> {
    let lines = LIMITS.lines().filter(|line| !line.starts_with('#'));
    let mut rows = lines.filter_map(|line| line.split_once(' '));
    rows.find(|(_, name)| *name == row)?.0.replace('_', "").parse().ok()
}
