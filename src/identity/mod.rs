//! What talks to IAM Identity Center, and the caches shared with the AWS CLI.

pub mod access;
pub mod ambient;
pub mod assume_role;
pub mod cache_file;
pub mod container_endpoint;
pub mod credential_store;
pub mod directory;
pub mod endpoint;
pub mod federation;
pub mod json;
pub mod login;
pub mod logout;
pub mod oidc;
pub mod pace;
pub mod portal;
pub mod process_source;
pub mod provider;
pub mod refresh;
pub mod region;
pub mod retry;
pub mod role_cache;
pub mod session_state;
pub mod sigv4;
pub mod sso;
pub mod stale;
pub mod stamp;
pub mod start_url;
pub mod sts;
pub mod token_store;
mod vanity;
pub mod wire;
pub mod xml;

pub use access::ensure_token;
pub use login::{Flow, LoginPolicy};
pub use provider::{Policy, credentials};
pub use sso::role_credentials;
