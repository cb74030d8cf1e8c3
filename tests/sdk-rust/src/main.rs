//! `sdk-rust [--for SECONDS] [PROFILE]`: prints who STS says the caller is, with the credentials that
//! the AWS SDK for Rust finds; with `--for` it asks twice a second, and fails with the first refusal.
#![allow(clippy::print_stdout, reason = "a program for tests")]

use std::error::Error;
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (mut profile, mut time) = (None, Duration::ZERO);
    while let Some(word) = words.next() {
        if word == "--for" {
            time = Duration::from_secs(words.next().unwrap_or_default().parse()?);
        } else {
            profile = Some(word);
        }
    }
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .region(Region::new("eu-west-1"));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let sts = aws_sdk_sts::Client::new(&loader.load().await);
    let end = Instant::now() + time;
    loop {
        let who = sts.get_caller_identity().send().await?;
        if Instant::now() >= end {
            println!("{}", who.arn().unwrap_or_default());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
