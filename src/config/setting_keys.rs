//! Which settings there are, and what their values may be.

use glob::Pattern;

use crate::domain::active::Mode;
use crate::domain::names::{AccountId, Region};
use crate::domain::prompt_format::check_format;
use crate::domain::region::Naming;
use crate::domain::words::{Color, Flow, Storage, Subject, Word, listed};

/// Keys of `[ssoenv]`.
pub const GENERAL: [&str; 10] = [
    "mode",
    "prompt_format",
    "prompt_warn_minutes",
    "refresh_lead_minutes",
    "browser",
    "browser_command",
    "login_flow",
    "default_region",
    "picker",
    "storage",
];

/// Keys of `[match "GLOB"]`.
pub const MATCH: [&str; 6] = ["on", "class", "color", "confirm", "region", "mode"];

/// `picker`: ssoenv's own list, or one of the programs that are proposed; any command is taken.
pub const PICKERS: [&str; 2] = ["builtin", "fzf"];

/// Whether the value may be; `Err` says what is expected. Unknown keys are not judged.
pub fn check(key: &str, value: &str) -> Result<(), String> {
    match key {
        "mode" => one_of::<Mode>(value),
        "login_flow" => one_of::<Flow>(value),
        "picker" if !shell_words::split(value).is_ok_and(|words| !words.is_empty()) => {
            Err("`builtin`, `fzf`, or another command".to_owned())
        }
        "storage" => one_of::<Storage>(value),
        "prompt_warn_minutes" | "refresh_lead_minutes" => {
            let good = value.len() <= 4 && !value.is_empty();
            let good = good && value.bytes().all(|b| b.is_ascii_digit());
            if good { Ok(()) } else { Err("a number of minutes from 0 to 9999".to_owned()) }
        }
        "default_region" if !value.is_empty() => region(value),
        "prompt_format" => check_format(value),
        _ => Ok(()),
    }
}

/// The same for a `[match]` section; `Ok(false)` for an unknown key.
pub fn check_match(key: &str, value: &str) -> Result<bool, String> {
    match key {
        "on" => one_of::<Subject>(value)?,
        "mode" => check("mode", value)?,
        "confirm" if !["true", "false", "yes", "no"].contains(&value) => {
            return Err("`true`, `false`, `yes`, `no`".to_owned());
        }
        "region" => region(value)?,
        "color" if value.parse::<u8>().is_err() => {
            one_of::<Color>(value).map_err(|words| format!("{words} or a number from 0 to 255"))?;
        }
        "class" if value.is_empty() => return Err("a word such as `production`".to_owned()),
        "class" | "color" | "confirm" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// Minutes that were checked.
pub(super) fn minutes(value: &str) -> u32 {
    value.parse().unwrap_or_default()
}

/// The GLOB of `match "GLOB"`.
pub(super) fn glob_of(section: &str) -> Option<&str> {
    let rest = section.strip_prefix("match")?;
    let glob = rest.trim_start();
    if glob.len() == rest.len() && !glob.starts_with('"') {
        return None;
    }
    let bare = glob.strip_prefix('"').and_then(|glob| glob.strip_suffix('"'));
    Some(bare.unwrap_or(glob)).filter(|glob| !glob.is_empty())
}

fn one_of<W: Word>(value: &str) -> Result<(), String> {
    W::from_name(value).map(drop).ok_or_else(listed::<W>)
}

fn region(value: &str) -> Result<(), String> {
    match Naming::of(value) {
        Naming::Wrong(None) => Err("a Region such as `eu-central-1`".to_owned()),
        Naming::Wrong(Some(near)) => Err(format!("a Region such as `{near}`")),
        Naming::Known | Naming::Unknown(_) | Naming::Foreign => Ok(()),
    }
}

/// A `[match "GLOB"]` section.
#[derive(Clone, Debug)]
pub struct Match {
    pattern: Pattern,
    on: Subject,
    class: Option<String>,
    color: Option<String>,
    confirm: Option<bool>,
    region: Option<Region>,
    mode: Option<Mode>,
}

/// What all fitting `[match]` sections say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchResult {
    /// Class of the environment, such as `production`.
    pub class: Option<String>,
    /// Colour of the prompt segment: a name of [`Color`] or a number.
    pub color: Option<String>,
    /// Whether a person must agree before `use`.
    pub confirm: bool,
    /// Region where the profile has none.
    pub region: Option<Region>,
    /// What `use` exports.
    pub mode: Option<Mode>,
}

impl Match {
    pub(super) fn new(glob: &str) -> Result<Self, glob::PatternError> {
        Ok(Self {
            pattern: Pattern::new(glob)?,
            on: Subject::Profile,
            class: None,
            color: None,
            confirm: None,
            region: None,
            mode: None,
        })
    }

    /// Takes a value that was checked.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        match key {
            "on" => self.on = Subject::from_name(value).unwrap_or_default(),
            "class" => self.class = Some(value.to_owned()),
            "color" => self.color = Some(value.to_owned()),
            "confirm" => self.confirm = Some(matches!(value, "true" | "yes")),
            "region" => self.region = Some(Region::new(value)),
            "mode" => self.mode = Mode::from_name(value),
            _ => {}
        }
    }

    /// What the section says: the pattern first, under `match`.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let text = |key, value: Option<&str>| value.map(|value| (key, value.to_owned()));
        [
            text("match", Some(self.pattern.as_str())),
            text("on", Some(self.on.name())),
            text("class", self.class.as_deref()),
            text("color", self.color.as_deref()),
            text("confirm", self.confirm.map(|confirm| if confirm { "true" } else { "false" })),
            text("region", self.region.as_ref().map(AsRef::as_ref)),
            text("mode", self.mode.map(Mode::name)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    pub(super) fn fits(
        &self,
        profile: Option<&str>,
        account_id: Option<&str>,
        account_name: Option<&str>,
        role: Option<&str>,
    ) -> bool {
        let fits = |text: Option<&str>| text.is_some_and(|text| self.pattern.matches(text));
        match self.on {
            Subject::Profile => fits(profile),
            Subject::Account => {
                fits(account_id.filter(|id| AccountId::is_valid(id))) || fits(account_name)
            }
            Subject::Role => fits(role),
        }
    }

    pub(super) fn apply(&self, result: &mut MatchResult) {
        if self.class.is_some() {
            result.class.clone_from(&self.class);
        }
        if self.color.is_some() {
            result.color.clone_from(&self.color);
        }
        if self.region.is_some() {
            result.region.clone_from(&self.region);
        }
        result.confirm = self.confirm.unwrap_or(result.confirm);
        result.mode = self.mode.or(result.mode);
    }
}
