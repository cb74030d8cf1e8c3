//! What talks to IAM Identity Center, and the caches shared with the AWS CLI.
//!
//! Rooms, each of which uses only the ones behind it:
//! `accounts` → `sources` → `session` → `instance`, `store` → `wire`.

pub mod accounts;
pub mod container_endpoint;
pub mod instance;
pub mod policy;
pub mod session;
pub mod sources;
pub mod store;
pub mod wire;

pub use policy::{LoginPolicy, Policy};
