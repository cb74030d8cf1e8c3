//! `list`: every profile of the AWS files.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::borrow::Cow;

use clap::Args;
use serde::Serialize;

use crate::config::index::{self, AccountNames, Index};
use crate::config::{Config, Summary, select_profile};
use crate::domain::active::Active;
use crate::domain::label::clean;
use crate::domain::parts::Parts;
use crate::domain::{Error, Result};
use crate::identity::accounts;
use crate::io::App;

use super::shared::sought::nothing_fits;
use super::shared::{Completes, table};

/// List the profiles
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv list            List every profile
  ssoenv list pay prod   List profiles that match `pay` and `prod`
  ssoenv list --json     The same for scripts")]
pub struct Words {
    /// Only profiles whose name, account and role contain these words
    #[arg(value_name = "WORD", add = Completes::Word)]
    words: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// One profile as `--json` has it.
#[derive(Debug, Serialize)]
struct Row<'a> {
    profile: &'a str,
    account_id: Option<&'a str>,
    account_name: Option<&'a str>,
    role: Option<&'a str>,
    region: Option<&'a str>,
    sso_session: Option<&'a str>,
    source: &'a str,
    active: bool,
}

impl Row<'_> {
    /// The names that it is found by.
    fn names(&self) -> [&str; 4] {
        let names = [Some(self.profile), self.account_name, self.account_id, self.role];
        names.map(Option::unwrap_or_default)
    }
}

/// Prints the profiles.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let names = accounts::names(app);
    let active = active_profile(app);
    if let Some(text) = index::open(app, &names.stamps).and_then(Index::read)
        && let Some(rows) = index::rows(&text)
    {
        let rows = rows.iter().map(|row| indexed(row, active.as_deref())).collect();
        return print(app, words, rows);
    }
    let config = Config::load(app)?;
    let rows = config.summaries().map(|summary| row(&summary, &names, active.as_deref())).collect();
    print(app, words, rows)?;
    index::write(app, &config, &names);
    Ok(0)
}

fn print(app: &App, words: &Words, mut rows: Vec<Row>) -> Result<u8> {
    if !words.words.is_empty() {
        let parts = Parts::of(&words.words);
        let (fitting, others): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| parts.fit(row.names()));
        if fitting.is_empty() {
            let near = parts.nearest(others.iter().flat_map(Row::names));
            return Err(nothing_fits("profile", &words.words, near));
        }
        rows = fitting;
    }
    if words.json {
        // Not by way of `json!`: that would copy every row into a tree first.
        let document = serde_json::to_string(&rows)
            .map_err(|error| Error::failed("the list cannot be written").cause(error))?;
        app.term.out_json(&document)?;
    } else if rows.is_empty() {
        app.term.say("there are no profiles");
        app.term.hint("run `ssoenv configure`");
    } else {
        app.term.out(&table(&rows))?;
    }
    Ok(0)
}

fn row<'a>(summary: &Summary<'a>, names: &'a AccountNames, active: Option<&str>) -> Row<'a> {
    Row {
        profile: summary.profile.as_str(),
        account_id: summary.account_id,
        account_name: summary.account_id.and_then(|id| names.get(id)),
        role: summary.role,
        region: summary.region,
        sso_session: summary.session,
        source: summary.source,
        active: active == Some(summary.profile.as_str()),
    }
}

/// The same from the index, where absent values are empty.
fn indexed<'a>(row: &index::Row<'a>, active: Option<&str>) -> Row<'a> {
    let known = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    Row {
        profile: row.name,
        account_id: known(row.account_id),
        account_name: known(row.account_name),
        role: known(row.role),
        region: known(row.region),
        sso_session: known(row.session),
        source: row.source,
        active: active == Some(row.name),
    }
}

/// The profile that this shell uses: that of `use` as long as it is in force, else the one that
/// the AWS variables name.
fn active_profile(app: &App) -> Option<String> {
    let get = |name: &str| app.env.get(name);
    match Active::read(get) {
        Some(active) if !active.is_shadowed(get) => active.profile.map(|name| name.to_string()),
        _ => select_profile(&app.env, None).map(|name| name.to_string()),
    }
}

const TITLES: [&str; 6] = ["  PROFILE", "ACCOUNT", "NAME", "ROLE", "REGION", "SOURCE"];

/// Aligned columns; what comes from files and portals is made fit for a terminal.
fn table(rows: &[Row]) -> String {
    table::render(
        TITLES,
        rows.iter().map(|row| {
            let mark = if row.active { "* " } else { "  " };
            [
                Cow::Owned(format!("{mark}{}", clean(row.profile))),
                clean(row.account_id.unwrap_or("-")),
                clean(row.account_name.unwrap_or("-")),
                clean(row.role.unwrap_or("-")),
                clean(row.region.unwrap_or("-")),
                Cow::Borrowed(row.source),
            ]
        }),
    )
}
