//! The simulator against hand-made requests, and against AWS clients.
#![allow(clippy::unwrap_used)] // a test's way to fail

mod api;
mod aws_cli;
mod boto3;
mod clients;
mod console;
mod device;
mod faults;
mod pkce;
mod portal;
mod proxy;
mod sigv4;
mod sts;
