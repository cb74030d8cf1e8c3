//! An argument whose values are a list of [`domain::words`](crate::domain::words).

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::domain::words::Word;
use crate::shell::Dialect;

/// Reads a value of the list, and shows the list in help, errors and completion:
/// `#[arg(long, value_parser = word::<Mode>())]`.
pub fn word<W: Word>() -> impl TypedValueParser<Value = W> {
    some(|_| true)
}

/// Reads a shell that has a hook. Others are read too and not shown: what does without is said later.
pub fn hooked() -> impl TypedValueParser<Value = Dialect> {
    some(|dialect: &Dialect| dialect.hook().is_some())
}

fn some<W: Word>(shown: fn(&W) -> bool) -> impl TypedValueParser<Value = W> {
    let value = move |word: &W| {
        PossibleValue::new(word.name())
            .help(word.help())
            .aliases(word.aliases().iter().copied())
            .hide(!shown(word))
    };
    PossibleValuesParser::new(W::ALL.iter().map(value))
        .try_map(|name| W::from_name(&name).ok_or("it is not in the list"))
}
