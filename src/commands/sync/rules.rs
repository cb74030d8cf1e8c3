//! What `sync` writes for which role: patterns, Regions and formats of the command line.

use super::block::Keys;
use super::words::Words;
use crate::commands::shared::checks;
use crate::commands::shared::profile_name::{Fields, Template};
use crate::config::settings::Settings;
use crate::domain::name_pattern::NamePattern;
use crate::domain::{Error, Result};
use crate::identity::accounts::Accounts;

/// A value, and the roles that it is for: all of them without a pattern.
type Rule = (Option<NamePattern>, String);

fn fits((pattern, _): &Rule, role: &Granted) -> bool {
    pattern.as_ref().is_none_or(|pattern| role.fits(pattern))
}

/// Words that were read.
pub struct Rules {
    /// How profiles are named.
    pub template: Template,
    include: Vec<NamePattern>,
    exclude: Vec<NamePattern>,
    /// `--region`, in order.
    pub region: Vec<Rule>,
    /// `--output`, in order.
    pub output: Vec<Rule>,
    default_region: Option<String>,
}

/// An account and role of the portal.
#[derive(Clone, Copy)]
pub struct Granted<'a> {
    /// Twelve digits.
    pub account_id: &'a str,
    account_name: &'a str,
    email: &'a str,
    pub role: &'a str,
}

/// Every role of every account, in the order of the portal.
pub fn granted(accounts: &Accounts) -> Vec<Granted<'_>> {
    let accounts = accounts.accounts.iter();
    accounts
        .flat_map(|account| {
            account.roles.iter().flatten().filter(|role| is_writable(role)).map(|role| Granted {
                account_id: &account.id,
                account_name: account.name.as_deref().unwrap_or_default(),
                email: account.email.as_deref().unwrap_or_default(),
                role,
            })
        })
        .collect()
}

/// Whether a role's name comes back from the file as it is. AWS gives no others.
fn is_writable(role: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let is_writable = !role.is_empty() && role.chars().all(good);
    if !is_writable {
        log::info!("left out: the role {role:?} has a name that no file can hold");
    }
    is_writable
}

impl<'a> Granted<'a> {
    /// What its name is made of.
    pub fn fields(&self, session: &'a str) -> Fields<'a> {
        Fields {
            account_name: self.account_name,
            account_id: self.account_id,
            role: self.role,
            session,
            email: self.email,
        }
    }

    /// Whether a pattern fits the account's name or ID, the role, or `ACCOUNT/ROLE`.
    fn fits(&self, pattern: &NamePattern) -> bool {
        let both = |account: &str| pattern.matches(&format!("{account}/{}", self.role));
        [self.account_name, self.account_id, self.role].iter().any(|text| pattern.matches(text))
            || both(self.account_name)
            || both(self.account_id)
    }
}

impl Rules {
    /// Reads the command line.
    pub fn read(words: &Words, settings: &Settings) -> Result<Self> {
        let template = words.template.as_deref().map(Template::parse).transpose()?;
        Ok(Self {
            template: template.unwrap_or_default(),
            include: patterns(&words.include)?,
            exclude: patterns(&words.exclude)?,
            region: values(&words.region, "--region", checks::region)?,
            output: values(&words.output, "--output", checks::output)?,
            default_region: settings.general.default_region.as_ref().map(ToString::to_string),
        })
    }

    /// Whether the role is to have a profile.
    pub fn wants(&self, role: &Granted) -> bool {
        let fits = |patterns: &[NamePattern]| patterns.iter().any(|pattern| role.fits(pattern));
        (self.include.is_empty() || fits(&self.include)) && !fits(&self.exclude)
    }

    /// Filters and rules that do nothing, and why.
    pub fn idle(&self, granted: &[Granted]) -> Vec<String> {
        let mut idle = Vec::new();
        for (flag, patterns) in [("--include", &self.include), ("--exclude", &self.exclude)] {
            for pattern in patterns {
                if !granted.iter().any(|role| role.fits(pattern)) {
                    idle.push(format!("`{flag} {pattern}` matches no account or role"));
                }
            }
        }
        for (flag, rules) in [("--region", &self.region), ("--output", &self.output)] {
            for (at, rule) in rules.iter().enumerate() {
                let (pattern, value) = rule;
                let shown = pattern.as_ref().map_or_else(String::new, |glob| format!("{glob}="));
                let mut fitting = granted.iter().filter(|role| fits(rule, role)).peekable();
                let later = &rules[at + 1..];
                let why = if fitting.peek().is_none() {
                    "matches no account or role"
                } else if fitting.all(|role| later.iter().any(|rule| fits(rule, role))) {
                    "has no effect: the last rule that matches a role counts"
                } else {
                    continue;
                };
                idle.push(format!("`{flag} {shown}{value}` {why}"));
            }
        }
        idle
    }

    /// What its profile says.
    pub fn keys(&self, role: &Granted, session: &str) -> Keys {
        let chosen =
            |rules: &[Rule]| rules.iter().rfind(|rule| fits(rule, role)).map(|(_, v)| v.clone());
        let region = chosen(&self.region).or_else(|| self.default_region.clone());
        let keys = [
            ("sso_session", Some(session.to_owned())),
            ("sso_account_id", Some(role.account_id.to_owned())),
            ("sso_role_name", Some(role.role.to_owned())),
            ("region", region),
            ("output", chosen(&self.output)),
        ];
        keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }
}

fn patterns(globs: &[String]) -> Result<Vec<NamePattern>> {
    globs.iter().map(|glob| pattern(glob)).collect()
}

fn pattern(glob: &str) -> Result<NamePattern> {
    NamePattern::new(glob).map_err(|error| {
        Error::usage(format!("pattern `{glob}` is not valid"))
            .cause(error)
            .hint("use `*` and `?`, and `[…]` for one of several characters")
    })
}

/// `VALUE`, or `GLOB=VALUE` for some; the last that fits counts.
fn values(list: &[String], flag: &str, judge: fn(&str) -> checks::Judged<()>) -> Result<Vec<Rule>> {
    let read = |text: &String| {
        let (glob, value) = match text.rsplit_once('=') {
            Some((glob, value)) => (Some(pattern(glob)?), value),
            None => (None, text.as_str()),
        };
        judge(value).map_err(|why| {
            Error::usage(format!("`{flag} {text}` cannot be used"))
                .cause(why)
                .hint(format!("pass `{flag} VALUE` or `{flag} GLOB=VALUE`"))
        })?;
        Ok((glob, value.to_owned()))
    };
    list.iter().map(read).collect()
}
