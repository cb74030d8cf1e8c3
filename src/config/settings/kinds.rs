//! Kinds of values: what is accepted, how it is shown, what completion offers.

use std::marker::PhantomData;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::domain::names::Region;
use crate::domain::prompt_format;
use crate::domain::region::is_region;
use crate::domain::region_list;
use crate::domain::words::{Color, Word, listed};

/// A value that completion offers, and its help line.
pub type Proposal = (&'static str, &'static str);

/// A kind of values.
pub trait Kind {
    type Value;

    /// The value that a text stands for, if it is one.
    fn read(text: &str) -> Option<Self::Value>;

    /// What to write, as it stands behind "write" in a hint.
    fn expected() -> String;

    /// The value as `settings list --json` shows it.
    fn json(value: &Self::Value) -> Json;

    fn proposals() -> Vec<Proposal> {
        Vec::new()
    }
}

/// A value, or none where the text is empty.
pub struct Optional<K>(PhantomData<K>);

impl<K: Kind> Kind for Optional<K> {
    type Value = Option<K::Value>;

    fn read(text: &str) -> Option<Self::Value> {
        if text.is_empty() { Some(None) } else { K::read(text).map(Some) }
    }

    fn expected() -> String {
        K::expected()
    }

    fn json(value: &Self::Value) -> Json {
        value.as_ref().map_or(Json::Null, K::json)
    }

    fn proposals() -> Vec<Proposal> {
        K::proposals()
    }
}

/// One word of a list.
pub struct OneOf<W>(PhantomData<W>);

impl<W: Word> Kind for OneOf<W> {
    type Value = W;

    fn read(text: &str) -> Option<W> {
        W::from_name(text)
    }

    fn expected() -> String {
        listed::<W>()
    }

    fn json(value: &W) -> Json {
        json!(value.name())
    }

    fn proposals() -> Vec<Proposal> {
        W::ALL.iter().map(|word| (word.name(), word.help())).collect()
    }
}

/// Any text.
pub struct Text;

impl Kind for Text {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn expected() -> String {
        "text".to_owned()
    }

    fn json(value: &String) -> Json {
        json!(value)
    }
}

/// A command with its arguments.
pub struct Command;

impl Kind for Command {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn expected() -> String {
        "a command".to_owned()
    }

    fn json(value: &String) -> Json {
        json!(value)
    }
}

/// A file, not below whatever the working directory is.
pub struct FilePath;

impl Kind for FilePath {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        let is_fixed = Path::new(text).is_absolute() || text.starts_with(['~', '$']);
        is_fixed.then(|| text.to_owned())
    }

    fn expected() -> String {
        "a path from `/`, `~` or a `$VARIABLE`".to_owned()
    }

    fn json(value: &String) -> Json {
        json!(value)
    }
}

/// The built-in list, which is `None`, or a command that lets a person choose.
pub struct Picker;

const BUILTIN: &str = "builtin";

impl Kind for Picker {
    type Value = Option<String>;

    fn read(text: &str) -> Option<Self::Value> {
        let is_command = shell_words::split(text).is_ok_and(|words| !words.is_empty());
        is_command.then(|| Some(text.to_owned()).filter(|text| text != BUILTIN))
    }

    fn expected() -> String {
        "`builtin`, `fzf`, or another command".to_owned()
    }

    fn json(value: &Self::Value) -> Json {
        json!(value.as_deref().unwrap_or(BUILTIN))
    }

    fn proposals() -> Vec<Proposal> {
        vec![(BUILTIN, "The list of ssoenv"), ("fzf", "The fuzzy finder, if it is installed")]
    }
}

/// Words with commas between them.
pub struct List;

impl Kind for List {
    type Value = Vec<String>;

    fn read(text: &str) -> Option<Vec<String>> {
        let words = text.split([',', ' ', '\t']).filter(|word| !word.is_empty());
        Some(words.map(str::to_owned).collect())
    }

    fn expected() -> String {
        "names with commas between them".to_owned()
    }

    fn json(value: &Vec<String>) -> Json {
        json!(value)
    }
}

/// A number of minutes.
pub struct Minutes;

impl Kind for Minutes {
    type Value = u32;

    fn read(text: &str) -> Option<u32> {
        let is_number = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok())?
    }

    fn expected() -> String {
        "a number of minutes from 0 to 9999".to_owned()
    }

    fn json(value: &u32) -> Json {
        json!(value)
    }
}

/// Yes or no.
pub struct Flag;

impl Kind for Flag {
    type Value = bool;

    fn read(text: &str) -> Option<bool> {
        match text {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    }

    fn expected() -> String {
        "`true`, `false`, `yes`, `no`".to_owned()
    }

    fn json(value: &bool) -> Json {
        json!(value)
    }

    fn proposals() -> Vec<Proposal> {
        vec![("true", ""), ("false", "")]
    }
}

/// What may be a Region; whether AWS can have it matters where it is needed.
pub struct RegionName;

impl Kind for RegionName {
    type Value = Region;

    fn read(text: &str) -> Option<Region> {
        is_region(text).then(|| Region::new(text))
    }

    fn expected() -> String {
        "a Region such as `eu-central-1`".to_owned()
    }

    fn json(value: &Region) -> Json {
        json!(value.as_ref())
    }

    fn proposals() -> Vec<Proposal> {
        region_list::known_regions().map(|region| (region, "")).collect()
    }
}

/// The text of the prompt segment, with fields in braces.
pub struct Template;

impl Kind for Template {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        prompt_format::has_known_fields(text).then(|| text.to_owned())
    }

    fn expected() -> String {
        format!("text with the fields {}", prompt_format::field_names())
    }

    fn json(value: &String) -> Json {
        json!(value)
    }
}

/// A color by name or number.
pub struct Shade;

impl Kind for Shade {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        let is_color = Color::from_name(text).is_some() || text.parse::<u8>().is_ok();
        is_color.then(|| text.to_owned())
    }

    fn expected() -> String {
        format!("{} or a number from 0 to 255", listed::<Color>())
    }

    fn json(value: &String) -> Json {
        json!(value)
    }

    fn proposals() -> Vec<Proposal> {
        OneOf::<Color>::proposals()
    }
}
