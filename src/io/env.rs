//! The process environment, read here and nowhere else.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// Environment variables: the process's own, or a fixed set in tests.
#[derive(Clone, Debug, Default)]
pub struct Env(Option<BTreeMap<String, String>>);

impl Env {
    /// The environment of this process.
    pub const fn process() -> Self {
        Self(None)
    }

    /// A fixed environment.
    pub fn fixed<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(Some(pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()))
    }

    /// The variable's text; absent too when it is not UTF-8.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn get(&self, name: &str) -> Option<String> {
        match &self.0 {
            None => std::env::var(name).ok(),
            Some(fixed) => fixed.get(name).cloned(),
        }
    }

    /// The variable's text unless it is unset or empty.
    pub fn non_empty(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The variable's bytes, whatever they are.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn get_os(&self, name: &str) -> Option<OsString> {
        match &self.0 {
            None => std::env::var_os(name),
            Some(fixed) => fixed.get(name).map(OsString::from),
        }
    }

    /// Names of all variables that are UTF-8, in no order.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn names(&self) -> Vec<String> {
        match &self.0 {
            None => std::env::vars_os().filter_map(|(k, _)| k.into_string().ok()).collect(),
            Some(fixed) => fixed.keys().cloned().collect(),
        }
    }

    /// A variable that must be a plain decimal number: digits only, or it does not count.
    pub fn digits(&self, name: &str) -> Option<i64> {
        let text = self.get(name)?;
        (!text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())?
    }
}
