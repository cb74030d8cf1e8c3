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

const PROFILE: &str = ".config/powershell/Microsoft.PowerShell_profile.ps1";
const LINE: &str = "Invoke-Expression (& ssoenv init powershell)";

/// A text in UTF-16, as old editors of Windows write it.
fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_cannot_be_edited_safely_is_left_alone_and_the_line_shown() {
    let signed =
        "$x = 1\r\n# SIG # Begin signature block\r\n# MIIabc\r\n# SIG # End signature block\r\n";
    for (bytes, why) in [
        (signed.as_bytes().to_vec(), "it is signed, and a change would break the signature"),
        (utf16("$x = 1\r\n"), "it is in UTF-16"),
        (b"$x = '\xfc'\r\n".to_vec(), "it is not in UTF-8"),
    ] {
        let world = World::new();
        world.write(PROFILE, "");
        fs::write(world.path(PROFILE), &bytes).expect("a profile");
        for words in ["setup powershell", "setup powershell --dry-run"] {
            let outcome = world.run(words);
            assert_eq!((outcome.code, outcome.out.as_str()), (1, ""), "{outcome:?}");
            let told = format!(
                "error: `{}` is left as it is\ncause: {why}\n\
                 hint: add this line at its end: `{LINE}`\n",
                world.path(PROFILE).display()
            );
            assert_eq!(outcome.err, told);
        }
        assert_eq!(fs::read(world.path(PROFILE)).expect("a profile"), bytes);
        assert!(!world.path(&format!("{PROFILE}.ssoenv.bak")).exists());
    }
    // The line is seen there all the same.
    let world = World::new();
    world.write(PROFILE, "");
    fs::write(world.path(PROFILE), utf16(&format!("{LINE}\r\n"))).expect("a profile");
    let there = world.run("setup powershell");
    assert!(there.code == 0 && there.err.contains("loads the hook already"), "{there:?}");
    let removed = world.run("setup powershell --remove");
    let told = format!("hint: remove this line from it: `{LINE}`\n");
    assert!(removed.code == 1 && removed.err.ends_with(&told), "{removed:?}");
}

#[test]
fn lines_of_earlier_versions_count_and_go() {
    let old = "\u{feff}Invoke-Expression (& ssoenv init powershell | Out-String)\r\n$x = 1\r\n";
    let world = World::new();
    world.write(PROFILE, old);
    let there = world.run("setup powershell");
    assert!(there.code == 0 && there.err.contains("loads the hook already"), "{there:?}");
    assert_eq!(world.read(PROFILE), old);
    world.ok("setup powershell --remove");
    assert_eq!(world.read(PROFILE), "\u{feff}$x = 1\r\n");
}

#[test]
fn it_ends_with_how_to_load_the_hook_now() {
    for (shell, now) in [("powershell", ". $PROFILE"), ("bash", "exec bash"), ("fish", "exec fish")]
    {
        let outcome = World::new().run(&format!("setup {shell}"));
        let told = format!("new shells of {shell} load the hook; for this one: `{now}`\n");
        assert!(outcome.err.ends_with(&told), "{outcome:?}");
    }
}

/// `use` in a shell without the hook: what to type, once and for all, then for this shell.
#[test]
fn use_without_the_hook_says_what_to_type() {
    let world = World::new();
    let Some(script) = crate::support::find("script", "SSOENV_TEST_CLIENTS") else { return };
    let mut said = Vec::new();
    for (shell, setup) in [("bash", false), ("bash", true), ("fish", false), ("zsh", true)] {
        if !have(shell) {
            return;
        }
        if setup {
            world.ok(&format!("setup {shell}"));
        }
        let none = crate::support::shells::no_start_files(shell).join(" ");
        let program = env!("CARGO_BIN_EXE_ssoenv");
        let line = format!("{shell} {none} -c '{program} use prod; true'");
        let mut command = world.command(&script);
        let outcome = Outcome::of(command.args(["-qec", &line, "/dev/null"]).env("TERM", "dumb"));
        said.push(format!("{shell}:\n{}", outcome.out.replace('\r', "")));
    }
    crate::support::messages::compare("setup/use_without_the_hook", &said.join("\n"));
}
