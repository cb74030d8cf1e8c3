//! The programs that are measured: the build that is shipped, its floor, and its peers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MUSL: &str = "x86_64-unknown-linux-musl";

/// The build that is shipped: `SSOENV_BENCH_BIN`, or what `release/build` makes.
pub fn shipped() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("SSOENV_BENCH_BIN") {
        return Ok(path.into());
    }
    eprintln!("building the `dist` profile for {MUSL} (fat LTO: minutes when cold)");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("release/build"))
        .args(["--binary", MUSL])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`release/build` did not start: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "`release/build --binary {MUSL}` failed: run `rustup target add {MUSL}` and install \
             musl-tools, or name a binary with SSOENV_BENCH_BIN"
        ));
    }
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(root.join(path))
}

/// A Rust program that prints one word, built for `target` into `folder`.
pub fn bare(folder: &Path, target: &str) -> Option<PathBuf> {
    let source = folder.join("bare.rs");
    std::fs::write(&source, "fn main() { println!(\"bare\") }\n").ok()?;
    let program = folder.join(format!("bare-{target}"));
    let status = Command::new("rustc")
        .args(["-O", "-C", "panic=abort", "-C", "strip=symbols", "--target", target, "-o"])
        .args([&program, &source])
        .stderr(Stdio::null())
        .status()
        .ok()?;
    status.success().then_some(program)
}

/// An AWS CLI of version 2: on the search path, or where Debian puts it.
pub fn aws_cli() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).map(|folder| folder.join("aws"));
    places
        .chain([PathBuf::from("/usr/bin/aws")])
        .find(|program| version(program).is_some_and(|text| text.starts_with("aws-cli/2")))
}

/// A Python with boto3: that of `.ci/run`, or the one on the search path.
pub fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    [root.join("target/clients/python/bin/python3"), PathBuf::from("python3")].into_iter().find(
        |python| {
            let mut command = Command::new(python);
            command.args(["-c", "import boto3"]).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        },
    )
}

/// A program of the Python clients that `.ci/run` installs, if it is there.
pub fn peer(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/python/bin").join(name);
    path.is_file().then_some(path)
}

/// The first line of `PROGRAM --version`.
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().map(str::to_owned)
}
