//! A session: an access token that works, from the cache, by a refresh or by a login; the portal
//! called with it; and its end.

pub mod access;
pub mod authorized;
pub mod login;
pub mod login_request;
pub mod login_session;
pub mod logout;
pub mod refresh;
pub mod request;
