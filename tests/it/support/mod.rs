//! What every test needs: a world of its own.

pub mod dice;
pub mod files;
pub mod http;
pub mod imports;
pub mod run;
pub mod secret_service;
pub mod shells;
pub mod tmux;
pub mod tty;
pub mod watch;
pub mod world;

pub use dice::Dice;
pub use files::Home;
pub use world::World;

/// Whether a client or shell may be used: `Some(path)` if it is there, `None` with a printed line
/// if it is not. One that `variable` (a comma list) names must be there.
pub fn find(program: &str, variable: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join(program)).find(|p| p.is_file());
    if found.is_none() {
        let required = std::env::var(variable).unwrap_or_default();
        assert!(
            !required.split(',').any(|name| name.trim() == program),
            "{variable} names {program}, and it is not installed"
        );
        eprintln!("skipped: {program} is not installed");
    }
    found
}
