//! `accounts`: the accounts that a person has in every session.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;
use serde_json::json;

use super::shared::listing::{
    self, finish, list, listed_error, name_key, no_account, session_name, shown,
};
use super::shared::{Completes, table};
use crate::domain::Result;
use crate::domain::label::sanitize;
use crate::domain::parts::Parts;
use crate::domain::profile::SsoSession;
use crate::identity::accounts::{Entry, Wanted};
use crate::io::App;

/// List the accounts that you may use
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv accounts                    List every account
  ssoenv accounts 1111               List accounts that match `1111`
  ssoenv accounts --refresh --json   Ask the service, print JSON")]
pub struct Words {
    /// Only accounts whose name, ID or e-mail contain these words
    #[arg(value_name = "WORD", add = Completes::Account)]
    words: Vec<String>,
    /// Where to look.
    #[command(flatten)]
    listing: listing::Flags,
}

/// Prints the accounts of all sessions that are meant.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let listed = list(app, &words.listing, Wanted::Accounts)?;
    let parts = Parts::of(&words.words);
    let mut rows: Vec<(&SsoSession, &Entry)> = Vec::new();
    for one in &listed {
        let fitting = one.accounts.accounts.iter().filter(|account| parts.fit(account.texts()));
        rows.extend(fitting.map(|account| (&one.session, account)));
    }
    if rows.is_empty() && !words.words.is_empty() && listed_error(&listed).is_none() {
        return Err(no_account(&listed, &words.words, Entry::texts));
    }
    rows.sort_by_key(|(_, account)| (name_key(account), account.id.clone()));
    let documents = rows.iter().map(|(session, account)| {
        json!({
            "account_id": account.id,
            "account_name": account.name,
            "email": account.email,
            "sso_session": session_name(session),
        })
    });
    let lines = rows.iter().map(|(session, account)| {
        [
            &account.id,
            shown(account.name.as_deref()),
            shown(account.email.as_deref()),
            session.label(),
        ]
        .map(sanitize)
    });
    let titles = ["ACCOUNT", "NAME", "E-MAIL", "SESSION"];
    finish(app, &words.listing, "accounts", listed_error(&listed), documents, || {
        table::render(titles, lines)
    })
}
