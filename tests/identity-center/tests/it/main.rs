//! The simulator against hand-made requests, and against AWS clients.
#![allow(clippy::unwrap_used)] // a test's way to fail
#![allow(clippy::disallowed_methods, reason = "the bans are for the program, this makes its world")]

mod api;
mod aws_cli;
mod boto3;
mod clients;
mod console;
mod device;
mod faults;
mod js_sdk;
mod pkce;
mod portal;
mod program;
mod proxy;
mod recorded;
mod signin;
mod sigv4;
mod sts;
