//! The table: everything measured, in `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::growth::{self, Curve, SIZES};
use crate::measure::{self, Figures, Subject};
use crate::network::{self, Cold, Listing};
use crate::programs;
use crate::shells::{self, Measured};
use crate::starts::{self, Start};
use crate::subjects::{self, AWS, Budget, Homes, TRUE};

/// Measures everything and writes the page; false if a budget is broken.
pub fn run(binary: &Path, rounds: usize) -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let homes = Homes::new();
    let mut all = subjects::floor(&homes, folder.path());
    all.extend(subjects::fast(binary, &homes));
    all.extend(subjects::listings(binary, &homes));
    all.extend(subjects::peers(&homes));
    eprintln!("measuring {} commands in {rounds} rounds", all.len());
    let figures = measure::interleaved(&mut all, rounds);
    let mut page = Page { text: String::new(), good: true };
    page.head(binary, rounds);
    page.processes(&all, &figures);
    eprintln!("measuring the prompt inside the shells");
    let costs = shells::prompt_costs(binary, &homes.ten_thousand);
    if costs.iter().all(Result::is_err) {
        eprintln!("error: no shell could be measured; the page is left as it is");
        return false;
    }
    page.prompts(&costs);
    eprintln!("measuring the start of shells");
    page.starts(&starts::starts(binary, &homes.ten, rounds));
    eprintln!("measuring growth, up to a million profiles");
    let curves = growth::curves(binary);
    page.growth(&curves);
    page.network(binary);
    page.text.push_str(FLOORS);
    if let Some(heading) = empty_table(&page.text) {
        eprintln!("error: nothing was measured for `{heading}`; the page is left as it is");
        return false;
    }
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    fs::write(docs.join("growth.svg"), growth::picture(&curves)).expect("the picture");
    fs::write(docs.join("benchmarks.md"), &page.text).expect("the page");
    println!("{}", page.text);
    page.good
}

/// Measures what needs the network, and prints it; false if a budget is broken.
pub fn network(binary: &Path) -> bool {
    let mut page = Page { text: String::new(), good: true };
    page.network(binary);
    println!("{}", page.text);
    page.good
}

/// What keeps calls from being faster, and how that is known.
const FLOORS: &str = include_str!("floors.md");

/// The heading of the first table without a row.
fn empty_table(page: &str) -> Option<&str> {
    let mut heading = "";
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        heading = line.strip_prefix("## ").unwrap_or(heading);
        if line.starts_with("|---") && !lines.peek().is_some_and(|row| row.starts_with('|')) {
            return Some(heading);
        }
    }
    None
}

struct Page {
    text: String,
    good: bool,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn head(&mut self, binary: &Path, rounds: usize) {
        let size = fs::metadata(binary).map_or(0, |meta| meta.len());
        #[allow(clippy::cast_precision_loss, reason = "a few million")]
        let megabytes = size as f64 / 1e6;
        self.line("# Benchmarks\n");
        self.line("Written by `cargo bench`: do not edit, run it again.\n");
        let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
        let list = [
            ("date", now),
            ("machine", machine()),
            ("compiler", programs::version(Path::new("rustc")).unwrap_or_default()),
            ("ssoenv", format!("`dist` profile, static musl, {megabytes:.2} MB")),
            ("AWS CLI", peer_version(programs::aws_cli().as_deref())),
            ("rounds", format!("{rounds}; slow programs in every 20th")),
        ];
        for (name, value) in list {
            self.line(&format!("- {name}: {value}"));
        }
        self.line(
            "\nAll commands run one after the other in each round, started with `posix_spawn`, \
             their output read through\na pipe to its end, then waited for. Times are of the whole \
             process. Instructions are those in user space, counted\nby callgrind; memory is the \
             peak resident set by GNU time.\nState is \
             warm: token and role credentials lie in the AWS CLI's caches; no request is made. \
             Budgets are held\nagainst the medians of this run.\n",
        );
    }

    fn processes(&mut self, subjects: &[Subject], figures: &[Figures]) {
        let row = |name: &str| {
            let at = subjects.iter().position(|subject| subject.name == name)?;
            figures[at].median()
        };
        let reference = row(TRUE).unwrap_or(Duration::from_millis(1));
        self.line("## Processes\n");
        self.line("| command | median | min | × `/bin/true` | instructions | memory | budget |");
        self.line("|---|--:|--:|--:|--:|--:|---|");
        for (subject, figures) in subjects.iter().zip(figures) {
            if let Some(why) = &figures.failed {
                self.good = false;
                self.line(&format!("| {} | not measured: {why} ||||||", subject.name));
                continue;
            }
            let (Some(median), Some(min)) = (figures.median(), figures.min()) else { continue };
            let verdicts: Vec<String> = subjects::budgets(&subject.name)
                .iter()
                .map(|budget| self.verdict(budget, median, &row))
                .collect();
            let count = figures.instructions.map_or_else(|| "–".to_owned(), thousands);
            let memory = figures
                .memory
                .map_or_else(|| "–".to_owned(), |kib| format!("{} kB", thousands(kib)));
            self.line(&format!(
                "| {} | {} | {} | {:.2} | {count} | {memory} | {} |",
                subject.name,
                milliseconds(median),
                milliseconds(min),
                median.as_secs_f64() / reference.as_secs_f64(),
                verdicts.join("; "),
            ));
        }
        self.line("\nLooked at as well, but nothing that answers from cached state alone:\n");
        for (name, why) in subjects::NOT_MEASURED {
            self.line(&format!("- {name}: {why}"));
        }
        self.line("");
    }

    fn verdict(
        &mut self,
        budget: &Budget,
        median: Duration,
        row: &impl Fn(&str) -> Option<Duration>,
    ) -> String {
        let ratio = |other: Duration| median.as_secs_f64() / other.as_secs_f64();
        let short = |name: &str| if name == AWS { "AWS CLI".to_owned() } else { name.to_owned() };
        let (holds, text) = match budget {
            Budget::Times(limit, other) => match row(other) {
                Some(time) => (
                    ratio(time) <= *limit,
                    format!("{:.2} of {limit} × {}", ratio(time), short(other)),
                ),
                None => return format!("no {} here", short(other)),
            },
            Budget::Faster(limit, other) => match row(other) {
                Some(time) => (
                    1.0 / ratio(time) >= *limit,
                    format!("{:.0} × faster than {} (≥ {limit})", 1.0 / ratio(time), short(other)),
                ),
                None => return format!("no {} here", short(other)),
            },
            Budget::Millis(limit) => {
                let took = median.as_secs_f64() * 1000.0;
                (took <= *limit, format!("{took:.1} of {limit} ms"))
            }
        };
        self.judge(holds, &text)
    }

    fn judge(&mut self, holds: bool, text: &str) -> String {
        self.good &= holds;
        if holds { format!("{text}: holds") } else { format!("**{text}: broken**") }
    }

    fn prompts(&mut self, costs: &[Measured]) {
        self.line("## The prompt inside the shells\n");
        self.line(
            "One prompt with the hook loaded and a profile in use, less the same prompt without \
             the hook; no process is started.\nTAB is the shell's own completion function among \
             10,000 profiles, up to its answer.\n",
        );
        self.line("| shell | net cost | with hook | without | `$(/bin/true)` | TAB | budget |");
        self.line("|---|--:|--:|--:|--:|--:|---|");
        for cost in costs {
            let cost = match cost {
                Ok(cost) => cost,
                Err((shell, why)) => {
                    self.good = false;
                    self.line(&format!("| {shell} | not measured: {why} ||||||"));
                    continue;
                }
            };
            let net = cost.hooked - cost.plain;
            let mut verdict =
                self.judge(net <= cost.budget, &format!("{net:.0} of {} µs", cost.budget));
            let tab = cost.tab.map_or_else(|| "–".to_owned(), |tab| format!("{:.1} ms", tab / 1e3));
            if let Some(tab) = cost.tab {
                let text = format!("TAB {:.1} of 10 ms", tab / 1e3);
                verdict = format!("{verdict}; {}", self.judge(tab <= 10_000.0, &text));
            }
            self.line(&format!(
                "| {} | {net:.0} µs | {:.0} µs | {:.0} µs | {:.0} µs | {tab} | {verdict} |",
                cost.shell, cost.hooked, cost.plain, cost.fork,
            ));
        }
        self.line("");
    }

    fn starts(&mut self, starts: &[Start]) {
        self.line("## The start of a shell\n");
        self.line(
            "Medians of whole shells that load a hook and end, less the same shell without one. \
             All of them run in turns.\n",
        );
        self.line("| shell | alone | ssoenv | zoxide | direnv | budget |");
        self.line("|---|--:|--:|--:|--:|---|");
        for start in starts {
            let shown = |tool| start.of(tool).map_or_else(|| "–".to_owned(), milliseconds);
            let verdict = match (start.of("ssoenv"), start.of("zoxide")) {
                (Some(own), Some(other)) if !other.is_zero() => {
                    let ratio = own.as_secs_f64() / other.as_secs_f64();
                    self.judge(ratio <= 1.0, &format!("{ratio:.2} of 1 × zoxide"))
                }
                _ => "no zoxide here".to_owned(),
            };
            self.line(&format!(
                "| {} | {} | {} | {} | {} | {verdict} |",
                start.shell,
                milliseconds(start.plain),
                shown("ssoenv"),
                shown("zoxide"),
                shown("direnv"),
            ));
        }
        self.line("");
    }

    fn growth(&mut self, curves: &[Curve]) {
        self.line("## Growth\n");
        self.line("Medians with ten to a million profiles, and up to 3,000 kept roles.\n");
        self.line("![Time by the number of profiles, both logarithmic](growth.svg)\n");
        let sizes: Vec<_> = SIZES.iter().map(|size| thousands(*size as u64)).collect();
        self.line(&format!("| call | {} | memory at the last | budget |", sizes.join(" | ")));
        self.line(&format!("|---|{}--:|---|", "--:|".repeat(SIZES.len())));
        for curve in curves {
            let times = curve.times.iter();
            let times = times.map(|time| time.map_or_else(|| "–".to_owned(), milliseconds));
            let times = times.collect::<Vec<_>>().join(" | ");
            let verdict = match (curve.times.last().copied().flatten(), curve.memory) {
                (Some(time), Some(memory)) => {
                    let (seconds, megabytes) = (time.as_secs_f64(), memory / 1000);
                    let text = format!("{seconds:.1} of 2 s, {megabytes} of 200 MB");
                    self.judge(seconds <= 2.0 && megabytes <= 200, &text)
                }
                _ => self.judge(false, "a million profiles"),
            };
            let memory =
                curve.memory.map_or_else(|| "–".to_owned(), |kib| format!("{} kB", thousands(kib)));
            self.line(&format!("| {} | {times} | {memory} | {verdict} |", curve.name));
        }
        self.line("");
    }

    fn network(&mut self, binary: &Path) {
        eprintln!("measuring calls over the network");
        self.cold(network::cold(binary, 30));
        for listing in network::listings(binary) {
            self.listing(listing);
        }
    }

    fn cold(&mut self, cold: Result<Vec<Cold>, String>) {
        self.line("## Over the network\n");
        self.line(
            "A cold `use --fresh` against the simulated Identity Center, beside curl's own clock \
             for one request to the same\nservice (connect, TLS, answer).\n",
        );
        self.line("| call | over | median | network | budget |");
        self.line("|---|---|--:|--:|---|");
        match cold {
            Ok(rows) => {
                for row in rows {
                    let own = row.total - row.network;
                    let verdict = self.judge(own <= 10.0, &format!("network + {own:.1} of 10 ms"));
                    self.line(&format!(
                        "| `use`, cold | {} | {:.1} ms | {:.1} ms | {verdict} |",
                        row.over, row.total, row.network
                    ));
                }
            }
            Err(why) => self.failed("`use`, cold", &why),
        }
    }

    fn listing(&mut self, listing: Result<Listing, String>) {
        match listing {
            Ok(found) => {
                let ratio = found.seconds / found.allowed;
                let whole = found.rows == 3 * found.accounts;
                let text = format!("{ratio:.2} of 1.3 × the limit, {} rows", found.rows);
                let verdict = self.judge(ratio <= 1.3 && whole, &text);
                self.line(&format!(
                    "| `roles`, {} accounts, {} | {} requests/s | {:.1} s | {:.1} s | {verdict} |",
                    found.accounts, found.how, found.per_second, found.seconds, found.allowed
                ));
            }
            Err(why) => self.failed("`roles`, 1,000 accounts", &why),
        }
    }

    fn failed(&mut self, row: &str, why: &str) {
        self.good = false;
        let why = why.lines().next().unwrap_or_default();
        self.line(&format!("| {row} | not measured: {why} ||||"));
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}

pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let mut text = model.map_or("unknown processor", |(_, name)| name).trim().to_owned();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let kernel = Command::new("uname").arg("-sr").output().ok();
    let kernel = kernel.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    write!(text, ", {cores} cores, {}", kernel.unwrap_or_default()).expect("text grows");
    text
}

fn peer_version(program: Option<&Path>) -> String {
    program
        .and_then(programs::version)
        .and_then(|text| Some(text.split_whitespace().next()?.to_owned()))
        .unwrap_or_else(|| "not installed".to_owned())
}
