//! The simulator against hand-made requests, and against AWS clients.
#![allow(clippy::unwrap_used)] // a test's way to fail

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
mod sigv4;
mod sts;
