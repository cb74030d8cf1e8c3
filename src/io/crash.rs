//! The last word of a program that cannot go on: an error as any other, in place of a panic.

use super::limits;
use super::term::Term;
use crate::domain::Error;

/// From now on a panic is told as an error and ends the process with 1. Most come from a system that
/// gives no more threads or open files, somewhere below.
pub fn install(term: Term) {
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload_as_str().unwrap_or_default();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        term.report(&error(text, &place));
        #[allow(clippy::exit, clippy::disallowed_methods, reason = "nothing returns from here")]
        std::process::exit(1);
    }));
}

fn error(text: &str, place: &str) -> Error {
    if let Some((what, hint)) = limits::of_panic(text) {
        return Error::failed(what).cause(text).hint(hint);
    }
    Error::failed("ssoenv has a defect and stopped")
        .cause(format!("{text} ({place})"))
        .hint("report it with what you ran, and with `ssoenv doctor --bundle FILE`")
}
