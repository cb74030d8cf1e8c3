//! What a key of the settings file is, and the macro that makes a table of them.

use serde_json::Value as Json;

use super::kinds::Proposal;
use crate::domain::nearest::nearest;

#[derive(Debug)]
/// One key, with all that ssoenv knows about it; `S` is the struct that has it as a field.
pub struct Key<S: 'static> {
    pub name: &'static str,
    /// One line for completion and documentation.
    pub help: &'static str,
    /// Sets the field from text; `Err` says what is expected.
    pub set: fn(&mut S, &str) -> Result<(), String>,
    /// The field as `settings list --json` shows it.
    pub json: fn(&S) -> Json,
    /// What a value looks like.
    pub expected: fn() -> String,
    /// What completion offers.
    pub proposals: fn() -> Vec<Proposal>,
    /// Who may set it.
    pub scope: Scope<S>,
}

/// Who may set a key.
#[derive(Debug)]
pub enum Scope<S: 'static> {
    /// The user, unless the system's file locks it.
    Free,
    /// The user, but not away from the strict value where the system's file has it.
    Strict(fn(&S) -> bool),
    /// The system's file alone.
    System,
}

impl<S> Key<S> {
    /// Whether the system's value stays where a user wants another one. What is stricter is always
    /// allowed.
    pub fn is_held(&self, is_locked: bool, system: &S, wanted: &S) -> bool {
        match self.scope {
            Scope::Strict(is_strict) if is_strict(wanted) => false,
            Scope::Strict(is_strict) if is_strict(system) => true,
            _ => is_locked && self.text(system) != self.text(wanted),
        }
    }

    /// Whether it has an effect in the system's file alone.
    pub fn is_systems(&self) -> bool {
        matches!(self.scope, Scope::System)
    }

    /// The field as text; empty where nothing is set.
    pub fn text(&self, values: &S) -> String {
        match (self.json)(values) {
            Json::Null => String::new(),
            Json::String(text) => text,
            Json::Array(words) => {
                words.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        }
    }
}

/// The key of that name; `Err` is a hint.
pub fn find<S>(keys: &'static [Key<S>], name: &str) -> Result<&'static Key<S>, String> {
    if let Some(key) = keys.iter().find(|key| key.name == name) {
        return Ok(key);
    }
    Err(match nearest(name, keys.iter().map(|key| key.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "run `ssoenv settings list` to see all".to_owned(),
    })
}

/// Makes the struct of a section and the table of its keys: `name: Kind = default, "help line";`,
/// with a [`Scope`] behind the help line where not everybody may set it.
macro_rules! keys {
    (
        $(#[$meta:meta])*
        $vis:vis struct $section:ident {
            $($name:ident: $kind:ty = $default:expr, $help:literal $(, $scope:expr)?;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis struct $section {
            $(#[doc = $help] pub $name: <$kind as Kind>::Value,)+
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl $section {
            /// Every key, in the order in which they are shown.
            pub const KEYS: &'static [Key<Self>] = &[$(Key {
                name: stringify!($name),
                help: $help,
                set: |section, text| {
                    let value = <$kind as Kind>::read(text);
                    section.$name = value.ok_or_else(<$kind as Kind>::expected)?;
                    Ok(())
                },
                json: |section| <$kind as Kind>::json(&section.$name),
                expected: <$kind as Kind>::expected,
                proposals: <$kind as Kind>::proposals,
                scope: key::scope!($($scope)?),
            },)+];
        }
    };
}

/// The scope of a key, which is free where nothing is said.
macro_rules! scope {
    () => {
        Scope::Free
    };
    ($scope:expr) => {
        $scope
    };
}

pub(super) use {keys, scope};
