//! One file of settings, read with rust-ini and laid over what was read before.

use std::path::Path;

use ini::{Ini, ParseOption};

use super::key::{self, Key};
use super::layer::{Layer, Origin};
use super::lines::{Lines, tidy, unquoted};
use super::matching::{Match, glob_of};
use super::state::Settings;
use super::table::{General, Rules, SECTION};
use crate::config::finding::{Finding, Kind};
use crate::domain::nearest::nearest;
use crate::domain::words::{Class, Subject};
use crate::domain::{Error, Result};

/// Reads a file of this layer into the settings.
pub fn read(settings: &mut Settings, layer: Layer, path: &Path, text: &str) -> Result<()> {
    Reader { settings, layer, path }.file(text)
}

/// One `key = value` with its place.
struct Property<'a> {
    key: &'a str,
    value: &'a str,
    line: usize,
}

struct Reader<'a> {
    settings: &'a mut Settings,
    layer: Layer,
    path: &'a Path,
}

impl Reader<'_> {
    fn file(&mut self, text: &str) -> Result<()> {
        // Flat and literal: nothing is unquoted, unescaped or joined behind our back.
        let options = ParseOption {
            enabled_quote: false,
            enabled_escape: false,
            enabled_indented_mutiline_value: false,
            enabled_preserve_key_leading_whitespace: false,
        };
        let path = self.path;
        let no_setting = |line: usize, cause: &str| {
            let place = format!("{}:{line}", path.display());
            Error::config(format!("`{place}` is no setting"))
                .cause(cause)
                .hint(format!("edit `{place}`: write `key = value` or `[section]`"))
        };
        let tidy = tidy(text).map_err(|(line, cause)| no_setting(line, cause))?;
        let ini = Ini::load_from_str_opt(&tidy, options)
            .map_err(|error| no_setting(error.line + 1, &error.msg))?;
        let mut lines = Lines::new(&tidy);
        for (section, properties) in &ini {
            lines.section(section);
            let properties: Vec<Property> = properties
                .iter()
                .map(|(key, value)| Property { key, value: unquoted(value), line: lines.key(key) })
                .collect();
            self.section(section, &properties, lines.header)?;
        }
        Ok(())
    }

    fn section(&mut self, name: Option<&str>, list: &[Property], header: usize) -> Result<()> {
        let name = name.map(str::trim);
        match (name, name.and_then(glob_of)) {
            (Some(SECTION), _) => list.iter().try_for_each(|property| self.general(property)),
            (Some(name), Some(glob)) => {
                let mut section = Match::new(glob, self.origin(header)).map_err(|cause| {
                    self.bad(header, &format!("`[{name}]` is no pattern")).cause(cause)
                })?;
                for property in list {
                    self.matching(&mut section, property)?;
                }
                self.check_browser(&section, list);
                self.settings.matches.push(section);
                Ok(())
            }
            (None, _) if list.is_empty() => Ok(()),
            (None, _) => {
                let what = "settings in front of the first section are not read".to_owned();
                self.warn(list[0].line, what, format!("put them below `[{SECTION}]`"));
                Ok(())
            }
            (Some(name), None) => {
                let fix = match nearest(name, [SECTION, "match"]) {
                    Some(SECTION) => format!("did you mean `[{SECTION}]`?"),
                    _ => format!("write `[{SECTION}]` or `[match \"GLOB\"]`"),
                };
                self.warn(header, format!("the section `[{name}]` is not known"), fix);
                Ok(())
            }
        }
    }

    fn general(&mut self, property: &Property) -> Result<()> {
        let key = match key::find(General::KEYS, property.key) {
            Ok(key) => key,
            Err(hint) => {
                self.unknown(property, hint);
                return Ok(());
            }
        };
        let mut wanted = self.settings.general.clone();
        (key.set)(&mut wanted, property.value).map_err(|expected| {
            let command = match self.layer {
                Layer::System => String::new(),
                Layer::User => format!(", or run `ssoenv settings set {} VALUE`", key.name),
            };
            self.bad_value(property).hint(format!("write {expected} there{command}"))
        })?;
        if self.layer == Layer::User {
            if key.is_systems() {
                let what = format!("`{}` has no effect in a user's file", key.name);
                self.warn(property.line, what, "remove it".to_owned());
                return Ok(());
            }
            if self.settings.holds(key, &self.settings.system, &wanted) {
                self.overruled(property);
                return Ok(());
            }
        }
        self.settings.general = wanted;
        let origin = self.origin(property.line);
        self.settings.origins.retain(|(name, _)| *name != key.name);
        self.settings.origins.push((key.name, origin));
        Ok(())
    }

    fn matching(&mut self, section: &mut Match, property: &Property) -> Result<()> {
        let key = match key::find(Rules::KEYS, property.key) {
            Ok(key) => key,
            Err(hint) => {
                self.unknown(property, hint);
                return Ok(());
            }
        };
        section
            .set(key, property.value)
            .map_err(|expected| self.bad_value(property).hint(format!("write {expected} there")))?;
        if key.name == "class" {
            self.check_class(property);
        }
        if self.layer == Layer::User {
            self.check_held(key, section.rules(), property);
        }
        Ok(())
    }

    /// A login is to a session, whatever profile it is for.
    fn check_browser(&mut self, section: &Match, list: &[Property]) {
        let browser = list.iter().find(|property| property.key == "browser");
        if let Some(browser) = browser.filter(|_| section.rules().on != Subject::Session) {
            let what = "`browser` of a `[match]` section needs `on = session`".to_owned();
            self.warn(browser.line, what, "add `on = session` with a session's name".to_owned());
        }
    }

    /// Any word is a class, but one that is nearly `production` was meant to be it.
    fn check_class(&mut self, property: &Property) {
        let production = Class::Production.name();
        let other = property.value.ends_with(production);
        if !other && nearest(property.value, [production]).is_some() {
            let what = format!("the class `{}` is not `{production}`", property.value);
            self.warn(property.line, what, format!("did you mean `class = {production}`?"));
        }
    }

    /// Says where the system's file holds the key: for every target, or for those that one of its
    /// sections matches.
    fn check_held(&mut self, key: &Key<Rules>, wanted: &Rules, property: &Property) {
        if self.settings.holds(key, &Rules::default(), wanted) {
            return self.overruled(property);
        }
        let mut system = self.settings.matches.iter().filter(|section| section.is_systems());
        let holds = |section: &&Match| self.settings.holds(key, section.rules(), wanted);
        let Some(glob) = system.find(holds).map(|section| section.pattern().to_owned()) else {
            return;
        };
        self.ignored(
            property,
            &format!(" where `[match \"{glob}\"]` of the system's settings matches"),
            "the system's settings hold this key there, and you cannot loosen it",
            "remove the line, if it is meant for nothing else",
        );
    }

    fn overruled(&mut self, property: &Property) {
        let why = "the system's settings hold this key, and you cannot loosen it";
        self.ignored(property, "", why, "remove the line");
    }

    fn ignored(&mut self, property: &Property, place: &str, why: &str, fix: &str) {
        self.settings.overruled.push(Finding {
            kind: Kind::Overruled,
            path: self.path.to_owned(),
            line: property.line,
            what: format!("`{} = {}` is ignored{place}", property.key, property.value),
            why: why.to_owned(),
            fix: fix.to_owned(),
        });
    }

    fn unknown(&mut self, property: &Property, hint: String) {
        self.warn(property.line, format!("the setting `{}` is not known", property.key), hint);
    }

    fn warn(&mut self, line: usize, what: String, fix: String) {
        self.settings.warnings.push(Finding {
            kind: Kind::UnknownSetting,
            path: self.path.to_owned(),
            line,
            what,
            why: "it has no effect".to_owned(),
            fix,
        });
    }

    fn origin(&self, line: usize) -> Origin {
        Origin { layer: self.layer, path: self.path.to_owned(), line }
    }

    fn bad(&self, line: usize, what: &str) -> Error {
        Error::config(format!("{what} in `{}:{line}`", self.path.display()))
    }

    fn bad_value(&self, property: &Property) -> Error {
        let Property { key, value, line } = property;
        self.bad(*line, &format!("`{key} = {value}` is not a value"))
    }
}
