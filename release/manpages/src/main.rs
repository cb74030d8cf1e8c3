//! Writes `ssoenv.1` and a page for every command that is not hidden: `manpages FOLDER`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use ssoenv::cli::args::Cli;

fn main() -> ExitCode {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "man".into()));
    let mut program = Cli::command();
    program.build();
    match fs::create_dir_all(&folder).and_then(|()| write(&folder, &program, "ssoenv")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ =
                writeln!(io::stderr(), "error: cannot write to `{}`: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

/// One page, and those of its subcommands: `ssoenv-profile-show.1`.
fn write(folder: &Path, command: &Command, name: &str) -> io::Result<()> {
    let page = Man::new(command.clone().disable_help_subcommand(true))
        .title(name)
        .section("1")
        .source(format!("ssoenv {}", command.get_version().unwrap_or_default()))
        .manual("ssoenv");
    page.render(&mut fs::File::create(folder.join(format!("{name}.1")))?)?;
    let shown = |child: &&Command| !child.is_hide_set() && child.get_name() != "help";
    for child in command.get_subcommands().filter(shown) {
        write(folder, child, &format!("{name}-{}", child.get_name()))?;
    }
    Ok(())
}
