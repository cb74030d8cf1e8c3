//! The commands of the matrix, as data: what each asks the services, and how it ends in trouble.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use identity_center::Operation;

use super::{files, token};
use crate::support::World;

/// A command that reads or writes state.
#[derive(Clone, Copy)]
pub struct Verb {
    /// Its name in the report.
    pub name: &'static str,
    /// Its words.
    pub words: &'static str,
    /// What it asks, each of which is put in trouble in turn.
    pub asks: &'static [Operation],
    /// Its exit code while a service is in trouble.
    pub in_trouble: i32,
    /// Its exit code on a full disk.
    pub full: i32,
    /// Its exit code where nothing can be written.
    pub read_only: i32,
    /// Run in a shell in which `use prod` has been evaluated.
    pub active: bool,
    /// A second run finds it done, and says so with 6 or 2.
    pub once: bool,
}

const fn verb(
    name: &'static str,
    words: &'static str,
    asks: &'static [Operation],
    (in_trouble, full, read_only): (i32, i32, i32),
) -> Verb {
    Verb { name, words, asks, in_trouble, full, read_only, active: false, once: false }
}

/// Run where `use` has been.
const fn active(verb: Verb) -> Verb {
    Verb { active: true, ..verb }
}

/// Done once.
const fn once(verb: Verb) -> Verb {
    Verb { once: true, ..verb }
}

use Operation::{
    AssumeRole, CreateToken, GetCallerIdentity, GetRoleCredentials, GetSigninToken,
    ListAccountRoles, ListAccounts, Logout, RegisterClient, StartDeviceAuthorization,
};

/// Commands × what is asked × how they end. Each starts in [`ready`].
pub const VERBS: [Verb; 31] = [
    verb("use", "use prod --shell sh", &[GetRoleCredentials], (5, 0, 0)),
    verb(
        "use, role on top",
        "use chained --shell sh",
        &[GetRoleCredentials, AssumeRole],
        (5, 0, 0),
    ),
    verb("use --mode profile", "use prod --mode profile --shell sh", &[], (0, 0, 0)),
    active(verb("use --from-cache", "use --from-cache --shell sh", &[], (0, 0, 0))),
    active(verb("clear", "clear --shell sh", &[], (0, 0, 0))),
    active(verb("refresh", "refresh --foreground", &[GetRoleCredentials], (5, 0, 0))),
    verb("login", "login --force", &[RegisterClient, CreateToken], (5, 6, 6)),
    verb("login, device", "login --force --device-code", &[StartDeviceAuthorization], (5, 6, 6)),
    verb("logout", "logout", &[Logout], (0, 0, 6)),
    verb("accounts", "accounts --refresh", &[ListAccounts], (5, 0, 0)),
    verb("roles", "roles --refresh", &[ListAccounts, ListAccountRoles], (5, 0, 0)),
    verb("exec", "exec prod -- true", &[GetRoleCredentials], (5, 0, 0)),
    verb("exec --serve", "exec prod --serve -- true", &[GetRoleCredentials], (5, 0, 0)),
    verb("exec --all", "exec --all prod -- true", &[GetRoleCredentials], (5, 0, 0)),
    verb("credentials", "credentials prod", &[GetRoleCredentials], (5, 0, 0)),
    verb("credentials --write", "credentials prod --write keys", &[GetRoleCredentials], (5, 6, 6)),
    once(verb("credentials --remove", "credentials old --remove", &[], (0, 6, 6))),
    verb(
        "console",
        "console prod --federate --print",
        &[GetRoleCredentials, GetSigninToken],
        (5, 0, 0),
    ),
    verb("whoami", "whoami prod", &[GetRoleCredentials, GetCallerIdentity], (5, 0, 0)),
    verb(
        "configure",
        "--yes configure --sso-session corp --account 111122223333 --role Admin --profile new",
        &[ListAccounts, ListAccountRoles],
        (5, 6, 6),
    ),
    verb("sync", "--yes sync --sso-session corp", &[ListAccounts, ListAccountRoles], (5, 6, 6)),
    once(verb("profile remove", "--yes profile remove tools", &[], (0, 6, 6))),
    once(verb("profile rename", "--yes profile rename dev development", &[], (0, 6, 6))),
    once(verb("profile copy", "--yes profile copy dev other", &[], (0, 6, 6))),
    verb("profile default", "--yes profile default dev", &[], (0, 6, 6)),
    once(verb("profile use-process", "--yes profile use-process dev", &[], (0, 6, 6))),
    verb("doctor --fix", "--yes doctor --fix --offline", &[], (0, 6, 6)),
    verb("settings set", "settings set mode profile", &[], (0, 6, 6)),
    verb("setup", "--yes setup zsh", &[], (0, 6, 6)),
    verb("allow", "allow .ssoenv", &[], (0, 6, 6)),
    verb("deny", "deny old/.ssoenv", &[], (0, 6, 6)),
];

/// Bytes of files by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Folders and files in which commands keep something.
const PLACES: [&str; 5] = [".aws", ".local", ".cache", ".config", "rc"];

/// A world in which every command of the table has something to do: logged in, no role cached.
pub fn ready() -> World {
    let world = World::chained("[forgotten]\nregion = us-east-1\n");
    world.write(
        ".aws/credentials",
        "# mine\n[static]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = EXAMPLE\n",
    );
    for file in [".ssoenv", "old/.ssoenv"] {
        world.write(file, "profile = prod\n");
    }
    token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    world.ok("allow old/.ssoenv");
    world.ok("credentials prod --write old");
    world.write("rc/.zshrc", "# mine\n");
    let active = world.ok("use prod --shell sh");
    world.write("active", &active);
    drop(fs::remove_dir_all(world.path(".aws/cli")));
    drop(fs::remove_dir_all(world.path(".cache")));
    drop(fs::remove_dir_all(world.path(".local/state/ssoenv/stamps")));
    world.ic.clear_requests();
    world
}

impl Verb {
    /// The command, begun with `before` (`strace …`, `faketime …`) where that is not empty.
    pub fn command(&self, world: &World, before: &[&str]) -> Command {
        let mut words: Vec<&str> = before.to_vec();
        words.push(env!("CARGO_BIN_EXE_ssoenv"));
        words.extend(self.words.split_whitespace());
        let mut command = if self.active {
            let mut shell = world.command("sh");
            shell.args(["-c", "eval \"$ACTIVE\"; unset ACTIVE; exec \"$@\"", "sh"]);
            shell.env("ACTIVE", fs::read_to_string(world.path("active")).unwrap_or_default());
            shell
        } else {
            let program = words.remove(0);
            world.command(program)
        };
        command.args(words).env("AWS_MAX_ATTEMPTS", "1").env("ZDOTDIR", world.path("rc"));
        command
    }
}

/// Everything that commands keep.
pub fn snapshot(world: &World) -> Files {
    PLACES.into_iter().flat_map(|place| files(world, place)).collect()
}

/// Everything put back as it was, with a token of its own: a logout may have ended the last one.
pub fn renew(world: &World, before: &Files) -> Files {
    restore(world, before);
    token(world, &world.ic.session(), Duration::from_secs(8 * 3600));
    snapshot(world)
}

/// Everything put back as it was.
pub fn restore(world: &World, before: &Files) {
    for place in PLACES {
        drop(fs::remove_dir_all(world.path(place)));
    }
    for (name, bytes) in before {
        let path = Path::new(name);
        fs::create_dir_all(path.parent().expect("below home")).expect("folders");
        fs::write(path, bytes).expect("a file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a mode");
    }
}
