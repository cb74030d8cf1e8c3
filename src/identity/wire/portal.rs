//! The access portal: accounts, roles, credentials of roles, logout. Bearer token in a header.

use std::collections::HashSet;

use serde_json::Value;

use crate::domain::Result;
use crate::domain::credentials::Credentials;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::percent;
use crate::domain::profile::Connection;
use crate::domain::secret::Secret;
use crate::identity::wire::answer::{is_credential, moment};
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::json::object;
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::{self, Attempts, Rule};
use crate::io::env::Env;
use crate::io::http::{Http, Method, Request, Response};

/// The most rows that a page may have.
const MAX_RESULT: u32 = 100;

/// A client for one portal endpoint.
#[derive(Clone, Debug)]
pub struct Portal<'a> {
    /// The HTTP client.
    pub http: &'a Http,
    /// Base URL without a slash at the end.
    pub endpoint: String,
    /// How often a call is tried.
    pub attempts: Attempts,
}

/// A row of `ListAccounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// May be missing.
    pub name: Option<String>,
    /// May be missing.
    pub email: Option<String>,
}

/// Rows, and the way to the next ones.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// In the service's order.
    pub rows: Vec<T>,
    /// `None` on the last page.
    pub next: Option<String>,
}

/// All rows of a list, page by page. A service that hands out a page for the second time would keep
/// everybody busy for ever: that is a failure, and so nobody takes a part for the whole.
pub async fn all_pages<T, Asked: Future<Output = CallResult<Page<T>>>>(
    page: impl Fn(Option<String>) -> Asked,
) -> CallResult<Vec<T>> {
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    let mut next = None;
    loop {
        let got = page(next).await?;
        rows.extend(got.rows);
        match got.next {
            None => return Ok(rows),
            Some(token) if seen.insert(token.clone()) => next = Some(token),
            Some(_) => return Err(Failure::Repeating),
        }
    }
}

impl<'a> Portal<'a> {
    /// A client for the Region's endpoint.
    pub fn new(
        env: &Env,
        http: &'a Http,
        connection: &Connection,
        region: &str,
        attempts: Attempts,
    ) -> Result<Self> {
        let endpoint = endpoint::base(env, connection, Service::Portal, region)?;
        Ok(Self { http, endpoint, attempts })
    }
}

impl Portal<'_> {
    /// `GetRoleCredentials`.
    pub async fn get_role_credentials(
        &self,
        token: &Secret,
        account: &AccountId,
        role: &RoleName,
    ) -> CallResult<Credentials> {
        let operation = "GetRoleCredentials";
        let path = format!(
            "/federation/credentials?role_name={}&account_id={}",
            percent::component(role.as_str()),
            percent::component(account.as_str())
        );
        let answer = self.get(&path, operation, token).await?;
        credentials_of(&answer.body, account).ok_or_else(|| self.foreign(operation, &answer))
    }

    /// One page of `ListAccounts`.
    pub async fn list_accounts(
        &self,
        token: &Secret,
        next: Option<&str>,
    ) -> CallResult<Page<Account>> {
        let operation = "ListAccounts";
        let path = format!("/assignment/accounts?max_result={MAX_RESULT}{}", next_token(next));
        let answer = self.get(&path, operation, token).await?;
        accounts_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
    }

    /// One page of `ListAccountRoles`.
    pub async fn list_account_roles(
        &self,
        token: &Secret,
        account: &AccountId,
        next: Option<&str>,
    ) -> CallResult<Page<RoleName>> {
        let operation = "ListAccountRoles";
        let path = format!(
            "/assignment/roles?account_id={}&max_result={MAX_RESULT}{}",
            percent::component(account.as_str()),
            next_token(next)
        );
        let answer = self.get(&path, operation, token).await?;
        roles_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
    }

    /// `Logout`.
    pub async fn logout(&self, token: &Secret) -> CallResult<()> {
        let request = Request::new(Method::Post, format!("{}/logout", self.endpoint))
            .header("x-amz-sso_bearer_token", token.expose())
            .body("");
        let operation = "Logout";
        let answer =
            retry::call(self.http, self.attempts, operation, Rule::Idempotent, request).await?;
        // It has no words for a success: a page has another sender.
        let nothing =
            answer.body.is_empty() || serde_json::from_slice::<Value>(&answer.body).is_ok();
        if nothing { Ok(()) } else { Err(self.foreign(operation, &answer)) }
    }

    async fn get(
        &self,
        path: &str,
        operation: &'static str,
        token: &Secret,
    ) -> CallResult<Response> {
        let request = Request::new(Method::Get, format!("{}{path}", self.endpoint))
            .header("x-amz-sso_bearer_token", token.expose());
        retry::call(self.http, self.attempts, operation, Rule::Idempotent, request).await
    }

    fn foreign(&self, operation: &'static str, answer: &Response) -> Failure {
        Failure::foreign(operation, &retry::host_of(&self.endpoint), answer)
    }
}

/// Characters of an account name that are kept; AWS allows 50.
const MAX_NAME: usize = 256;

/// The answer of `GetRoleCredentials`; `None` where that is not what it is.
pub fn credentials_of(body: &[u8], account: &AccountId) -> Option<Credentials> {
    let fields = object(body)?;
    let keys = fields.get("roleCredentials")?;
    let text = |name: &str| keys.get(name)?.as_str().filter(|text| is_credential(text));
    Some(Credentials {
        access_key_id: text("accessKeyId")?.to_owned(),
        secret_access_key: Secret::new(text("secretAccessKey")?),
        session_token: Some(Secret::new(text("sessionToken")?)),
        // Milliseconds of the epoch; the AWS CLI cuts off the fraction.
        expiration: Some(moment(keys.get("expiration")?.as_i64()?.div_euclid(1000))?),
        account_id: Some(account.clone()),
    })
}

/// As much of a name as is kept: names end up in the environment, where every command carries them.
fn bounded(name: &str) -> String {
    name.chars().filter(|c| *c != '\0').take(MAX_NAME).collect()
}

/// The answer of `ListAccounts`; `None` where that is not what it is.
pub fn accounts_of(body: &[u8]) -> Option<Page<Account>> {
    page(body, "accountList", |row| {
        let text = |name: &str| row.get(name)?.as_str().filter(|text| !text.is_empty());
        Some(Account {
            id: AccountId::new(text("accountId")?),
            name: text("accountName").map(bounded),
            email: text("emailAddress").map(ToOwned::to_owned),
        })
    })
}

/// The answer of `ListAccountRoles`; `None` where that is not what it is.
pub fn roles_of(body: &[u8]) -> Option<Page<RoleName>> {
    page(body, "roleList", |row| row.get("roleName")?.as_str().map(RoleName::new))
}

fn page<T>(body: &[u8], list: &str, row: impl Fn(&Value) -> Option<T>) -> Option<Page<T>> {
    let fields = object(body)?;
    let rows = fields.get(list)?.as_array()?.iter().filter_map(row).collect();
    let next = fields.get("nextToken").and_then(Value::as_str).filter(|text| !text.is_empty());
    Some(Page { rows, next: next.map(ToOwned::to_owned) })
}

fn next_token(next: Option<&str>) -> String {
    next.map(|token| format!("&next_token={}", percent::component(token))).unwrap_or_default()
}
