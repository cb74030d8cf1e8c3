//! `setup`: one line in the right start file, and all else in it as it was.

use std::fs;

use crate::support::World;
use crate::support::shells::{have, path};
use crate::support::world::Outcome;

const FILES: [(&str, &str, &str); 4] = [
    ("bash", ".bashrc", "eval \"$(ssoenv init bash)\"\n"),
    ("zsh", ".zshrc", "eval \"$(ssoenv init zsh)\"\n"),
    ("fish", ".config/fish/config.fish", "ssoenv init fish | source\n"),
    (
        "powershell",
        ".config/powershell/Microsoft.PowerShell_profile.ps1",
        "Invoke-Expression (& ssoenv init powershell)\n",
    ),
];

#[test]
fn the_line_comes_once_and_goes_again() {
    let world = World::new();
    for (shell, file, line) in FILES {
        let before = "# mine\nexport TOKEN=secret-of-mine\n";
        world.write(file, before);
        let dry = world.run(&format!("setup {shell} --dry-run"));
        assert_eq!(world.read(file), before, "{dry:?}");
        assert!(dry.out.contains(&format!("+{line}")) && dry.out.starts_with("--- /"), "{dry:?}");
        let done = world.run(&format!("setup {shell}"));
        assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
        assert!(
            done.err.contains(&format!("+{line}")) && !done.err.contains("secret-of-mine"),
            "{done:?}"
        );
        assert_eq!(world.read(file), format!("{before}{line}"));
        assert_eq!(world.read(&format!("{file}.ssoenv.bak")), before);
        let again = world.run(&format!("setup {shell}"));
        assert!(again.err.contains("already"), "{again:?}");
        assert_eq!(world.read(file), format!("{before}{line}"));
        world.ok(&format!("setup {shell} --remove"));
        assert_eq!(world.read(file), before);
        assert_eq!(world.run(&format!("setup {shell} --remove")).code, 0);
    }
}

#[test]
fn a_file_that_is_missing_is_made() {
    let world = World::new();
    for (shell, file, line) in FILES {
        let dry = world.run(&format!("setup {shell} --dry-run"));
        assert!(dry.out.starts_with("--- /dev/null\n") && !world.path(file).exists(), "{dry:?}");
        world.ok(&format!("setup {shell}"));
        assert_eq!(world.read(file), line);
    }
}

#[test]
fn a_line_of_the_users_own_counts_and_stays() {
    let world = World::new();
    let own = "if true; then\n  eval \"$(ssoenv init bash --no-prompt)\"\nfi\n";
    world.write(".bashrc", own);
    world.ok("setup bash");
    let removed = world.run("setup bash --remove");
    assert_eq!(world.read(".bashrc"), own);
    world.says("setup/a_line_of_the_users_own_counts_and_stays", &removed);
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new();
    world.write("dotfiles/bashrc", "a=1\n");
    let mode = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(world.path("dotfiles/bashrc"), mode(0o644)).expect("mode");
    symlink(world.path("dotfiles/bashrc"), world.path(".bashrc")).expect("link");
    world.ok("setup bash");
    assert!(fs::symlink_metadata(world.path(".bashrc")).expect("there").is_symlink());
    assert!(world.read("dotfiles/bashrc").contains("ssoenv init bash"));
    let meta = fs::metadata(world.path(".bashrc")).expect("there");
    assert_eq!(meta.permissions().mode() & 0o777, 0o644);
}

#[test]
fn zsh_and_fish_are_found_where_their_variables_say() {
    let world = World::new();
    let home = world.home().display().to_string();
    for (shell, variable, folder, file) in [
        ("zsh", "ZDOTDIR", "z", "z/.zshrc"),
        ("fish", "XDG_CONFIG_HOME", "x", "x/fish/config.fish"),
    ] {
        let mut command = world.ssoenv(["setup", shell]);
        let outcome = Outcome::of(command.env(variable, format!("{home}/{folder}")));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(world.read(file).contains("ssoenv init"));
    }
}

#[test]
fn the_shell_that_runs_it_is_the_one_set_up() {
    let world = World::new();
    for (shell, file, line) in &FILES[..3] {
        if !have(shell) {
            continue;
        }
        let mut command = world.command(shell);
        command.env("PATH", path()).args(["-c", "ssoenv setup; exit"]);
        let outcome = Outcome::of(&mut command);
        assert_eq!(world.read(file), *line, "{outcome:?}");
    }
    let unknown = Outcome::of(world.ssoenv(["setup"]).env("SHELL", "/bin/tcsh"));
    assert_eq!(unknown.code, 2, "{unknown:?}");
    let login = Outcome::of(world.ssoenv(["setup", "--dry-run"]).env("SHELL", "/usr/bin/zsh"));
    world.says("setup/the_shell_that_runs_it_is_the_one_set_up", &login);
}

#[test]
fn what_is_no_text_is_left_alone() {
    let world = World::new();
    fs::write(world.path(".bashrc"), b"\xff\xfea\0").expect("file");
    let outcome = world.run("setup bash");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    assert_eq!(fs::read(world.path(".bashrc")).expect("file"), b"\xff\xfea\0");
}
