//! Writes `ssoenv.1` and a page for every command that is not hidden: `manpages FOLDER`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory;

fn main() -> ExitCode {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "man".into()));
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(io::Write::write_fmt(
                &mut io::stderr(),
                format_args!("error: `{}` cannot be written: {error}\n", folder.display()),
            ));
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(ssoenv::cli::args::Cli::command(), folder)
}
