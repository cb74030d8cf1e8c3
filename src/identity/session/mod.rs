//! A session: an access token that works, from the cache, by a refresh or by a login; and its end.

pub mod access;
pub mod login;
pub mod logout;
pub mod refresh;
