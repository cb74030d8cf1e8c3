//! Time, instructions and memory of whole processes.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Something that is run again and again.
pub struct Subject {
    /// What the table calls it.
    pub name: String,
    /// What is run.
    pub command: Command,
    /// Text that its output must hold, or it did not do its work.
    pub expect: String,
    /// It runs in every n-th round: slow peers need fewer samples.
    pub every: usize,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Sorted times of all rounds.
    pub times: Vec<Duration>,
    /// Instructions in user space, where callgrind is there.
    pub instructions: Option<u64>,
    /// Peak resident memory in KiB, where GNU time is there.
    pub memory: Option<u64>,
    /// Why it could not be measured.
    pub failed: Option<String>,
}

impl Figures {
    /// The shortest time.
    pub fn min(&self) -> Option<Duration> {
        self.times.first().copied()
    }

    /// The time in the middle.
    pub fn median(&self) -> Option<Duration> {
        self.times.get(self.times.len() / 2).copied()
    }
}

impl Subject {
    /// A subject that runs in every round.
    pub fn new(name: &str, command: Command, expect: &str) -> Self {
        Self { name: name.to_owned(), command, expect: expect.to_owned(), every: 1 }
    }

    /// The same, in every n-th round.
    pub fn every(mut self, rounds: usize) -> Self {
        self.every = rounds;
        self
    }

    /// Runs it twice, so that indexes are there, and sees whether it does its work.
    pub fn check(&mut self) -> Result<(), String> {
        self.command.stderr(Stdio::piped()).stdout(Stdio::piped());
        self.command.output().map_err(|error| error.to_string())?;
        let output = self.command.output().map_err(|error| error.to_string())?;
        self.command.stderr(Stdio::null());
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            let why = err.lines().next().unwrap_or("no message");
            return Err(format!("{}: {why}", output.status));
        }
        if !out.contains(&self.expect) {
            return Err(format!("its output does not hold `{}`", self.expect));
        }
        Ok(())
    }

    /// From spawn to the end of output and of the process, through a pipe as a shell reads it.
    pub fn time(&mut self, buffer: &mut Vec<u8>) -> Duration {
        buffer.clear();
        let start = Instant::now();
        let mut child = self.command.stdout(Stdio::piped()).spawn().expect("it ran before");
        let mut stdout = child.stdout.take().expect("piped");
        stdout.read_to_end(buffer).expect("a pipe can be read");
        child.wait().expect("a child can be waited for");
        start.elapsed()
    }

    /// The same command below another program.
    fn below(&self, program: &str, words: &[&str]) -> Command {
        let mut outer = Command::new(program);
        outer.args(words).arg(self.command.get_program()).args(self.command.get_args());
        outer.env_clear();
        for (name, value) in self.command.get_envs() {
            if let Some(value) = value {
                outer.env(name, value);
            }
        }
        if let Some(folder) = self.command.get_current_dir() {
            outer.current_dir(folder);
        }
        outer.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        outer
    }

    /// Instructions in user space, counted by callgrind.
    pub fn instructions(&self) -> Option<u64> {
        let words = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--error-exitcode=0"];
        let output = self.below("valgrind", &words).output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, count) = text.split_once("Collected :")?;
        count.split_whitespace().next()?.parse().ok()
    }

    /// Peak resident memory in KiB. GNU time is a process itself: less than its own cannot be seen.
    pub fn memory(&self) -> Option<u64> {
        let output = self.below("/usr/bin/time", &["-f", "peak %M"]).output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.rsplit_once("peak ")?.1.trim().parse().ok()
    }
}

/// Measures all subjects in one run, with instructions and memory.
pub fn interleaved(subjects: &mut [Subject], rounds: usize) -> Vec<Figures> {
    let mut figures = times(subjects, rounds);
    for (subject, figures) in subjects.iter().zip(&mut figures) {
        if figures.failed.is_none() {
            figures.memory = subject.memory();
            // Interpreters take minutes below callgrind and have no gate.
            figures.instructions = (subject.every == 1).then(|| subject.instructions()).flatten();
        }
    }
    figures
}

/// Takes the times of all subjects in one run: one after the other in each round, so that what
/// disturbs the machine disturbs all of them.
pub fn times(subjects: &mut [Subject], rounds: usize) -> Vec<Figures> {
    let mut figures: Vec<Figures> = subjects
        .iter_mut()
        .map(|subject| Figures { failed: subject.check().err(), ..Figures::default() })
        .collect();
    let mut buffer = Vec::with_capacity(1 << 20);
    for round in 0..rounds {
        for (subject, figures) in subjects.iter_mut().zip(&mut figures) {
            if figures.failed.is_none() && round % subject.every == 0 {
                figures.times.push(subject.time(&mut buffer));
            }
        }
    }
    for figures in &mut figures {
        figures.times.sort_unstable();
    }
    figures
}
