//! A strict, scriptable simulator of AWS IAM Identity Center: OIDC, access portal, STS, console
//! federation and console sign-in (`aws login`), over plain HTTP on 127.0.0.1 and, through an intercepting proxy, over TLS on the real host names.
//!
//! It accepts what the service accepts and refuses the rest. A request that no correct client sends is a
//! *violation*, which [`IdentityCenter::assert_clean`] reports.
//!
//! ```no_run
//! let ic = identity_center::IdentityCenter::start();
//! ic.add_account("111122223333", "Production", "aws@example.com", &["Admin", "ReadOnly"]);
//! // … run a client with the variables of `ic.env()` …
//! ic.assert_clean();
//! ```
#![allow(clippy::missing_panics_doc)] // it panics where a test would
#![allow(clippy::disallowed_methods, reason = "the bans are for the program, this makes its world")]

mod answer;
mod arn;
pub mod browser;
mod builder;
mod call;
mod center;
mod config;
mod console;
mod control;
mod directory;
mod dispatch;
mod fields;
mod hosts;
mod oidc;
mod operation;
mod pages;
mod portal;
mod proxy;
mod rate;
mod recorder;
mod reply;
mod secrets;
mod server;
mod session;
mod signin;
mod state;
mod sts;
mod tls;

pub use builder::Builder;
pub use call::Logged;
pub use center::IdentityCenter;
pub use config::{Lifetimes, Trust};
pub use operation::Operation;
pub use proxy::Proxy;
pub use recorder::Seen;
pub use reply::Reply;
pub use session::Session;
pub use signin::ConsoleSession;
pub use sts::sigv4;
