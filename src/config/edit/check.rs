//! What may be written: keys, values and headers that every AWS reader reads as they were meant.

use crate::config::syntax::is_space;
use crate::config::syntax::stray_comment;
use crate::domain::{Error, Result};

/// A word that every AWS reader takes for a key.
pub(super) fn check_word(word: &str, what: &str) -> Result<()> {
    let good =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
    if !word.is_empty() && word.chars().all(good) {
        return Ok(());
    }
    Err(Error::config(format!("`{word}` cannot be a {what} in the AWS files"))
        .hint("use lower-case letters, digits, `_`, `-` and `.`"))
}

/// A value that comes back as it is: one line, no blanks around it, nothing like a comment.
pub(super) fn check_value(key: &str, value: &str) -> Result<()> {
    let wrong = |why: &str| {
        Err(Error::config(format!("the value of `{key}` cannot be written to the AWS files"))
            .cause(why))
    };
    if value.contains(['\n', '\r', '\0']) {
        return wrong("it has more than one line");
    }
    if value.trim_matches(is_space) != value {
        return wrong("there are blanks around it");
    }
    if stray_comment(value).is_some() {
        return wrong("AWS SDKs would read a part of it as a comment");
    }
    Ok(())
}

/// What can stand between the brackets.
pub(super) fn check_title(title: &str) -> Result<()> {
    if title.contains(['\n', '\r', '\0', '[', ']']) || title.trim().is_empty() {
        let what = format!("`{title}` cannot be a name in the AWS files");
        return Err(Error::config(what).hint("use letters, digits and `_-/.%@:+`"));
    }
    Ok(())
}
