//! Every error that the services are known to give, on every operation that can give it: the exit
//! code, one message, and a hint that says what to do.

use std::collections::BTreeMap;
use std::sync::Mutex;

use identity_center::{Operation, Reply};

use crate::support::world::Outcome;
use crate::support::{World, messages};

/// A way to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `RegisterClient`, by the browser's login.
    Register,
    /// `StartDeviceAuthorization`.
    Device,
    /// `CreateToken` with a device code.
    Poll,
    /// `CreateToken` with the browser's code.
    Exchange,
    /// `CreateToken` with a refresh token.
    Refresh,
    /// `ListAccounts`.
    Accounts,
    /// `ListAccountRoles`.
    Roles,
    /// `GetRoleCredentials`.
    Credentials,
}

use Way::{Accounts, Credentials, Device, Exchange, Poll, Refresh, Register, Roles};

impl Way {
    fn operation(self) -> Operation {
        match self {
            Register => Operation::RegisterClient,
            Device => Operation::StartDeviceAuthorization,
            Poll | Exchange | Refresh => Operation::CreateToken,
            Accounts => Operation::ListAccounts,
            Roles => Operation::ListAccountRoles,
            Credentials => Operation::GetRoleCredentials,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Register | Exchange => "login",
            Device | Poll => "login --device-code",
            Refresh => "use prod --shell sh --no-login --fresh",
            Accounts => "accounts",
            Roles => "roles",
            Credentials => "use prod --shell sh --no-login",
        }
    }

    /// A world in which the next thing to go wrong is the operation.
    fn world(self) -> World {
        let world = World::new();
        if matches!(self, Refresh | Accounts | Roles | Credentials) {
            world.ok("login");
        }
        if self == Refresh {
            world.expire();
        }
        world
    }
}

/// An error of the catalog: what the service answers, on which ways, the exit code there, and
/// words that have to be in the message.
struct Case {
    reply: Reply,
    ways: &'static [(Way, i32)],
    says: &'static [&'static str],
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::Error { status, code: code.to_owned(), message: message.to_owned() }
}

fn case(reply: Reply, ways: &'static [(Way, i32)], says: &'static [&'static str]) -> Case {
    Case { reply, ways, says }
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    let everywhere: &[(Way, i32)] = &[
        (Register, 5),
        (Device, 5),
        (Poll, 5),
        (Exchange, 5),
        (Refresh, 5),
        (Accounts, 5),
        (Roles, 5),
        (Credentials, 5),
    ];
    let scopes: &[&str] = &["sso_registration_scopes"];
    vec![
        // A poll goes on when it is told to slow down; the rest tries again a few times.
        case(Reply::SlowDown, &[(Register, 5), (Device, 5)], &["asks to slow down"]),
        case(Reply::Pending, &[(Poll, 1)], &["nobody finished the login to `corp`"]),
        case(Reply::Expired, &[(Poll, 1), (Exchange, 1)], &["nobody finished the login to `corp`"]),
        case(Reply::Denied, &[(Poll, 1), (Exchange, 1)], &["was denied in the browser"]),
        case(
            Reply::InvalidGrant,
            &[(Poll, 1), (Exchange, 1)],
            &["the login was not accepted", "ssoenv login --sso-session corp"],
        ),
        case(Reply::InvalidGrant, &[(Refresh, 3)], &["ssoenv login --sso-session corp"]),
        case(
            Reply::InvalidClient,
            &[(Device, 5), (Poll, 5), (Exchange, 5)],
            &["does not accept the client"],
        ),
        case(Reply::InvalidClient, &[(Refresh, 3)], &["ssoenv login --sso-session corp"]),
        case(
            Reply::UnauthorizedClient,
            &[(Device, 5), (Poll, 5), (Exchange, 5)],
            &["does not accept the client"],
        ),
        case(Reply::UnauthorizedClient, &[(Refresh, 3)], &["ssoenv login --sso-session corp"]),
        case(
            Reply::InvalidRequestEmpty,
            &[(Register, 6), (Device, 6)],
            &["does not know the start URL", "`sso_region`", "ssoenv doctor --fix"],
        ),
        case(
            error(400, "InvalidRequestException", "a parameter is missing"),
            &[(Register, 6), (Device, 6), (Poll, 6), (Exchange, 6), (Accounts, 6), (Roles, 6)],
            &["a parameter is missing", "ssoenv doctor"],
        ),
        case(
            error(400, "InvalidRequestException", "a parameter is missing"),
            &[(Credentials, 6)],
            &["a parameter is missing"],
        ),
        case(
            error(400, "InvalidRequestRegionException", "use eu-west-1"),
            &[(Register, 6), (Device, 6), (Poll, 6)],
            &["use eu-west-1", "set `sso_region`"],
        ),
        case(error(400, "InvalidScopeException", ""), &[(Register, 6), (Poll, 6)], scopes),
        case(error(400, "InvalidClientMetadataException", ""), &[(Register, 6)], scopes),
        case(error(400, "InvalidRedirectUriException", ""), &[(Register, 6)], scopes),
        case(
            error(400, "UnsupportedGrantTypeException", ""),
            &[(Register, 6), (Poll, 6), (Exchange, 6)],
            scopes,
        ),
        case(
            Reply::Status(401),
            &[(Accounts, 3), (Roles, 3), (Credentials, 3)],
            &["ssoenv login --sso-session corp"],
        ),
        case(Reply::Status(403), &[(Credentials, 4)], &["`Admin`", "`ReadOnly`", "`111122223333`"]),
        case(Reply::Status(403), &[(Accounts, 4), (Roles, 4)], &["ssoenv"]),
        case(Reply::Status(404), &[(Credentials, 4)], &["`111122223333`"]),
        case(Reply::Status(429), everywhere, &["asks to slow down"]),
        case(Reply::Status(500), everywhere, &["has trouble"]),
        case(Reply::Status(503), everywhere, &["has trouble"]),
        case(Reply::Drop, &[(Register, 5), (Device, 5), (Poll, 5), (Exchange, 5)], &["broke"]),
        case(Reply::Drop, &[(Refresh, 3)], &["is not repeated", "ssoenv login"]),
        case(Reply::Drop, &[(Accounts, 5), (Roles, 5), (Credentials, 5)], &["broke"]),
    ]
}

/// How a case ended, and what is wrong with that; nothing where all is well.
fn judge(case: &Case, way: Way, code: i32) -> (String, Vec<String>) {
    let world = way.world();
    if way == Way::Roles {
        world.ok("accounts");
    }
    world.ic.always(way.operation(), Some(case.reply.clone()));
    if way == Way::Credentials && matches!(case.reply, Reply::Status(401)) {
        // Refreshed once, and refused again; a login is not allowed.
        world.ic.revoke_refresh_tokens();
    }
    let mut command = world.ssoenv(way.words().split(' '));
    // Lists that are refused would log in anew.
    command.env("AWS_MAX_ATTEMPTS", "2");
    if matches!(way, Accounts | Roles) {
        world.ic.revoke_refresh_tokens();
        command.env_remove("BROWSER").env("CI", "true");
    }
    if matches!(case.reply, Reply::Pending) {
        command.env("SSOENV_LOGIN_TIMEOUT", "2");
    }
    let outcome = Outcome::of(&mut command);
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{way:?} {:?}: {what}: {outcome:?}", case.reply));
        }
    };
    check(outcome.code == code, &format!("exit code {code}"));
    check(outcome.out.is_empty(), "nothing on standard output");
    let errors = outcome.err.lines().filter(|line| line.starts_with("error: ")).count();
    check(errors == 1, "one error");
    let hints: Vec<_> = outcome.err.lines().filter(|l| l.starts_with("hint: ")).collect();
    // A command or an edit; where only time helps, the same again.
    let acts = |hint: &&str| hint.contains('`') || hint.contains("run the command again");
    check(!hints.is_empty() && hints.iter().all(acts), "hints that say what to do");
    for words in case.says {
        check(outcome.err.contains(words), &format!("the words {words:?}"));
    }
    for secret in world.ic.issued_secrets() {
        check(!outcome.err.contains(&secret), "no secret");
    }
    let message = world.named(&outcome.err);
    (format!("## {way:?}: {:?}\n[{}]\n{message}\n", case.reply, outcome.code), wrong)
}

#[test]
fn every_error_has_its_code_and_says_what_to_do() {
    let cases = cases();
    let todo: Vec<_> =
        cases.iter().flat_map(|case| case.ways.iter().map(move |way| (case, way))).collect();
    let todo = Mutex::new(todo.into_iter().enumerate());
    let (wrong, said) = (Mutex::new(Vec::new()), Mutex::new(BTreeMap::new()));
    // Most of the time they wait: for a poll, or before they try again.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let next = todo.lock().expect("the list").next();
                    let Some((number, (case, &(way, code)))) = next else { return };
                    let (message, found) = judge(case, way, code);
                    said.lock().expect("the list").insert(number, message);
                    wrong.lock().expect("the list").extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("the list");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let said: String = said.into_inner().expect("the list").into_values().collect();
    messages::compare("catalog", &said);
}
