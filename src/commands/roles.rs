//! `roles`: the roles that a person has in every session.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;
use serde_json::json;

use super::shared::listing::{
    self, Listed, finish, list, listed_error, name_key, no_account, session_name, shown,
};
use super::shared::{Completes, table};
use crate::domain::called::called;
use crate::domain::label::sanitize;
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Result};
use crate::identity::accounts::{Entry, Wanted};
use crate::io::App;

/// List the roles that you may use
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv roles                List the roles in every account
  ssoenv roles 111122223333   List the roles in one account
  ssoenv roles --json         Print them for scripts")]
pub struct Words {
    /// Only accounts of this ID or name, or whose ID and name contain these words
    #[arg(value_name = "WORD", add = Completes::Account)]
    words: Vec<String>,
    /// Where to look.
    #[command(flatten)]
    listing: listing::Flags,
}

/// Prints the roles of all sessions that are meant.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let text = words.words.join(" ");
    let wanted = if text.is_empty() { Wanted::Roles } else { Wanted::RolesOf(&text) };
    let listed = list(app, &words.listing, wanted)?;
    if words.listing.background {
        return Ok(0);
    }
    let mut rows: Vec<(&SsoSession, &Entry, &String)> = Vec::new();
    for (session, account) in meant(&listed, &text)? {
        rows.extend(account.roles.iter().flatten().map(|role| (session, account, role)));
    }
    if rows.is_empty() && !text.is_empty() && listed_error(&listed).is_none() {
        return Err(no_account(&listed, &words.words, |account| {
            account.texts().into_iter().take(2)
        }));
    }
    rows.sort_by_cached_key(|(_, account, role)| {
        (name_key(account), account.id.clone(), (*role).clone())
    });
    let documents = rows.iter().map(|(session, account, role)| {
        json!({
            "account_id": account.id,
            "account_name": account.name,
            "role": role,
            "sso_session": session_name(session),
        })
    });
    let lines = rows.iter().map(|(session, account, role)| {
        [&account.id, shown(account.name.as_deref()), role, session.label()].map(sanitize)
    });
    let titles = ["ACCOUNT", "NAME", "ROLE", "SESSION"];
    finish(app, &words.listing, "roles", listed_error(&listed), documents, || {
        table::render(titles, lines)
    })
}

/// The accounts that words mean, of all sessions; one that is called so exactly counts alone.
fn meant<'a>(listed: &'a [Listed], words: &str) -> Result<Vec<(&'a SsoSession, &'a Entry)>> {
    let meant = |one: &'a Listed| {
        one.accounts.meant(words).into_iter().map(move |account| (&one.session, account))
    };
    let found: Vec<_> = listed.iter().flat_map(meant).collect();
    let exact = called(found.iter().copied(), words, |(_, account)| account.names());
    match exact[..] {
        [] => Ok(found),
        [one] => Ok(vec![one]),
        _ => {
            let list = exact
                .iter()
                .map(|(session, account)| format!("`{}` in `{}`", account.id, session.label()));
            Err(Error::usage(format!("`{words}` is not one account"))
                .cause(format!("it may be {}", list.collect::<Vec<_>>().join(", ")))
                .hint("give the account's ID, or add `--sso-session NAME`"))
        }
    }
}
