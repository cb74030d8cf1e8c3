//! Every secret that the simulated services issue holds a marker. It is looked for wherever it must
//! not be: in words, logs, arguments, environments and in files that others can read.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use identity_center::{Operation, Reply};

use crate::support::run::Running;
use crate::support::watch::MARK;
use crate::support::world::Outcome;
use crate::support::{World, can_trace};

/// Commands, and whether their standard output is there to hold secrets.
const COMMANDS: [(&str, bool); 55] = [
    ("status", false),
    ("status --json", false),
    ("list --json", false),
    ("login", false),
    ("login --force", false),
    ("login --device-code --force", false),
    ("login --sso-session nobody", false),
    ("use prod --shell bash", true),
    ("use prod --shell fish", true),
    ("use prod --shell powershell", true),
    ("use prod --mode profile", false),
    ("use nobody", false),
    ("use --account 111122223333 --role Nobody", false),
    ("use chained --shell sh", true),
    ("use denied", false),
    ("clear", false),
    ("accounts --refresh", false),
    ("accounts --json", false),
    ("roles --refresh --json", false),
    ("roles 111122223333", false),
    ("credentials prod", true),
    ("credentials prod --format json", true),
    ("credentials nobody", false),
    ("exec prod -- true", false),
    ("exec prod -- false", false),
    ("exec prod -- /nonexistent", false),
    ("exec prod -- env", true),
    ("whoami prod", false),
    ("whoami prod --json", false),
    ("console prod --print", false),
    ("profile show prod --json", false),
    ("profile show static --json", true),
    ("settings list --json", false),
    ("sync --sso-session corp --dry-run", false),
    ("doctor", false),
    ("doctor --json", false),
    ("--yes doctor --fix --offline", false),
    ("doctor --bundle .config/report", false),
    ("--yes sync --sso-session corp", false),
    ("--yes configure --sso-session corp --account 111122223333 --role Admin --profile new", false),
    ("credentials prod --write keys", false),
    ("credentials keys --remove", false),
    ("--yes profile copy static copied", false),
    ("--yes profile rename copied renamed", false),
    ("--yes profile default static --dry-run", false),
    ("--yes profile remove renamed", false),
    ("--yes profile use-process prod --dry-run", false),
    ("console prod --federate --print", true),
    ("settings set mode keys", false),
    ("setup zsh --dry-run", false),
    ("allow .ssoenv", false),
    ("deny .ssoenv", false),
    ("list", false),
    ("prompt", false),
    ("logout", false),
];

fn world() -> World {
    World::chained(&format!(
        "[profile denied]\nrole_arn = arn:aws:iam::111122223333:role/Nobody\n\
         source_profile = prod\n\n[profile static]\naws_access_key_id = AKIASENTINEL\n\
         aws_secret_access_key = {MARK}/static\n"
    ))
}

fn check(outcome: &Outcome, secret_output: bool, about: &str) {
    assert!(!outcome.err.contains(MARK), "`{about}`: {}", outcome.err);
    assert!(secret_output || !outcome.out.contains(MARK), "`{about}`: {}", outcome.out);
    assert!(outcome.code != 101 && outcome.code != -1, "`{about}` panicked: {outcome:?}");
}

/// Whoever runs a program past `support` sees what it says, and does not search it.
#[test]
fn no_test_runs_a_program_unwatched() {
    let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it").into()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir::<std::path::PathBuf>(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("support") {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            seen += usize::from(!text.is_empty());
            for call in ["spawn", "output", "wait_with_output", "status"] {
                let call = format!(".{call}()");
                assert!(!text.contains(&call), "{}: use support::run, not {call}", path.display());
            }
        }
    }
    assert!(seen > 30, "{seen} files");
}

#[test]
fn no_command_tells_a_secret_however_loud() {
    let world = world();
    world.ic.always(Operation::DevicePage, None);
    for loud in ["", "-v ", "-vv "] {
        for (words, secret_output) in COMMANDS {
            let words = format!("{loud}{words}");
            let mut command = world.ssoenv(words.split_whitespace());
            command.env("RUST_BACKTRACE", "1").env("RUST_LOG", "trace");
            check(&Outcome::of(&mut command), secret_output, &words);
        }
    }
    assert!(!world.read(".config/report").contains(MARK), "the report for an issue");
}

#[test]
fn no_fault_tells_a_secret() {
    let faults: [fn() -> Reply; 8] = [
        || Reply::ResetMidBody,
        || Reply::Truncated,
        || Reply::Garbage,
        || Reply::CaptivePortal,
        || Reply::Status(401),
        || Reply::Status(403),
        || Reply::Status(500),
        || Reply::InvalidClient,
    ];
    for fault in faults {
        for operation in
            [Operation::RegisterClient, Operation::CreateToken, Operation::GetRoleCredentials]
        {
            let world = world();
            world.ic.always(operation, Some(fault()));
            for words in ["-vv login", "-vv use prod", "-vv use prod --device-code", "-vv status"] {
                let mut command = world.ssoenv(words.split_whitespace());
                let outcome = Outcome::of(command.env("AWS_MAX_ATTEMPTS", "1"));
                check(&outcome, words.contains("use") && outcome.code == 0, words);
            }
        }
    }
}

#[test]
fn a_panic_or_closed_streams_tell_no_secret() {
    let world = world();
    world.ok("use prod");
    for redirect in
        [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-", "> /dev/full", "2> /dev/full"]
    {
        for words in
            ["use prod --shell sh", "credentials prod", "list", "status --json", "-vv use prod"]
        {
            let mut command = world.command("sh");
            let script = format!("\"$SSOENV\" {words} {redirect}");
            command.args(["-c", &script]).env("SSOENV", env!("CARGO_BIN_EXE_ssoenv"));
            let outcome = Outcome::of(command.env("RUST_BACKTRACE", "full"));
            let about = format!("{words} {redirect}");
            check(&outcome, true, &about);
            assert!([0, 1].contains(&outcome.code), "{about}: {outcome:?}");
        }
    }
}

/// Arguments and environment of every process of this world, as any process of the user (the
/// arguments: of anybody) can read them: also of those that have outlived the one that started them.
fn visible(world: &World) -> Vec<(String, String)> {
    let home = format!("HOME={}\0", world.home().display());
    let read = |path: &std::path::Path, file: &str| {
        String::from_utf8_lossy(&fs::read(path.join(file)).unwrap_or_default()).into_owned()
    };
    let mut seen = Vec::new();
    for entry in fs::read_dir("/proc").expect("processes").flatten() {
        let environment = read(&entry.path(), "environ");
        let arguments = read(&entry.path(), "cmdline");
        // One that ended in between has none.
        if environment.contains(&home) && !arguments.is_empty() {
            seen.push((arguments, environment));
        }
    }
    seen
}

/// Runs a command in a shell in which `active` has been evaluated, and looks at all processes until
/// none is left. One of them has `wanted` among its arguments: the services are slow until it was seen.
fn watched(world: &World, active: &str, words: &str, wanted: &str) {
    world.ic.latency(Duration::from_secs(1));
    // A browser and the like live long enough to be looked at.
    world.write("slow.sh", "sleep 1; exec /bin/sh \"$(dirname \"$0\")/browser.sh\" \"$@\"\n");
    let mut command = world.command("sh");
    let script = format!("eval \"$ACTIVE\"; unset ACTIVE; \"$SSOENV\" {words}");
    command.args(["-c", &script]).env("ACTIVE", active).env("SSOENV", env!("CARGO_BIN_EXE_ssoenv"));
    command.env("BROWSER", format!("/bin/sh {}", world.path("slow.sh").display()));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut shell = Running::start(&mut command);
    let itself = format!("{} {words} ", env!("CARGO_BIN_EXE_ssoenv")).replace(' ', "\0");
    let mut seen = false;
    loop {
        let ended = shell.try_wait().expect("a child").is_some();
        let processes = visible(world);
        for (arguments, environment) in &processes {
            assert!(!arguments.contains(MARK), "`{words}`: {arguments}");
            // The shell has what `use` has put there, and what it starts has it from the shell.
            let inherits = arguments.starts_with("sh\0-c\0") || *arguments == itself;
            let clean = !environment.contains(MARK) && !environment.contains("SSOENV_SAVED=");
            let allowed = inherits && !active.is_empty();
            assert!(clean || allowed, "`{words}`: {arguments} {environment}");
            if !seen && !arguments.starts_with("sh\0-c\0") && arguments.contains(wanted) {
                seen = true;
                world.ic.latency(Duration::from_millis(60));
            }
        }
        if ended && processes.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    assert!(seen, "`{words}`: no process with {wanted}");
}

#[test]
#[cfg(target_os = "linux")]
fn arguments_and_environment_hold_no_secret_while_it_works() {
    let world = world();
    for words in [
        "login",
        "login --device-code --force",
        "use prod",
        "use chained",
        "use prod --fresh",
        "accounts --refresh",
        "console prod --federate",
        "whoami prod",
        "logout",
    ] {
        watched(&world, "", words, env!("CARGO_BIN_EXE_ssoenv"));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn own_children_have_nothing_of_the_shells_secrets() {
    let world = world();
    let active = format!(
        "export AWS_SECRET_ACCESS_KEY={MARK}/before AWS_ACCESS_KEY_ID=AKIABEFORE; {}",
        world.ok("use prod --shell sh")
    );
    world.ok("roles --refresh");
    for (words, child) in [
        ("login --force", "slow.sh"),
        ("console prod", "slow.sh"),
        ("console prod --federate", "slow.sh"),
        ("refresh", "--foreground"),
        ("roles", "--background"),
    ] {
        if child == "--background" {
            age_the_directory(&world);
        }
        watched(&world, &active, words, child);
    }
}

/// Makes the known accounts and roles look old: they are shown, and asked for in the background.
fn age_the_directory(world: &World) {
    let folder = world.path(".cache/ssoenv");
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let Ok(mut fields) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
            for name in ["accounts_at", "roles_at"] {
                if let Some(time) = fields.get_mut(name) {
                    *time = 1.into();
                }
            }
            fs::write(&path, fields.to_string()).expect("written");
        }
    }
}

/// The command of `exec` gets the keys of its role, and nothing that leads to others.
#[test]
fn the_command_of_exec_gets_no_token() {
    let world = world();
    world.ok("login");
    let cache = world.path(".aws/sso/cache");
    let caches = fs::read_dir(cache).expect("the cache").flatten();
    let tokens: Vec<String> = caches
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .filter_map(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .flat_map(|fields| {
            let names = ["accessToken", "refreshToken", "clientSecret", "clientId"];
            names.map(|name| fields[name].as_str().map(ToOwned::to_owned))
        })
        .flatten()
        .collect();
    assert!(tokens.len() >= 4, "{}", tokens.len());
    for words in [
        "exec prod -- env",
        "exec --all prod -- env",
        "exec chained -- env",
        "exec prod --serve -- env",
    ] {
        let outcome = world.run(words);
        assert_eq!(outcome.code, 0, "`{words}`: {}", outcome.err);
        let keys = outcome.out.contains("AWS_SECRET_ACCESS_KEY=");
        assert_eq!(keys, !words.contains("--serve"), "`{words}`");
        for token in &tokens {
            assert!(!outcome.out.contains(token.as_str()), "`{words}`");
        }
    }
}

#[test]
fn every_file_is_made_with_its_final_mode() {
    let world = world();
    if !can_trace(&world) {
        return;
    }
    for (words, at_least) in [
        ("use prod", 4),
        ("login --force", 2),
        ("accounts --refresh", 1),
        ("settings set mode keys", 1),
        ("use chained", 1),
    ] {
        let log = world.path("trace");
        let mut command = world.command("sh");
        let script = "umask 000; exec strace -f -qq -y -o \"$LOG\" -s 300 \
                      -e trace=open,openat,creat,mkdir,mkdirat,chmod,fchmod,fchmodat \
                      \"$SSOENV\" $WORDS >/dev/null 2>&1";
        command
            .args(["-c", script])
            .env("SSOENV", env!("CARGO_BIN_EXE_ssoenv"))
            .env("LOG", &log)
            .env("WORDS", words);
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
        let text = fs::read_to_string(&log).expect("the trace");
        let home = world.home().display().to_string();
        // Not what the browser writes.
        let ours = text.lines().filter(|line| line.contains(&home) && !line.contains("/opened"));
        let mut made = 0;
        for line in ours {
            if line.contains("O_CREAT") && !line.contains(" = -1") {
                made += 1;
                assert!(line.contains(", 0600)"), "`{words}`: {line}");
            }
            if line.contains("mkdir") && !line.contains(" = -1") {
                assert!(line.contains(", 0700)"), "`{words}`: {line}");
            }
        }
        assert!(made >= at_least, "`{words}` made {made} files: {text}");
    }
    let mode = fs::metadata(world.path(".aws/sso/cache")).expect("the cache").mode() & 0o777;
    assert_eq!(mode, 0o700);
}
