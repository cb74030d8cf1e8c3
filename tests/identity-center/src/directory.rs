//! What exists in the simulated organization, and what the person in front of the browser decides.

use crate::arn;
use crate::center::IdentityCenter;
use crate::config::Trust;
use crate::secrets::unique_id;
use crate::state::{Account, Decision, KeyKind, Keys};

impl IdentityCenter {
    /// Adds an account, or replaces it. An empty name or e-mail address is left out of answers.
    pub fn add_account(&self, id: &str, name: &str, email: &str, roles: &[&str]) {
        let account = Account {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            roles: roles.iter().map(|&r| r.to_owned()).collect(),
        };
        let mut state = self.shared.state();
        match state.accounts.iter_mut().find(|a| a.id == id) {
            Some(old) => *old = account,
            None => state.accounts.push(account),
        }
    }

    /// Takes an account away.
    pub fn remove_account(&self, id: &str) {
        self.shared.state().accounts.retain(|a| a.id != id);
    }

    /// Takes a role away from the person.
    pub fn remove_role(&self, id: &str, role: &str) {
        for account in self.shared.state().accounts.iter_mut().filter(|a| a.id == id) {
            account.roles.retain(|r| r != role);
        }
    }

    /// The ARN that `GetCallerIdentity` answers for a role of the portal.
    pub fn role_arn(&self, account: &str, role: &str) -> String {
        let state = self.shared.state();
        arn::sso_session(state.partition(), account, role, &state.user)
    }

    /// Adds a role for `AssumeRole`.
    ///
    /// # Panics
    /// If this is not the ARN of an IAM role.
    pub fn add_iam_role(&self, arn: &str, trust: Trust) {
        assert!(arn::iam_role(arn).is_some(), "{arn} is not the ARN of a role");
        self.shared.state().iam_roles.insert(arn.to_owned(), trust);
    }

    /// Adds long-term keys of an IAM user.
    pub fn add_static_keys(&self, access_key: &str, secret: &str, arn: &str) {
        let keys = Keys {
            access_key: access_key.to_owned(),
            secret: secret.to_owned(),
            session_token: None,
            expires: None,
            arn: arn.to_owned(),
            account: arn::account(arn).to_owned(),
            user_id: unique_id("AIDA"),
            role: String::new(),
            kind: KeyKind::User,
        };
        self.shared.state().keys.insert(access_key.to_owned(), keys);
    }

    /// The portal refuses every access token issued so far; refreshing works.
    pub fn revoke_tokens(&self) {
        for token in self.shared.state().access_tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// No refresh token issued so far is accepted.
    pub fn revoke_refresh_tokens(&self) {
        for token in self.shared.state().refresh_tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// The person approves this user code.
    pub fn approve(&self, user_code: &str) {
        self.decide(user_code, Decision::Approved);
    }

    /// The person denies this user code.
    pub fn deny(&self, user_code: &str) {
        self.decide(user_code, Decision::Denied);
    }

    fn decide(&self, user_code: &str, decision: Decision) {
        let mut state = self.shared.state();
        let device = state.devices.iter_mut().find(|d| d.user_code == user_code);
        let known = device.map(|d| d.decision = decision).is_some();
        drop(state);
        assert!(known, "user code {user_code} was never issued");
    }

    /// User codes that wait for a decision.
    pub fn open_user_codes(&self) -> Vec<String> {
        let state = self.shared.state();
        let open = state.devices.iter().filter(|d| d.decision == Decision::Open);
        open.map(|d| d.user_code.clone()).collect()
    }

    /// Every access token issued so far has expired.
    pub fn expire_tokens(&self) {
        let mut state = self.shared.state();
        let now = state.now();
        for token in state.access_tokens.values_mut() {
            token.expires = now;
        }
    }

    /// Every client registration so far has expired.
    pub fn expire_registrations(&self) {
        let mut state = self.shared.state();
        let now = state.now();
        for client in state.clients.values_mut() {
            client.expires = now;
        }
    }

    /// Every temporary key pair issued so far has expired.
    pub fn expire_role_credentials(&self) {
        let mut state = self.shared.state();
        let now = state.now();
        for keys in state.keys.values_mut() {
            if keys.expires.is_some() {
                keys.expires = Some(now);
            }
        }
    }
}
