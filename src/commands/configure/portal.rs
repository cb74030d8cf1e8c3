//! What the portal assigns to the person, behind a login.

use crate::commands::shared::after_login;
use crate::config::Config;
use crate::domain::Result;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::profile::Connection;
use crate::identity::accounts::Wanted;
use crate::identity::instance::region::{self, Discovered};
use crate::identity::session::authorized::Authorized;
use crate::identity::session::request::SessionRequest;
use crate::identity::wire::portal::all_pages;
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::Attempts;
use crate::io::App;

/// A session that was logged in to.
pub struct Assigned<'a> {
    app: &'a App,
    request: SessionRequest<'a>,
    portal: Authorized<'a>,
}

impl<'a> Assigned<'a> {
    /// Logs in, unless there is a token that is good.
    pub fn log_in(app: &'a App, request: SessionRequest<'a>) -> Result<Self> {
        let obtained = after_login::token(app, request)?;
        Ok(Self { app, request, portal: Authorized::new(app, request, obtained) })
    }

    /// The session's name.
    pub fn label(&self) -> &str {
        self.request.session.label()
    }

    /// All accounts with their names, ordered by name; they are remembered for lists and prompts.
    pub fn accounts(&self) -> Result<Vec<(AccountId, Option<String>)>> {
        let (listed, failed) =
            after_login::accounts(self.app, Wanted::Accounts, self.request, true);
        if let Some(error) = failed {
            return Err(error);
        }
        let mut accounts = listed.accounts;
        accounts.sort_by_key(|account| account.name.as_deref().map(str::to_lowercase));
        Ok(accounts.into_iter().map(|account| (account.id.into(), account.name)).collect())
    }

    /// The roles of an account, ordered by name.
    pub fn roles(&mut self, account: &AccountId) -> Result<Vec<RoleName>> {
        let attempts = Attempts::new(&self.app.env, self.request.connection);
        let roles = self.portal.call(attempts, &async |portal, token| {
            all_pages(async |next: Option<String>| {
                portal.list_account_roles(token, account, next.as_deref()).await
            })
            .await
        })?;
        let mut roles = roles.map_err(Failure::into_error)?;
        roles.sort();
        Ok(roles)
    }
}

/// The Region of the instance, found from the start URL; `None` where it has to be asked of the
/// person.
pub fn find_region(
    app: &App,
    config: &Config,
    connection: &Connection,
    start_url: &str,
) -> Result<Option<String>> {
    let likely = region::likely(app, config);
    let found = region::discover(app, connection, start_url, &likely)?;
    if found == Discovered::Nowhere {
        app.term.warn(&format!("no Region knows the start URL {start_url}: is it right?"));
    }
    Ok(found.region().map(ToString::to_string))
}
