//! Machines and files as they are out there: what the AWS CLI takes is taken, what nobody can take is
//! told by its cause.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use identity_center::{Operation, Proxy, Reply};

use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, can_trace, find, run, skip};

#[test]
fn a_socks_proxy_is_called_one() {
    for proxy in ["socks5h://127.0.0.1:1080", "socks5://localhost:1"] {
        let world = World::new();
        let mut command = world.ssoenv(["login"]);
        let outcome = Outcome::of(command.env("HTTPS_PROXY", proxy));
        assert_eq!(outcome.code, 6, "{outcome:?}");
        let scheme = &proxy[..proxy.find(':').expect("a scheme")];
        let what = format!("the proxy in `HTTPS_PROXY` is a SOCKS proxy (`{scheme}`)");
        assert!(outcome.err.contains(&what), "{outcome:?}");
        assert_eq!(world.browser_opened(), 0);
    }
}

#[test]
fn a_name_with_an_invisible_character_is_not_said_to_be_itself() {
    let world = World::new();
    for name in ["prod\u{200b}", "pr\u{ad}od", "\u{feff}prod"] {
        let outcome = Outcome::of(&mut world.ssoenv(["credentials", name]));
        assert_eq!(outcome.code, 6, "{outcome:?}");
        assert!(outcome.err.contains("a character that cannot be seen: U+"), "{outcome:?}");
        assert!(outcome.err.contains("did you mean `prod`?"), "{outcome:?}");
    }
    // The other way round: the name in the file has one, and is found by what can be seen of it.
    world.write(".aws/config", &CONFIG.replace("[profile prod]", "[profile prod\u{200b}]"));
    world.ok("login");
    let outcome = world.run("use prod --shell sh");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.err.contains("with a character that cannot be seen (U+200B)"), "{outcome:?}");
}

#[test]
fn a_home_that_is_not_utf8_is_a_home() {
    let world = World::new();
    let home = world.home().join(OsStr::from_bytes(b"h\xff\xfe"));
    fs::create_dir_all(home.join(".aws")).expect("a folder");
    fs::write(home.join(".aws/config"), CONFIG).expect("a file");
    for words in ["login", "credentials prod", "use prod --shell sh", "status", "accounts"] {
        let mut command = world.ssoenv(words.split(' '));
        let outcome = Outcome::of(command.env("HOME", &home));
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
    }
    assert!(home.join(crate::support::TOKEN).exists());
}

/// At each number of open files something else fails first.
#[test]
fn without_open_files_or_threads_it_ends_with_an_error() {
    let world = World::new();
    world.ok("login");
    for limit in 3..14 {
        for words in
            ["use prod --shell sh --fresh", "accounts --refresh", "credentials prod", "status"]
        {
            let script = format!("ulimit -n {limit}; exec \"$0\" {words}");
            let mut command = world.command("bash");
            let outcome = Outcome::of(command.args(["-c", &script, env!("CARGO_BIN_EXE_ssoenv")]));
            // A loader that cannot open its libraries ends before us.
            let about = format!("{limit}, {words}: {outcome:?}");
            assert!((0..=6).contains(&outcome.code) || outcome.code == 127, "{about}");
            assert!(outcome.code != 0 || outcome.out.len() > 9, "{about}");
            assert!(outcome.code == 0 || outcome.out.is_empty(), "{about}");
            let is_told =
                outcome.err.contains("error: ") && outcome.err.contains("`ulimit -n 256`");
            assert!([0, 127].contains(&outcome.code) || is_told, "{about}");
            assert!(!outcome.err.contains("panicked"), "{about}");
        }
    }
}

/// Threads look up names of hosts; `exec --serve` starts a program.
#[test]
fn without_threads_it_ends_with_an_error() {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can become a user without other processes");
    }
    let Some(program) = find("setpriv", "SSOENV_TEST_CLIENTS") else { return };
    let world = World::new();
    world.ok("login");
    world.ok("use prod --shell sh");
    // Of two runs at once each has its own.
    let user = &(100_000 + std::process::id()).to_string();
    let all = [OsStr::new("-R"), OsStr::new(user), world.home().as_os_str()];
    assert!(run::output(Command::new("chown").args(all)).status.success());
    // One that the user may run.
    world.copy_of(env!("CARGO_BIN_EXE_ssoenv"), "ssoenv");
    for (words, code) in [
        ("use prod --shell sh --fresh", 1),
        ("accounts --refresh", 1),
        ("whoami prod", 1),
        ("exec --serve prod -- true", 126),
    ] {
        let mut command = world.command(&program);
        let script = format!("ulimit -u 1; exec ./ssoenv {words}");
        command.args([&format!("--reuid={user}"), "--clear-groups", "bash", "-c", &script]);
        for (name, _) in world.ic.env().into_iter().filter(|(name, _)| name.contains("ENDPOINT")) {
            command.env(name, "https://portal.example.invalid");
        }
        let outcome = Outcome::of(&mut command);
        assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{words}: {outcome:?}");
        let hint = "\nhint: end other programs, or raise the limit: `ulimit -u`\n";
        assert!(outcome.err.contains(hint), "{words}: {outcome:?}");
    }
}

#[test]
fn without_random_bytes_it_ends_with_an_error() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    world.ok("login");
    for (words, which) in [
        ("use prod --shell sh --fresh", ""),
        ("login --force", ""),
        ("status", ""),
        ("login --force --no-browser", ":when=2+"),
        ("serve prod", ":when=2+"),
    ] {
        let mut command = world.command("strace");
        let inject = format!("inject=getrandom:error=EIO{which}");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=getrandom", "-e", &inject]);
        command.arg(env!("CARGO_BIN_EXE_ssoenv")).args(words.split(' '));
        let outcome = Outcome::of(&mut command);
        assert_eq!((outcome.code, outcome.out.as_str()), (1, ""), "{words}: {outcome:?}");
        assert!(outcome.err.contains("error: the system gives no random bytes\n"), "{outcome:?}");
        assert!(outcome.err.contains("\nhint: allow this program `getrandom`"), "{outcome:?}");
    }
}

#[test]
fn attempts_of_the_file_count() {
    for (attempts, variable, expected) in [("1", None, 1), ("2", None, 2), ("2", Some("1"), 1)] {
        let world = World::new();
        let config =
            CONFIG.replace("[profile prod]", &format!("[profile prod]\nmax_attempts = {attempts}"));
        world.write(".aws/config", &config);
        world.ok("login");
        world.ic.always(Operation::GetRoleCredentials, Some(Reply::Status(500)));
        let mut command = world.ssoenv(["use", "prod", "--shell", "sh"]);
        command.envs(variable.map(|number| ("AWS_MAX_ATTEMPTS", number)));
        let outcome = world.hurry(|| Outcome::of(&mut command));
        assert_eq!(outcome.code, 5, "{outcome:?}");
        assert_eq!(
            world.ic.count(Operation::GetRoleCredentials),
            expected,
            "{attempts} {variable:?}"
        );
    }
}

#[test]
fn credentials_without_an_end_are_credentials() {
    let world = World::empty();
    let json = r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"SECRET","Expiration":"9999-12-31T23:59:59Z"}"#;
    world.write("json", json);
    world
        .write(".aws/config", "[profile dev]\ncredential_process = cat json\nregion = us-east-1\n");
    let document = world.json("credentials dev");
    let end = document["Expiration"].as_str().expect("a time");
    // A day less than the last one, so that no zone makes it a time that nobody can read.
    assert!(end.starts_with("9999-12-3"), "{end}");
    let shell = world.ok("use dev --shell sh");
    assert!(shell.contains("AWS_CREDENTIAL_EXPIRATION='9999-12-3"), "{shell}");
}

#[test]
fn a_browser_in_a_folder_with_blanks_needs_no_quotes() {
    let world = World::new();
    let home = world.home().display().to_string();
    let script = format!("#!/bin/sh\nexec /bin/sh '{home}/browser.sh' \"$1\"\n");
    let file = world.program("Program Files/browser.exe", &script);
    let mut command = world.ssoenv(["login"]);
    let outcome = Outcome::of(command.env("BROWSER", &file));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.browser_opened(), 1);
    world.write(".config/ssoenv/config.ini", &format!("[ssoenv]\nbrowser = {}\n", file.display()));
    let mut command = world.ssoenv(["login", "--force"]);
    assert_eq!(Outcome::of(command.env_remove("BROWSER")).code, 0);
    assert_eq!(world.browser_opened(), 2);
}

/// `use` on the real host names through the proxy, whose CA is in that bundle alone.
fn with_bundle(world: &World, proxy: &Proxy, variable: &str, bundle: &str) -> Outcome {
    let mut command = world.ssoenv(["use", "prod", "--shell", "sh", "--fresh"]);
    for (name, _) in world.ic.env() {
        command.env_remove(name);
    }
    let ca = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"];
    let env = proxy.env();
    command.envs(env.into_iter().filter(|(name, _)| !ca.contains(&name.as_str())));
    Outcome::of(command.env(variable, bundle))
}

fn ca_of(proxy: &Proxy) -> String {
    let env = proxy.env();
    let (_, file) = env.iter().find(|(name, _)| name == "AWS_CA_BUNDLE").expect("a CA");
    fs::read_to_string(file).expect("a certificate")
}

#[test]
fn a_tilde_leads_to_the_bundle_at_home() {
    let world = World::new();
    world.ok("login");
    let proxy = world.ic.proxy();
    world.write("ca.pem", &ca_of(&proxy));
    for variable in ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"] {
        let outcome = with_bundle(&world, &proxy, variable, "~/ca.pem");
        assert_eq!(outcome.code, 0, "{variable}: {outcome:?}");
    }
    let config = CONFIG.replace("[profile prod]", "[profile prod]\nca_bundle = ~/ca.pem");
    world.write(".aws/config", &config);
    let outcome = with_bundle(&world, &proxy, "X", "");
    assert_eq!(outcome.code, 0, "ca_bundle: {outcome:?}");
}

#[test]
fn bundles_are_read_as_openssl_reads_them() {
    let world = World::new();
    world.ok("login");
    let proxy = world.ic.proxy();
    let good = ca_of(&proxy);
    world.write("good.pem", &good);
    let broken = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
    let torn = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    let mut bundles = vec![
        ("a byte order mark", format!("\u{feff}{good}")),
        ("CRLF", good.replace('\n', "\r\n")),
        ("text between", format!("# Acme\nsubject=CN\n{good}\nthe end")),
        ("an old label", good.replace(" CERTIFICATE", " X509 CERTIFICATE")),
        ("a broken one before", format!("{broken}{good}")),
        ("a torn one behind", format!("{good}{torn}")),
    ];
    if find("openssl", "SSOENV_TEST_CLIENTS").is_some() {
        let mut command: Command = world.command("openssl");
        command.args(["x509", "-in", "good.pem", "-trustout", "-addtrust", "serverAuth"]);
        let trusted = Outcome::from(&run::output(&mut command)).out;
        assert!(trusted.contains("TRUSTED CERTIFICATE"), "{trusted}");
        bundles.push(("a trusted one", trusted.clone()));
        bundles.push(("a trusted one among others", format!("{broken}{trusted}")));
    }
    for (about, text) in bundles {
        world.write("ca.pem", &text);
        let outcome = with_bundle(&world, &proxy, "AWS_CA_BUNDLE", "~/ca.pem");
        assert_eq!(outcome.code, 0, "{about}: {outcome:?}");
    }
    for (text, name) in [(broken, "odd_machines/broken_bundle"), ("", "odd_machines/empty_bundle")]
    {
        world.write("ca.pem", text);
        world.says(name, &with_bundle(&world, &proxy, "AWS_CA_BUNDLE", "~/ca.pem"));
    }
}
