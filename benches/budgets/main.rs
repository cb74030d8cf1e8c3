//! The budgets, measured: every figure of `docs/benchmarks.md` in one command.
//!
//! ```text
//! cargo bench                      measure everything, write docs/benchmarks.md
//! cargo bench -- --rounds 100      fewer rounds
//! cargo bench -- --network         only the calls over the network, without writing the page
//! cargo bench -- --gate            only count instructions, against benches/instructions.txt
//! ```
//!
//! What is measured is the build that is shipped (`release/build --binary`), not the one of
//! `cargo bench`. `SSOENV_BENCH_BIN` names another.
#![allow(clippy::disallowed_methods, reason = "the harness makes the world that the program sees")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a harness talks to its user")]
#![cfg_attr(not(unix), allow(unused, reason = "measured on Unix only"))]

#[cfg(unix)]
mod gate;
#[cfg(unix)]
mod growth;
#[cfg(unix)]
mod measure;
#[cfg(unix)]
mod network;
#[cfg(unix)]
mod programs;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod shells;
#[cfg(unix)]
mod stage;
#[cfg(unix)]
mod starts;
#[cfg(unix)]
mod subjects;

use std::process::ExitCode;

#[cfg(not(unix))]
fn main() -> ExitCode {
    println!("skipped: the budgets are measured on Unix");
    ExitCode::SUCCESS
}

#[cfg(unix)]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` starts every bench without this word.
    if !words.iter().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    let binary = match programs::shipped() {
        Ok(binary) => binary,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::FAILURE;
        }
    };
    let good = if words.iter().any(|word| word == "--gate") {
        gate::run(&binary)
    } else if words.iter().any(|word| word == "--network") {
        report::network(&binary)
    } else {
        let rounds = words.iter().skip_while(|word| *word != "--rounds").nth(1);
        report::run(&binary, rounds.and_then(|text| text.parse().ok()).unwrap_or(400))
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
