//! Directories: `.ssoenv` files that are allowed, denied, hostile; entered and left in real shells.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use identity_center::{IdentityCenter, Operation, Reply};

use crate::support::run::Running;
use crate::support::shells::{have, no_start_files, path};
use crate::support::tmux::Terminal;
use crate::support::world::{CONFIG, Outcome, sh};
use crate::support::{World, find, wait_until};

/// A world whose profiles are in the cache, with a tree `tree/sub` that asks for `dev`.
fn world() -> World {
    let world = World::new();
    for profile in ["prod", "dev", "tools"] {
        world.ok(&format!("use {profile}"));
    }
    world.write("tree/.ssoenv", "# the project\nprofile = dev\n");
    fs::create_dir_all(world.path("tree/sub")).expect("folders");
    world
}

fn file(world: &World, below: &str) -> String {
    world.path(below).display().to_string()
}

fn allow(world: &World, below: &str) {
    let outcome = Outcome::of(&mut world.ssoenv(["allow", &file(world, below)]));
    assert_eq!((outcome.code, outcome.out.as_str()), (0, ""), "{outcome:?}");
}

/// What the hook would call for a file in a shell that uses nothing.
fn enter(world: &World, file: &Path) -> Outcome {
    let mut command = world.ssoenv(["directory"]);
    Outcome::of(command.arg(file).args(["--shell", "sh"]))
}

fn enter_tree(world: &World) -> Outcome {
    enter(world, &world.path("tree/.ssoenv"))
}

fn assert_refused(outcome: &Outcome, what: &str) {
    assert_ne!(outcome.code, 0, "{outcome:?}");
    assert_eq!(outcome.out, "", "{outcome:?}");
    assert!(outcome.err.contains(what), "{what}: {outcome:?}");
    assert!(outcome.err.bytes().all(|b| b == b'\n' || b >= b' '), "{outcome:?}");
}

#[test]
fn a_file_counts_only_as_it_was_allowed() {
    let world = world();
    assert_refused(&enter_tree(&world), "hint: look at it, then run `ssoenv allow`");
    allow(&world, "tree");
    let entered = enter_tree(&world);
    assert_eq!((entered.code, entered.err.as_str()), (0, ""), "{entered:?}");
    assert!(
        entered.out.contains("SSOENV_PROFILE='dev'") || entered.out.contains("SSOENV_PROFILE=dev")
    );
    // Changed by one byte, and back.
    world.write("tree/.ssoenv", "# the project\nprofile = dev \n");
    assert_refused(&enter_tree(&world), "is not allowed");
    world.write("tree/.ssoenv", "# the project\nprofile = dev\n");
    assert_eq!(enter_tree(&world).code, 0);
    // Moved, and another file in its place.
    fs::rename(world.path("tree"), world.path("moved")).expect("moved");
    assert_refused(&enter(&world, &world.path("moved/.ssoenv")), "is not allowed");
    world.write("tree/.ssoenv", "profile = prod\n");
    assert_refused(&enter_tree(&world), "is not allowed");
    world.assert_no_secret(&entered.err);
}

#[test]
fn denied_files_are_silent_until_they_are_allowed_again() {
    let world = world();
    allow(&world, "tree");
    let outcome = world.run("deny tree");
    assert_eq!((outcome.code, outcome.out.as_str()), (0, ""), "{outcome:?}");
    let entered = enter_tree(&world);
    assert_eq!((entered.code, entered.out.as_str(), entered.err.as_str()), (0, "", ""));
    let list = world.ok("allow --list");
    assert_eq!(list, format!("denied  {}\n", canonical(&world, "tree/.ssoenv")));
    world.write("tree/.ssoenv", "profile = tools\n");
    assert_eq!(enter_tree(&world).err, "");
    allow(&world, "tree/.ssoenv");
    assert!(enter_tree(&world).out.contains("tools"));
    // The content that was allowed before the denial is unknown.
    world.write("tree/.ssoenv", "# the project\nprofile = dev\n");
    assert_refused(&enter_tree(&world), "is not allowed");
}

fn canonical(world: &World, below: &str) -> String {
    let path = world.path(below);
    let folder = fs::canonicalize(path.parent().expect("a folder")).expect("there");
    folder.join(path.file_name().expect("a name")).display().to_string()
}

#[test]
fn the_list_says_what_became_of_the_files() {
    let world = world();
    world.write(".config/ssoenv/config.ini", "[match \"prod\"]\nclass = production\n");
    for (name, text) in
        [("a", "profile=dev"), ("b", "profile=dev"), ("c", "profile=dev"), ("d", "profile=prod")]
    {
        world.write(&format!("{name}/.ssoenv"), text);
        world.ok(&format!("allow {name} --production"));
    }
    world.write("tree two\n/.ssoenv", "profile=dev");
    allow(&world, "tree two\n");
    world.ok("allow a");
    world.write("b/.ssoenv", "profile=tools");
    fs::remove_file(world.path("c/.ssoenv")).expect("removed");
    let home = fs::canonicalize(world.home()).expect("there");
    let expected = format!(
        "allowed                 {0}/a/.ssoenv\n\
         changed since           {0}/b/.ssoenv\n\
         gone                    {0}/c/.ssoenv\n\
         allowed for production  {0}/d/.ssoenv\n\
         allowed                 {0}/tree two /.ssoenv\n",
        home.display()
    );
    assert_eq!(world.ok("allow --list"), expected);
    let place = world.path(".local/state/ssoenv/trust/allow");
    for entry in fs::read_dir(&place).expect("entries").flatten() {
        let mode = entry.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{entry:?}");
    }
    let mode = fs::metadata(place).expect("there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o700);
}

#[test]
fn production_needs_a_word_more() {
    let world = world();
    world.write("tree/.ssoenv", "profile = prod\n");
    let settings = ".config/ssoenv/config.ini";
    for text in ["class = production", "confirm = true"] {
        world.write(settings, &format!("[match \"prod\"]\n{text}\n"));
        let outcome = world.run("allow tree");
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
        assert!(outcome.err.contains("hint: run `ssoenv allow --production "), "{outcome:?}");
        assert!(outcome.err.contains("/tree`\n"), "{outcome:?}");
        let mut inside = world.ssoenv(["allow"]);
        let said = Outcome::of(inside.current_dir(world.path("tree"))).err;
        assert!(said.contains("hint: run `ssoenv allow --production`\n"), "{said}");
        assert_refused(&enter_tree(&world), "is not allowed");
    }
    // Allowed while it was ordinary: not any more.
    world.write(settings, "");
    allow(&world, "tree");
    assert_eq!(enter_tree(&world).code, 0);
    world.write(settings, "[match \"prod\"]\nclass = production\nconfirm = yes\n");
    assert_refused(&enter_tree(&world), "which is of class `production`");
    world.ok("allow tree --production");
    let entered = enter_tree(&world);
    assert_eq!((entered.code, entered.err.as_str()), (0, ""), "{entered:?}");
}

#[test]
fn files_that_are_not_what_they_seem() {
    let world = world();
    allow(&world, "tree");
    let hostile = world.path("hostile");
    let dot = hostile.join(".ssoenv");
    fs::create_dir_all(&hostile).expect("a folder");
    let outcome = || {
        let outcome = enter(&world, &dot);
        let _ = fs::remove_file(&dot);
        let _ = fs::remove_dir(&dot);
        outcome
    };
    symlink(world.path("tree/.ssoenv"), &dot).expect("a link");
    assert_refused(&outcome(), "is a symbolic link");
    symlink("/dev/zero", &dot).expect("a link");
    assert_refused(&outcome(), "is a symbolic link");
    symlink("nowhere", &dot).expect("a link");
    assert_refused(&outcome(), "is a symbolic link");
    let made = sh(&world, "mkfifo hostile/.ssoenv");
    assert_eq!(made.code, 0, "{made:?}");
    assert_refused(&outcome(), "is not a regular file");
    fs::create_dir(&dot).expect("a folder");
    assert_refused(&outcome(), "is not a regular file");
    fs::write(&dot, vec![b'#'; 4097]).expect("written");
    assert_refused(&outcome(), "has more than 4096 bytes");
    fs::write(&dot, b"profile = dev").expect("written");
    fs::set_permissions(&dot, fs::Permissions::from_mode(0o000)).expect("closed");
    let closed = outcome();
    assert_ne!(closed.code, 0, "{closed:?}");
    assert_refused(&outcome(), "there is no `");
    // A device, and somebody else's file, where root runs the tests.
    if sh(&world, "mknod hostile/.ssoenv c 1 5").code == 0 {
        assert_refused(&outcome(), "is not a regular file");
        fs::write(&dot, b"profile = dev").expect("written");
        std::os::unix::fs::chown(&dot, Some(65534), None).expect("given away");
        assert_refused(&outcome(), "is another user's file");
    }
}

#[test]
fn content_that_is_not_understood_is_refused_with_its_line() {
    let world = world();
    for (bytes, what) in [
        (&b"profile = dev\0\n"[..], "a character that cannot be shown"),
        (b"\x1b]52;c;eA==\x07 = dev\n", "the key `]52;c;eA`, which is not known"),
        (b"profile = \xff", "text that is not UTF-8"),
        (b"profile = dev\nsso_start_url = https://evil.example", "the key `sso_start_url`"),
        (b"profile = dev\nprofile = prod", "/.ssoenv:2`"),
        (b"profile = nope", "nope"),
        (b"account = 999999999999\nrole = Admin\nsso_session = nope", "nope"),
    ] {
        fs::write(world.path("tree/.ssoenv"), bytes).expect("written");
        let outcome = world.run("allow tree");
        assert_eq!(outcome.code, 6, "{outcome:?}");
        assert_refused(&outcome, what);
        assert_refused(&enter_tree(&world), "is not allowed");
    }
    // What Windows editors write is fine.
    fs::write(world.path("tree/.ssoenv"), "\u{feff}profile = 'dev' # mine\r\n").expect("written");
    allow(&world, "tree");
    assert!(enter_tree(&world).out.contains("dev"));
}

#[test]
fn a_trust_store_of_somebody_else_is_not_believed() {
    let world = world();
    allow(&world, "tree");
    let folder = world.path(".local/state/ssoenv/trust/allow");
    let entry = fs::read_dir(&folder).expect("entries").flatten().next().expect("one").path();
    let moved = world.path("entry");
    fs::rename(&entry, &moved).expect("moved");
    symlink(&moved, &entry).expect("a link");
    assert_refused(&enter_tree(&world), "is a symbolic link");
    fs::remove_file(&entry).expect("removed");
    fs::write(&entry, "anything").expect("written");
    assert_refused(&enter_tree(&world), "it is not what ssoenv writes");
    fs::remove_dir_all(&folder).expect("removed");
    symlink(world.home(), &folder).expect("a link");
    assert_refused(&enter_tree(&world), "is not a folder of yours");
    assert_eq!(world.run("allow tree").code, 6);
}

#[test]
fn neither_a_browser_nor_a_question() {
    let world = World::new();
    world.write("tree/.ssoenv", "account = 444455556666\nrole = Developer\n");
    allow(&world, "tree");
    let outcome = enter_tree(&world);
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{outcome:?}");
    world.says("directory_switch/neither_a_browser_nor_a_question", &outcome);
    assert_eq!(world.browser_opened(), 0);
    // With a token there is one request, and then none.
    world.ok("login");
    let outcome = enter_tree(&world);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    assert_eq!(enter_tree(&world).out, outcome.out);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn no_question_even_where_there_is_a_terminal() {
    if find("tmux", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = world();
    let mfa = "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
               source_profile = dev\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n";
    world.write(".aws/config", &format!("{CONFIG}{mfa}"));
    for text in ["profile = mfa", "profile = prod"] {
        world.write("tree/.ssoenv", text);
        allow(&world, "tree");
        world.write(".config/ssoenv/config.ini", "[match \"prod\"]\nconfirm = true\n");
        let script = "code=0; text=$(ssoenv directory \"$PWD/tree/.ssoenv\") || code=$?
            echo \"end=$code bytes=${#text}\"; sleep 600";
        let terminal = Terminal::start(&world, [("PATH", path())], &["sh", "-c", script]);
        let screen = terminal.wait("the end", |screen| screen.contains("end="));
        assert!(!screen.contains("end=0") && screen.contains("bytes=0"), "{screen}");
        world.write(".config/ssoenv/config.ini", "");
    }
}

#[test]
fn nothing_is_printed_on_a_terminal_and_nothing_outside_a_tree() {
    let world = world();
    let outcome = world.run("directory --shell sh");
    assert_eq!((outcome.code, outcome.out.as_str(), outcome.err.as_str()), (0, "", ""));
    let outcome = world.run("allow");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    let outcome = world.run("allow .aws/config");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    // Without words the nearest file counts.
    let mut command = world.ssoenv(["allow"]);
    let outcome = Outcome::of(command.current_dir(world.path("tree/sub")));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(enter_tree(&world).code, 0);
}

/// A shell with the hook in a terminal, and what it uses after each line.
struct Session {
    terminal: Terminal,
    world: World,
    shell: &'static str,
    count: usize,
}

impl Session {
    fn start(shell: &'static str, world: World) -> Option<Self> {
        if find("tmux", "SSOENV_TEST_CLIENTS").is_none() || !have(shell) {
            return None;
        }
        world.write("shell/bashrc", "PS1='$ '\neval \"$(ssoenv init bash)\"\n");
        world.write("shell/.zshrc", "PS1='$ '\neval \"$(ssoenv init zsh)\"\n");
        world.write(
            "shell/rc.fish",
            "function fish_prompt; echo '$ '; end\nssoenv init fish | source\n",
        );
        let bashrc = file(&world, "shell/bashrc");
        let source = format!("source {}", file(&world, "shell/rc.fish"));
        let command = match shell {
            "bash" => vec!["bash", "--noprofile", "--rcfile", &bashrc],
            "zsh" => vec!["zsh"],
            _ => [&["fish"], no_start_files("fish"), &["--init-command", &source]].concat(),
        };
        let env = [("PATH", path()), ("ZDOTDIR", file(&world, "shell"))];
        let terminal = Terminal::start(&world, env, &command);
        let mut session = Self { terminal, world, shell, count: 0 };
        assert_eq!(session.line("true"), "");
        Some(session)
    }

    /// Types a line, and another that tells what the next prompt's variables are.
    fn line(&mut self, line: &str) -> String {
        let (profile, key) = self.names(line);
        assert_eq!(profile.is_empty(), key.is_empty(), "{} {line}: {profile}|{key}", self.shell);
        profile
    }

    /// The same, with the access key.
    fn names(&mut self, line: &str) -> (String, String) {
        self.count += 1;
        let seen = format!("seen{}", self.count);
        self.terminal.text(line);
        self.terminal.keys(&["Enter"]);
        let home = self.world.home().display().to_string();
        self.terminal.text(&format!(
            "printf '%s|%s' \"$SSOENV_PROFILE\" \"$AWS_ACCESS_KEY_ID\" > {home}/.seen; mv {home}/.seen {home}/{seen}"
        ));
        self.terminal.keys(&["Enter"]);
        let text = self.terminal.file(&self.world.path(&seen), line);
        let (profile, key) = text.split_once('|').expect("two values");
        (profile.to_owned(), key.to_owned())
    }
}

fn in_each_shell(body: impl Fn(&mut Session)) {
    for shell in ["bash", "zsh", "fish"] {
        let world = world();
        world.write("tree/inner/.ssoenv", "profile = tools\n");
        world.write("other/.ssoenv", "profile = prod\n");
        if let Some(mut session) = Session::start(shell, world) {
            body(&mut session);
        }
    }
}

#[test]
fn entering_switches_and_leaving_restores() {
    in_each_shell(|session| {
        for tree in ["tree", "tree/inner", "other"] {
            allow(&session.world, tree);
        }
        for (line, profile) in [
            ("cd tree/sub", "dev"),
            ("cd ../inner", "tools"),
            ("cd ..", "dev"),
            ("cd ../other", "prod"),
            ("cd", ""),
            ("ssoenv use tools", "tools"),
            ("cd tree", "dev"),
            ("cd ../other", "prod"),
            ("cd", "tools"),
            ("ssoenv use -", "prod"),
            ("ssoenv clear", ""),
        ] {
            assert_eq!(session.line(line), profile, "{} {line}", session.shell);
        }
    });
}

/// The prompt comes after two seconds, and the keys when they are there.
#[test]
fn a_silent_portal_holds_no_prompt_up() {
    in_each_shell(|session| {
        let shell = session.shell;
        for tree in ["tree", "other"] {
            allow(&session.world, tree);
        }
        fs::remove_dir_all(session.world.path(".aws/cli/cache")).expect("the cache");
        session.world.ic.clear_requests();
        let slow = Reply::Delay(Duration::from_secs(5), None);
        session.world.ic.always(Operation::GetRoleCredentials, Some(slow));
        let started = Instant::now();
        assert_eq!(session.names("cd tree"), ("dev".to_owned(), String::new()), "{shell}");
        let took = started.elapsed();
        assert!((2.0..2.9).contains(&took.as_secs_f64()), "{shell}: {took:?}");
        let screen = session.terminal.screen();
        assert_eq!(screen.matches("has no credentials after 2 seconds").count(), 1, "{screen}");
        // No prompt waits again.
        let started = Instant::now();
        assert_eq!(session.names("cd sub"), ("dev".to_owned(), String::new()), "{shell}");
        assert!(started.elapsed() < Duration::from_secs(1), "{shell}");
        wait_until("the keys", || session.names("true").1.starts_with("ASIA"));
        assert_eq!(session.world.ic.count(Operation::GetRoleCredentials), 1, "{shell}");
        assert_eq!(session.line("cd"), "");
        let screen = session.terminal.screen();
        assert!(!screen.contains("were removed") && !screen.contains("error"), "{screen}");
    });
}

/// What lives is used meanwhile; what has no profile's name leaves the shell as it was.
#[test]
fn what_is_there_is_used_while_the_portal_is_silent() {
    let world = world();
    world.pass(Duration::ZERO);
    allow(&world, "tree");
    let role = "tree/role/.ssoenv";
    world.write(role, "account = 111122223333\nrole = ReadOnly\nsso_session = corp\n");
    allow(&world, "tree/role");
    world.pass(Duration::from_secs(3600 - 600));
    let never = Reply::Delay(Duration::from_secs(60), None);
    world.ic.always(Operation::GetRoleCredentials, Some(never));
    let enter = |below: &str| {
        let mut command = world.ssoenv(["directory", &file(&world, below), "--shell", "sh"]);
        let running = Running::start(command.stdout(Stdio::piped()));
        running.wait_for_line("waiting for an answer");
        world.pass(Duration::from_secs(2));
        Outcome::from(&running.end())
    };
    let outcome = enter("tree/.ssoenv");
    world.says("directory_switch/not_renewed_in_time", &outcome);
    assert!(outcome.out.contains("AWS_SECRET_ACCESS_KEY="), "{}", outcome.err);
    let outcome = enter(role);
    assert_eq!(outcome.out, "", "{outcome:?}");
    world.says("directory_switch/not_ready_in_time", &outcome);
}

#[test]
fn a_use_by_hand_wins_until_the_tree_is_left() {
    in_each_shell(|session| {
        for tree in ["tree", "tree/inner", "other"] {
            allow(&session.world, tree);
        }
        let nested = session.shell;
        for (line, profile) in [
            ("cd tree", "dev"),
            ("ssoenv use prod", "prod"),
            ("cd sub", "prod"),
            ("cd ../inner", "prod"),
            // A shell in the shell is in the same tree.
            (nested, "prod"),
            ("cd ../sub", "prod"),
            ("exit", "prod"),
            ("cd", "prod"),
            ("cd tree", "dev"),
            ("cd", "prod"),
            ("cd tree", "dev"),
            ("ssoenv clear", ""),
            ("cd sub", ""),
            ("cd", ""),
            ("cd other", "prod"),
        ] {
            assert_eq!(session.line(line), profile, "{} {line}", session.shell);
        }
    });
}

#[test]
fn a_file_is_spoken_of_once_and_counts_at_once_when_it_is_allowed() {
    in_each_shell(|session| {
        assert_eq!(session.line("cd tree/sub"), "");
        assert_eq!(session.line("cd .. && cd sub"), "");
        let screen = session.terminal.screen();
        assert_eq!(screen.matches("is not allowed").count(), 1, "{}: {screen}", session.shell);
        assert_eq!(session.line("ssoenv allow"), "dev", "{}", session.shell);
        assert_eq!(session.line("ssoenv deny"), "", "{}", session.shell);
        assert_eq!(session.line("ssoenv allow"), "dev", "{}", session.shell);
        // Changed, then left and entered again: back outside, with a word.
        session.world.write("tree/.ssoenv", "profile = prod\n");
        assert_eq!(session.line("cd ../inner"), "", "{}", session.shell);
        assert_eq!(session.line("cd .."), "", "{}", session.shell);
        assert_eq!(session.line("ssoenv allow"), "prod", "{}", session.shell);
    });
}

#[test]
fn what_the_user_set_in_the_tree_is_theirs() {
    let world = world();
    allow(&world, "tree");
    let script = r#"
        export AWS_PROFILE=mine
        eval "$(ssoenv directory "$PWD/tree/.ssoenv")"
        echo "in $AWS_PROFILE. $SSOENV_PROFILE $SSOENV_OUTSIDE"
        AWS_ACCESS_KEY_ID=own AWS_PROFILE=other
        export AWS_PROFILE
        eval "$(ssoenv directory)"
        echo "out $AWS_PROFILE $AWS_ACCESS_KEY_ID [$SSOENV_PROFILE$SSOENV_DIRECTORY$SSOENV_OUTSIDE]"
    "#;
    let outcome = sh(&world, script);
    assert_eq!(outcome.out, "in . dev -\nout other own []\n", "{outcome:?}");
    world.says("directory_switch/what_the_user_set_in_the_tree_is_theirs", &outcome);
}

#[test]
fn mode_and_region_of_the_outside_come_back() {
    let world = world();
    allow(&world, "tree");
    let script = r#"
        export AWS_REGION=sa-east-1
        eval "$(ssoenv use prod --mode WANTED --region us-east-2)"
        eval "$(ssoenv directory "$PWD/tree/.ssoenv")"
        echo "$SSOENV_PROFILE $SSOENV_MODE $AWS_REGION"
        eval "$(ssoenv directory)"
        echo "$SSOENV_PROFILE $SSOENV_MODE $AWS_REGION $AWS_PROFILE [$SSOENV_DIRECTORY$SSOENV_OUTSIDE]"
        eval "$(ssoenv clear)"
        echo "$SSOENV_PROFILE $SSOENV_MODE $AWS_REGION"
    "#;
    for (mode, profile) in [("keys", ""), ("profile", "prod")] {
        let outcome = sh(&world, &script.replace("WANTED", mode));
        let expected =
            format!("dev keys sa-east-1\nprod {mode} us-east-2 {profile} []\n  sa-east-1\n");
        assert_eq!(outcome.out, expected, "{outcome:?}");
    }
}

#[test]
fn credentials_that_are_renewed_stay_those_of_the_tree() {
    let world = world();
    allow(&world, "tree");
    let script = r#"
        eval "$(ssoenv use prod)"
        eval "$(ssoenv directory "$PWD/tree/.ssoenv")"
        eval "$(ssoenv use --from-cache)"
        ssoenv exec tools -- sh -c 'echo "$SSOENV_PROFILE ${SSOENV_DIRECTORY##*/} $SSOENV_OUTSIDE."'
        eval "$(ssoenv directory)"
        echo "$SSOENV_PROFILE"
    "#;
    let outcome = sh(&world, script);
    assert_eq!(outcome.out, "tools .ssoenv .\nprod\n", "{outcome:?}");
}

#[test]
fn what_was_used_outside_and_is_gone_is_said() {
    let world = world();
    allow(&world, "tree");
    let script = r#"
        eval "$(ssoenv use prod)"
        eval "$(ssoenv directory "$PWD/tree/.ssoenv")"
        sed -i 's/profile prod/profile renamed/' .aws/config
        eval "$(ssoenv directory)"
        echo "[$SSOENV_PROFILE$AWS_ACCESS_KEY_ID]"
    "#;
    let outcome = sh(&world, script);
    assert_eq!(outcome.out, "[]\n", "{outcome:?}");
    world.says("directory_switch/what_was_used_outside_and_is_gone_is_said", &outcome);
}

#[test]
fn names_of_folders_are_text_everywhere() {
    for shell in ["bash", "zsh", "fish", "sh"] {
        if !have(shell) {
            continue;
        }
        let ic = IdentityCenter::start();
        let world = World::with(ic);
        world.write(".aws/config", CONFIG);
        world.ok("use dev");
        for name in ["$(touch fired)", "a\nb", "it's \"x\"", "\u{1b}]0;x\u{7}", "ünï 日本", "-rf"]
        {
            let below = format!("{name}/.ssoenv");
            world.write(&below, "profile = dev");
            let said = enter(&world, &world.path(&below));
            assert_refused(&said, "is not allowed");
            allow(&world, &below);
            let mut command = world.ssoenv(["directory"]);
            let entered = Outcome::of(command.arg(world.path(&below)).args(["--shell", shell]));
            assert_eq!(entered.code, 0, "{entered:?}");
            let show = "printf '%s' \"$SSOENV_DIRECTORY\"";
            let script = format!("{}\n{show}\n", entered.out);
            let mut run = crate::support::shells::script(&world, shell, &[], &script);
            let shown = Outcome::of(&mut run);
            assert_eq!(shown.out, file(&world, &below), "{shell}: {shown:?}");
        }
        assert!(!world.path("fired").exists());
    }
}
