//! What is kept between two calls, in files or in the keyring: tokens, credentials of roles, stamps
//! and the state of sessions.

pub mod cache_file;
pub mod cached;
pub mod document;
pub mod entry;
pub mod entry_json;
pub mod keyring;
pub mod login_sessions;
pub mod roles;
pub mod session_state;
pub mod stamps;
pub mod tokens;
pub mod turn;
