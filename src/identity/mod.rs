//! What talks to IAM Identity Center, and the caches shared with the AWS CLI.
//!
//! Rooms, each of which uses only the ones behind it:
//! `accounts` → `sources` → `session` → `instance`, `store` → `wire`.

pub mod accounts;
pub mod container_endpoint;
pub mod instance;
pub mod session;
pub mod sources;
pub mod store;
pub mod wire;

pub use session::access::ensure_token;
pub use session::login::LoginPolicy;
pub use sources::sso::role_credentials;
pub use sources::{Policy, credentials};
