//! The process environment, read here and nowhere else.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

/// Environment variables, looked at once: the process's own, or a fixed set in tests.
#[derive(Clone, Default)]
pub struct Env(Vec<(OsString, OsString)>);

impl Env {
    /// The environment of this process.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// A fixed environment; of two values for one name the later one counts.
    pub fn fixed<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs: BTreeMap<_, _> = pairs.into_iter().collect();
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The variable's text; absent too when it is not UTF-8.
    pub fn get(&self, name: &str) -> Option<String> {
        self.value(name)?.to_str().map(str::to_owned)
    }

    /// The variable's text unless it is unset or empty.
    pub fn non_empty(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set, and not to nothing.
    pub fn first_set<'a>(&self, names: &'a [String]) -> Option<&'a str> {
        names.iter().map(String::as_str).find(|name| self.non_empty(name).is_some())
    }

    /// The variable's bytes, whatever they are.
    pub fn get_os(&self, name: &str) -> Option<OsString> {
        self.value(name).map(OsStr::to_owned)
    }

    /// Names of all variables that are UTF-8, in no order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().filter_map(|(name, _)| name.to_str().map(str::to_owned)).collect()
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        let same = |known: &OsStr| {
            if cfg!(windows) { known.eq_ignore_ascii_case(name) } else { known == name }
        };
        self.0.iter().find(|(known, _)| same(known)).map(|(_, value)| value.as_os_str())
    }

    /// Whether the locale is one of UTF-8. Windows has no variables for it.
    pub fn is_utf8(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.non_empty(name));
        locale.map_or(cfg!(windows), |name| {
            let name = name.to_ascii_lowercase();
            name.contains("utf-8") || name.contains("utf8")
        })
    }

    /// A variable that must be a plain decimal number: digits only, or it does not count.
    pub fn digits(&self, name: &str) -> Option<i64> {
        let text = self.get(name)?;
        (!text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())?
    }
}

impl fmt::Debug for Env {
    /// Names only: values may be keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
