//! The services on the wire: OIDC, portal, STS, sign-in; requests, answers, retries, and what a
//! refusal means.

pub mod answer;
mod catalog;
pub mod endpoint;
pub mod federation;
pub mod json;
pub mod oidc;
pub mod portal;
pub mod proof;
pub mod refusal;
pub mod retry;
pub mod signin;
pub mod sigv4;
pub mod sts;
pub mod xml;
