//! An argument whose values are a list of [`domain::words`](crate::domain::words).

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::domain::words::Word;

/// Reads a value of the list, and shows the list in help, errors and completion:
/// `#[arg(long, value_parser = word::<Mode>())]`.
pub fn word<W: Word>() -> impl TypedValueParser<Value = W> {
    let value = |word: &W| {
        PossibleValue::new(word.name()).help(word.help()).aliases(word.aliases().iter().copied())
    };
    PossibleValuesParser::new(W::ALL.iter().map(value))
        .try_map(|name| W::from_name(&name).ok_or("it is not in the list"))
}
