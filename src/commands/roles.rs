//! `roles`: the roles that a person has in every session.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;
use serde_json::json;

use super::shared::listing::{
    self, Listed, finish, list, listed_error, name_key, session_name, shown,
};
use super::shared::{Completes, table};
use crate::domain::called::called;
use crate::domain::label::sanitise;
use crate::domain::nearest::nearest;
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Result};
use crate::identity::accounts::{Entry, Wanted};
use crate::io::App;

/// List the roles that you may use
#[derive(Args, Clone, Debug)]
pub struct Words {
    /// Only this account, by ID or name
    #[arg(add = Completes::Account)]
    account: Option<String>,
    /// Where to look.
    #[command(flatten)]
    listing: listing::Flags,
}

/// Prints the roles of all sessions that are meant.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let wanted = words.account.as_deref().map_or(Wanted::Roles, Wanted::RolesOf);
    let listed = list(app, &words.listing, wanted)?;
    if words.listing.background {
        return Ok(0);
    }
    let mut rows: Vec<(&SsoSession, &Entry, &String)> = Vec::new();
    let chosen = match &words.account {
        Some(account) => Some(one_account(&listed, account)?),
        None => None,
    };
    for one in &listed {
        for account in &one.accounts.accounts {
            let wanted =
                chosen.is_none_or(|(session, id)| session == &one.session && id == account.id);
            if wanted {
                let roles = account.roles.iter().flatten();
                rows.extend(roles.map(|role| (&one.session, account, role)));
            }
        }
    }
    rows.sort_by_key(|(_, account, role)| (name_key(account), account.id.clone(), (*role).clone()));
    let documents = rows.iter().map(|(session, account, role)| {
        json!({
            "account_id": account.id,
            "account_name": account.name,
            "role": role,
            "sso_session": session_name(session),
        })
    });
    let lines = rows.iter().map(|(session, account, role)| {
        [&account.id, shown(account.name.as_deref()), role, session.label()].map(sanitise)
    });
    let titles = ["ACCOUNT", "NAME", "ROLE", "SESSION"];
    finish(
        app,
        &words.listing,
        words.account.as_deref(),
        "roles",
        listed_error(&listed),
        documents.collect(),
        || table::render(titles, lines),
    )
}

/// The one account that a person names.
fn one_account<'a>(listed: &'a [Listed], text: &str) -> Result<(&'a SsoSession, &'a str)> {
    let all = listed
        .iter()
        .flat_map(|one| one.accounts.accounts.iter().map(move |account| (&one.session, account)));
    let fitting = called(all, text, |(_, account)| account.names());
    match fitting[..] {
        [(session, account)] => Ok((session, &account.id)),
        [] => {
            let error = Error::denied(format!("there is no account `{text}` for you"));
            let accounts = || listed.iter().flat_map(|one| &one.accounts.accounts);
            let fitting = accounts().filter(|account| account.fits(text)).take(5);
            let mut near: Vec<_> = fitting
                .map(|account| format!("`{}`", account.name.as_ref().unwrap_or(&account.id)))
                .collect();
            if near.is_empty() {
                let words = accounts().flat_map(|a| a.name.iter().chain([&a.id]));
                near.extend(
                    nearest(text, words.map(String::as_str)).map(|word| format!("`{word}`")),
                );
            }
            Err(if near.is_empty() {
                error.hint("run `ssoenv accounts --refresh` to see your accounts")
            } else {
                error.hint(format!("did you mean {}?", near.join(" or ")))
            })
        }
        _ => {
            let list = fitting
                .iter()
                .map(|(session, account)| format!("`{}` in `{}`", account.id, session.label()));
            Err(Error::usage(format!("`{text}` is not one account"))
                .cause(format!("it may be {}", list.collect::<Vec<_>>().join(", ")))
                .hint("give the account's ID, or add `--sso-session NAME`"))
        }
    }
}
