//! The wizard's questions: a flag or kept answer is taken, else a person is asked, else the default
//! is taken where `--yes` allows it.

use crate::commands::shared::checks::Judged;
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::ask::{self, Question};

/// How an answer is judged.
pub type Judge = fn(&str) -> Judged<()>;

/// An answer that is one line of text.
pub struct Line<'a> {
    /// What is asked.
    pub text: &'a str,
    /// The flag that answers it, with its placeholder.
    pub flag: &'a str,
    /// The answer to an empty line.
    pub default: Option<String>,
    /// What is said below.
    pub help: Option<&'a str>,
    /// Answers that are proposed.
    pub suggestions: Vec<String>,
    /// How it is judged.
    pub judge: Judge,
}

impl Line<'_> {
    /// The answer. `given` is a flag or kept answer.
    pub fn answer(self, app: &App, given: Option<&str>) -> Result<String> {
        if let Some(given) = given {
            return judged(self.text, self.flag, self.judge, given).map(|()| given.to_owned());
        }
        if app.assume_yes {
            return self.default.clone().ok_or_else(|| self.missing());
        }
        let question = Question {
            text: self.text,
            default: self.default.as_deref(),
            help: self.help,
            instead: self.flag,
            suggestions: self.suggestions.clone(),
        };
        let (judge, empty) = (self.judge, self.default.is_some());
        let check =
            move |answer: &str| if answer.is_empty() && empty { Ok(()) } else { judge(answer) };
        ask::text(app, &question, &check)
    }

    fn missing(&self) -> Error {
        Error::usage(format!("the {} is not known", self.text))
            .hint(format!("pass `{}`", self.flag))
    }
}

/// Whether a flag or kept answer will do.
pub fn judged(text: &str, flag: &str, judge: Judge, given: &str) -> Result<()> {
    judge(given).map_err(|why| {
        let flag = flag.split(' ').next().unwrap_or_default();
        Error::usage(format!("`{given}` cannot be the {text}"))
            .cause(why)
            .hint(format!("pass another `{flag}`"))
    })
}

/// A question whose answer may be empty.
pub fn optional(
    app: &App,
    (text, flag): (&str, &str),
    default: Option<String>,
    suggestions: Vec<String>,
    judge: Judge,
    answer: &mut Option<String>,
) -> Result<Option<String>> {
    let help = default.is_none().then_some("empty: none");
    // `--yes` takes the default, which may be none.
    let default = if app.assume_yes { default.or_else(|| Some(String::new())) } else { default };
    let line = Line { text, flag, default, help, suggestions, judge };
    let value = line.answer(app, answer.take().as_deref())?;
    *answer = Some(value.clone());
    Ok(Some(value).filter(|value| !value.is_empty()))
}
