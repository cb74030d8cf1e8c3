//! `-v` and `-vv`: the program's own log lines on standard error.

use std::io::Write;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::domain::label::sanitize;

struct Logger;

static LOGGER: Logger = Logger;

/// Shows `info` from `-v` on and `debug` from `-vv` on; libraries' lines never, they may hold URLs.
pub fn install(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::Info,
        _ => LevelFilter::Debug,
    };
    if log::set_logger(&LOGGER).is_ok() {
        log::set_max_level(level);
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.target().starts_with("ssoenv")
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            let level = if record.level() <= Level::Info { "info" } else { "debug" };
            let line = format!("{level}: {}\n", sanitize(&record.args().to_string()));
            drop(std::io::stderr().lock().write_all(line.as_bytes()));
        }
    }

    fn flush(&self) {}
}
