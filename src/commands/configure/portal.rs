//! What the portal assigns to the person, behind a login.

use std::cell::RefCell;

use crate::config::Config;
use crate::domain::Result;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::token::AccessToken;
use crate::identity::LoginPolicy;
use crate::identity::accounts::{self, Asked, Wanted};
use crate::identity::instance::region::{self, Discovered};
use crate::identity::session::access::{self, Unwanted};
use crate::identity::session::refresh;
use crate::identity::sources::sso;
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::portal::{Page, Portal, all_pages};
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::Attempts;
use crate::io::App;
use crate::io::http::HttpSettings;

/// A session that was logged in to.
pub struct Assigned<'a> {
    app: &'a App,
    session: &'a SsoSession,
    connection: &'a Connection,
    policy: &'a LoginPolicy,
    token: RefCell<AccessToken>,
}

impl<'a> Assigned<'a> {
    /// Logs in, unless there is a token that is good.
    pub fn log_in(
        app: &'a App,
        session: &'a SsoSession,
        connection: &'a Connection,
        policy: &'a LoginPolicy,
    ) -> Result<Self> {
        let (token, _) = access::ensure(app, session, connection, policy, None)?;
        Ok(Self { app, session, connection, policy, token: RefCell::new(token) })
    }

    /// The session's name.
    pub fn label(&self) -> &str {
        self.session.label()
    }

    /// All accounts with their names, ordered by name; they are remembered for lists and prompts.
    pub fn accounts(&self) -> Result<Vec<(AccountId, Option<String>)>> {
        let asked = Asked {
            session: self.session,
            connection: self.connection,
            policy: self.policy,
            profile: None,
            refresh: true,
        };
        let (directory, failed) = accounts::list(self.app, Wanted::Accounts, asked);
        if let Some(error) = failed {
            return Err(error);
        }
        let mut accounts = directory.accounts;
        accounts.sort_by_key(|account| account.name.as_deref().map(str::to_lowercase));
        Ok(accounts.into_iter().map(|account| (account.id.into(), account.name)).collect())
    }

    /// The roles of an account, ordered by name.
    pub fn roles(&self, account: &AccountId) -> Result<Vec<RoleName>> {
        let mut roles =
            self.pages(&async |portal: &Portal<'_>, token: &AccessToken, next: Option<&str>| {
                portal.list_account_roles(&token.access_token, account, next).await
            })?;
        roles.sort();
        Ok(roles)
    }

    /// All pages of a listing. A token that is refused is renewed once, then a person is asked.
    fn pages<T>(
        &self,
        page: &impl AsyncFn(&Portal<'_>, &AccessToken, Option<&str>) -> CallResult<Page<T>>,
    ) -> Result<Vec<T>> {
        for refresh in [true, false] {
            match self.all(page)? {
                Err(Failure::Service(error)) if sso::is_unauthorized(&error) => {
                    let token = self.token.borrow().clone();
                    let unwanted = Some(Unwanted { token: &token, refresh });
                    let renewed = access::obtain(
                        self.app,
                        self.session,
                        self.connection,
                        self.policy,
                        None,
                        unwanted,
                    );
                    *self.token.borrow_mut() = renewed.map_err(|e| e.cause(error.describe()))?.0;
                }
                rows => return rows.map_err(Failure::into_error),
            }
        }
        self.all(page)?.map_err(Failure::into_error)
    }

    fn all<T>(
        &self,
        page: &impl AsyncFn(&Portal<'_>, &AccessToken, Option<&str>) -> CallResult<Page<T>>,
    ) -> Result<CallResult<Vec<T>>> {
        let token = self.token.borrow().clone();
        let net = self.app.net(&HttpSettings { ca_bundle: self.connection.ca_bundle.clone() })?;
        let region = refresh::region(self.session, &token);
        let portal = Portal {
            http: &net.http,
            endpoint: endpoint::base(&self.app.env, self.connection, Service::Portal, region)?,
            attempts: Attempts::new(&self.app.env),
        };
        let (portal, token) = (&portal, &token);
        let page = |next: Option<String>| async move { page(portal, token, next.as_deref()).await };
        net.run(async { Ok(all_pages(page).await) })
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
