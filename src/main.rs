//! The `ssoenv` program: the fast path first, everything else through [`ssoenv::cli`].

use std::process::ExitCode;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    ssoenv::fast::try_run().unwrap_or_else(ssoenv::cli::run)
}
