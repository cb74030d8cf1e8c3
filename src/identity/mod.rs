//! What talks to IAM Identity Center, and the caches shared with the AWS CLI.
//!
//! Rooms, each of which uses only the ones after it (`tests/it/layers.rs`):
//! - `accounts`: who may do what where; fetched, paced, kept.
//! - `container_endpoint`: credentials served to whoever knows a token.
//! - `sources`: credentials of a profile, whatever they come from.
//! - `session`: an access token that works, and the portal called with it.
//! - `store`: what is kept between two calls, in files or in the keyring.
//! - `instance`: start URL and Region of an Identity Center.
//! - `policy`: what a caller allows and wants.
//! - `wire`: requests, answers, retries, and what a refusal means.

pub mod accounts;
pub mod container_endpoint;
pub mod instance;
pub mod policy;
pub mod session;
pub mod sources;
pub mod store;
pub mod wire;

pub use policy::{LoginPolicy, Policy};
