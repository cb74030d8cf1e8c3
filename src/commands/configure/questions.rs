//! The last questions of the wizard, behind any login: Region, output format, profile name.

use super::answers::Answers;
use super::ask::{self, Line};
use crate::commands::shared::checks;
use crate::commands::shared::{profile_name, region as regions};
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::names::ProfileName;
use crate::domain::profile::OUTPUT_FORMATS;
use crate::domain::region::is_region;
use crate::domain::region_list::known_regions;
use crate::domain::saved::Saved;
use crate::domain::switch::own_region;
use crate::domain::{Error, Result};
use crate::io::{self, App};

/// Questions behind the login, each with the flag that answers it.
const REGION: (&str, &str) = ("default client Region", "--region REGION");
const OUTPUT: (&str, &str) = ("CLI default output format", "--output FORMAT");
const PROFILE: (&str, &str) = ("profile name", "--profile NAME");

/// The Region of the profile; `fallback` is proposed where nothing else is usual.
pub fn region(
    app: &App,
    config: &Config,
    settings: &Settings,
    fallback: Option<&str>,
    answers: &mut Answers,
) -> Result<Option<String>> {
    let default = present(config, answers, "region")
        .or_else(|| usual_region(app, config, settings))
        .or_else(|| fallback.map(str::to_owned));
    let known = known_regions().map(str::to_owned).collect();
    let judge = checks::optional_region;
    let region = ask::optional(app, REGION, default, known, judge, &mut answers.region)?;
    if let Some(region) = &region {
        regions::warn_of_unknown(app, region);
    }
    Ok(region)
}

pub fn output(app: &App, config: &Config, answers: &mut Answers) -> Result<Option<String>> {
    let default = present(config, answers, "output");
    let known = OUTPUT_FORMATS.map(str::to_owned).to_vec();
    ask::optional(app, OUTPUT, default, known, checks::output, &mut answers.output)
}

/// What the profile that is to be changed has now.
fn present(config: &Config, answers: &Answers, key: &str) -> Option<String> {
    let values = config.values(answers.profile.as_deref()?)?;
    values.text(key).map(str::to_owned)
}

/// What is asked behind the login is judged before it where it is given. As in every step, an answer
/// that is refused is not kept for the next run: it is taken out before it is judged.
pub fn judge_the_last(config: &Config, answers: &mut Answers) -> Result<()> {
    let name: ask::Judge = checks::name;
    for ((text, flag), judge, slot) in [
        (REGION, checks::optional_region as ask::Judge, &mut answers.region),
        (OUTPUT, checks::output, &mut answers.output),
        (PROFILE, name, &mut answers.profile),
    ] {
        let Some(given) = slot.take() else { continue };
        // An existing profile keeps its name, whatever it is.
        if text != PROFILE.0 || !config.has_profile(&given) {
            ask::judged(text, flag, judge, &given)?;
        }
        *slot = Some(given);
    }
    Ok(())
}

/// The Region to propose: the setting, the user's own variable, or the one that most profiles have.
fn usual_region(app: &App, config: &Config, settings: &Settings) -> Option<String> {
    let set = settings.general.default_region.as_ref().map(ToString::to_string);
    let saved = Saved::capture(|name| app.env.get(name));
    let own = || own_region(&saved).map(str::to_owned);
    let usual = || {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for region in config.summaries().filter_map(|s| s.region).filter(|r| is_region(r)) {
            match counts.iter_mut().find(|(known, _)| *known == region) {
                Some((_, count)) => *count += 1,
                None => counts.push((region, 1)),
            }
        }
        counts.into_iter().max_by_key(|&(_, count)| count).map(|(region, _)| region.to_owned())
    };
    set.or_else(own).or_else(usual)
}

/// A name that is free, or whose profile the user lets be changed: one of the `same` profiles needs no
/// word. A profile that some variable names is none of these by itself.
pub fn profile(
    app: &App,
    config: &Config,
    (proposed, account): (&str, &str),
    same: &[ProfileName],
    answers: &mut Answers,
) -> Result<String> {
    let is_same = |name: &str| same.iter().any(|profile| profile.as_str() == name);
    let free = |name: &str| !config.has_profile(name) || is_same(name);
    let mut taken = config.names().map(|name| name.as_str().to_lowercase()).collect();
    let default = match same.first() {
        Some(same) => same.to_string(),
        None => profile_name::unique(proposed, account, &mut taken),
    };
    loop {
        let line = Line {
            text: PROFILE.0,
            flag: PROFILE.1,
            default: Some(default.clone()),
            help: None,
            suggestions: Vec::new(),
            judge: checks::name,
        };
        let name = match answers.profile.take() {
            // An existing profile keeps its name, whatever it is.
            Some(name) if config.has_profile(&name) => name,
            given => line.answer(app, given.as_deref())?,
        };
        let question = format!("The profile `{name}` is there already: change it?");
        if free(&name) || io::ask::confirm(app, &question, false)? {
            answers.profile = Some(name.clone());
            return Ok(name);
        }
        if !app.term.can_ask() {
            return Err(Error::failed(format!("the profile `{name}` is left as it is")));
        }
    }
}
