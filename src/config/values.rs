//! The keys of one profile or session as a look-up sees them: credentials file over config file,
//! each with the defaults of its `[DEFAULT]`.

use super::file::AwsFile;
use super::syntax::{self, Entry, Section};

/// A value of the AWS files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text; continuation lines are joined with `\n`.
    Text(&'a str),
    /// A nested block.
    Map(Vec<(&'a str, &'a str)>),
}

/// The keys of one profile or session, in the order of the files.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    config: Option<(&'a AwsFile, &'a Section)>,
    credentials: Option<(&'a AwsFile, &'a Section)>,
}

impl<'a> Values<'a> {
    /// Looks at one section of each file.
    pub fn new(
        config: Option<(&'a AwsFile, &'a Section)>,
        credentials: Option<(&'a AwsFile, &'a Section)>,
    ) -> Self {
        Self { config, credentials }
    }

    /// The same without the credentials file.
    pub fn config_only(self) -> Option<Self> {
        self.config.map(|config| Self { config: Some(config), credentials: None })
    }

    /// The same without the config file.
    pub fn credentials_only(self) -> Option<Self> {
        self.credentials.map(|credentials| Self { config: None, credentials: Some(credentials) })
    }

    /// The value of a key; the credentials file wins for every key.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.find(key).map(|(file, entry)| value(file, entry))
    }

    /// The value of a key that is text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        let (file, entry) = self.find(key)?;
        (!entry.nested).then(|| file.parsed.str(entry.value))
    }

    /// Whether the key is there, text or block.
    pub fn contains(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Whether a profile is served by addresses of its own, which may be another maker's.
    pub fn has_own_endpoints(&self) -> bool {
        self.contains("endpoint_url") || self.contains("services")
    }

    /// File and line of the key that counts.
    pub fn place(&self, key: &str) -> Option<(&'a AwsFile, usize)> {
        self.find(key).map(|(file, entry)| (file, entry.line as usize))
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// All keys in the order in which the AWS CLI lists them.
    pub fn list(&self) -> Vec<(&'a str, Value<'a>)> {
        let mut list: Vec<(&str, Value)> = Vec::new();
        for (file, section) in [self.config, self.credentials].into_iter().flatten() {
            let entries = file.parsed.entries(section);
            let defaults = file.parsed.defaults().filter(|default| {
                let key = file.parsed.str(default.key);
                file.parsed.entry(section, key).is_none()
            });
            for entry in entries.iter().chain(defaults) {
                let key = file.parsed.str(entry.key);
                match list.iter_mut().find(|(known, _)| *known == key) {
                    Some(known) => known.1 = value(file, entry),
                    None => list.push((key, value(file, entry))),
                }
            }
        }
        list
    }

    fn find(&self, key: &str) -> Option<(&'a AwsFile, &'a Entry)> {
        [self.credentials, self.config]
            .into_iter()
            .flatten()
            .find_map(|(file, section)| file.value(section, key).map(|entry| (file, entry)))
    }
}

fn value<'a>(file: &'a AwsFile, entry: &'a Entry) -> Value<'a> {
    let text = file.parsed.str(entry.value);
    if !entry.nested {
        return Value::Text(text);
    }
    let mut map: Vec<(&str, &str)> = Vec::new();
    for (key, value) in syntax::block(text).flatten() {
        match map.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => map.push((key, value)),
        }
    }
    Value::Map(map)
}
