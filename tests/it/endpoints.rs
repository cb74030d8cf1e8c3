//! Real host names behind an intercepting proxy with a private CA: what is tested are names, TLS
//! and proxy rules. No address but 127.0.0.1 is ever contacted.

use std::process::Command;
use std::time::{Duration, Instant};

use identity_center::{IdentityCenter, Operation, Proxy, Reply};

use crate::support::World;
use crate::support::world::{CONFIG, Outcome};

/// `ssoenv` without endpoint variables: through the proxy, with its CA.
fn through<'a>(world: &World, proxy: &Proxy, command: &'a mut Command) -> &'a mut Command {
    for (name, _) in world.ic.env() {
        command.env_remove(name);
    }
    command.envs(proxy.env())
}

/// `ssoenv WORDS` through the proxy, on the real host names.
pub fn run(world: &World, proxy: &Proxy, words: &str) -> Outcome {
    Outcome::of(through(world, proxy, &mut world.ssoenv(words.split(' '))))
}

fn world_in(region: &str) -> World {
    let world = World::with(IdentityCenter::builder().region(region).build());
    world.write(
        ".aws/config",
        &CONFIG.replace("sso_region = us-east-1", &format!("sso_region = {region}")),
    );
    world
}

#[test]
fn login_and_credentials_on_the_real_host_names() {
    for (region, env, oidc, portal) in [
        ("us-east-1", None, "oidc.us-east-1.amazonaws.com", "portal.sso.us-east-1.amazonaws.com"),
        (
            "eu-west-1",
            Some("AWS_USE_FIPS_ENDPOINT"),
            "oidc-fips.eu-west-1.amazonaws.com",
            "portal.sso-fips.eu-west-1.amazonaws.com",
        ),
        (
            "us-gov-west-1",
            Some("AWS_USE_FIPS_ENDPOINT"),
            "oidc.us-gov-west-1.amazonaws.com",
            "portal.sso.us-gov-west-1.amazonaws.com",
        ),
        (
            "eu-central-1",
            Some("AWS_USE_DUALSTACK_ENDPOINT"),
            "oidc.eu-central-1.api.aws",
            "portal.sso.eu-central-1.api.aws",
        ),
        (
            "cn-north-1",
            None,
            "oidc.cn-north-1.amazonaws.com.cn",
            "portal.sso.cn-north-1.amazonaws.com.cn",
        ),
        (
            "eusc-de-east-1",
            None,
            "oidc.eusc-de-east-1.amazonaws.eu",
            "portal.sso.eusc-de-east-1.amazonaws.eu",
        ),
    ] {
        let world = world_in(region);
        let proxy = world.ic.proxy();
        let mut command = world.ssoenv(["use", "prod", "--shell", "sh", "--device-code"]);
        let command = through(&world, &proxy, &mut command);
        if let Some(name) = env {
            command.env(name, "true");
        }
        let outcome = Outcome::of(command);
        assert_eq!(outcome.code, 0, "{region}: {outcome:?}");
        let sni = proxy.sni();
        assert!(sni.iter().all(|name| name == oidc || name == portal), "{region}: {sni:?}");
        assert!(sni.iter().any(|name| name == portal), "{region}: {sni:?}");
    }
}

#[test]
fn an_unknown_ca_and_a_missing_file_are_named() {
    let world = World::new();
    let proxy = world.ic.proxy();
    let mut command = world.ssoenv(["login", "--device-code"]);
    through(&world, &proxy, &mut command).env_remove("AWS_CA_BUNDLE");
    let outcome = Outcome::of(command.env_remove("REQUESTS_CA_BUNDLE").env_remove("SSL_CERT_FILE"));
    assert_eq!(outcome.code, 5, "{outcome:?}");
    world.says("endpoints/an_unknown_ca_and_a_missing_file_are_named", &outcome);
    let mut command = world.ssoenv(["login", "--device-code"]);
    through(&world, &proxy, &mut command).env("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("endpoints/an_unknown_ca_and_a_missing_file_are_named-2", &outcome);
}

#[test]
fn proxies_with_credentials() {
    let world = World::new();
    let proxy = world.ic.proxy();
    proxy.require_auth("alice", "p@ss");
    let outcome = run(&world, &proxy, "login --device-code");
    assert_eq!(outcome.code, 5, "{outcome:?}");
    world.says("endpoints/proxies_with_credentials", &outcome);
    let with = proxy.url.replace("http://", "http://alice:p%40ss@");
    let mut command = world.ssoenv(["login", "--device-code"]);
    through(&world, &proxy, &mut command).env("HTTPS_PROXY", &with).env("https_proxy", &with);
    assert_eq!(Outcome::of(&mut command).code, 0);
    world.assert_no_secret(&outcome.err);
}

#[test]
fn the_lower_case_variable_wins() {
    let world = World::new();
    let proxy = world.ic.proxy();
    let mut command = world.ssoenv(["login", "--device-code"]);
    through(&world, &proxy, &mut command)
        .env("https_proxy", &proxy.url)
        .env("HTTPS_PROXY", "http://127.0.0.1:1");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// Case 25: loopback is never proxied.
#[test]
fn case_25_loopback_is_never_proxied() {
    let world = World::new();
    let mut command = world.ssoenv(["use", "prod", "--shell", "sh"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    {
        command.env(name, "http://127.0.0.1:1");
    }
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn a_wrong_region_is_found_out_and_said() {
    let world = World::with(IdentityCenter::builder().region("ap-south-1").build());
    world.write(".aws/config", CONFIG);
    let proxy = world.ic.proxy();
    for flow in ["login", "login --device-code"] {
        let outcome = run(&world, &proxy, flow);
        assert_eq!(outcome.code, 6, "{outcome:?}");
        assert!(outcome.err.contains("belongs to `ap-south-1`, not `us-east-1`"), "{outcome:?}");
        assert!(
            outcome.err.contains("set `sso_region = ap-south-1` in `[sso-session corp]`"),
            "{outcome:?}"
        );
    }
    assert_eq!(world.browser_opened(), 0);
}

#[test]
fn a_start_url_that_no_region_knows_is_said() {
    let world = World::empty();
    world.write(".aws/config", &CONFIG.replace("example.awsapps.com", "exmple.awsapps.com"));
    let proxy = world.ic.proxy();
    let outcome = run(&world, &proxy, "login");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("endpoints/a_start_url_that_no_region_knows_is_said", &outcome);
    // Where one of them is in trouble, the instance may be there.
    for trouble in [Reply::Status(503), Reply::Drop, Reply::CaptivePortal] {
        world.ic.script(Operation::RegisterClient, vec![Reply::Normal; 20]);
        world.ic.script(Operation::RegisterClient, [trouble]);
        let outcome = run(&world, &proxy, "login");
        assert_eq!(outcome.code, 6, "{outcome:?}");
        assert!(!outcome.err.contains("no Region knows"), "{outcome:?}");
    }
}

/// Each partition's own hosts, asked in that partition alone.
#[test]
fn the_region_is_found_in_every_partition() {
    for (portal, right, wrong, suffix) in [
        (
            "https://start.home.awsapps.cn/directory/example",
            "cn-northwest-1",
            "cn-north-1",
            ".amazonaws.com.cn",
        ),
        (
            "https://start.us-gov-home.awsapps.com/directory/example",
            "us-gov-east-1",
            "us-gov-west-1",
            ".amazonaws.com",
        ),
        (
            "https://identitycenter.amazonaws.eu/ssoins-1234567890abcdef",
            "eusc-de-east-1",
            "eusc-de-east-2",
            ".amazonaws.eu",
        ),
    ] {
        let world = World::with(IdentityCenter::builder().region(right).start_url(portal).build());
        let config = CONFIG.replace("https://example.awsapps.com/start", portal);
        let config = |region: &str| {
            config.replace("sso_region = us-east-1", &format!("sso_region = {region}"))
        };
        world.write(".aws/config", &config(wrong));
        let proxy = world.ic.proxy();
        let outcome = run(&world, &proxy, "login");
        assert_eq!(outcome.code, 6, "{outcome:?}");
        let words = format!("belongs to `{right}`, not `{wrong}`");
        assert!(outcome.err.contains(&words), "{outcome:?}");
        let hosts = proxy.hosts();
        assert!(hosts.iter().all(|host| host.ends_with(suffix)), "{portal}: {hosts:?}");
        assert_eq!(run(&world, &proxy, "doctor --fix --yes").code, 0);
        assert_eq!(world.read(".aws/config"), config(right));
        assert_eq!(run(&world, &proxy, "login --device-code").code, 0);
    }
}

#[test]
fn regions_that_say_nothing_are_not_waited_for() {
    let world = World::new();
    let hole = Reply::Delay(Duration::from_secs(20), None);
    // Registered with the device grant, and without.
    world.ic.script(Operation::RegisterClient, vec![Reply::InvalidRequestEmpty; 2]);
    world.ic.always(Operation::RegisterClient, Some(hole));
    let proxy = world.ic.proxy();
    let started = Instant::now();
    let outcome = run(&world, &proxy, "login");
    assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("endpoints/regions_that_say_nothing_are_not_waited_for", &outcome);
    // It is not known where the portal is, and that is not said.
    assert!(!outcome.err.contains("no Region knows"), "{outcome:?}");
}

#[test]
fn a_misspelled_region_is_told_from_one_that_is_new() {
    let with = |region: &str, host: &str| {
        CONFIG
            .replace("sso_region = us-east-1", &format!("sso_region = {region}"))
            .replace("example.awsapps.com", host)
    };
    // Newer than this build: tried, and there.
    let world = World::with(IdentityCenter::builder().region("eu-central-9").build());
    world.write(".aws/config", &with("eu-central-9", "example.awsapps.com"));
    let proxy = world.ic.proxy();
    let outcome = run(&world, &proxy, "use prod --shell sh --device-code");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // No such Region, and a portal that no other knows either.
    let world = World::empty();
    let proxy = world.ic.proxy();
    for (region, near) in [("us-eats-1", "us-east-1"), ("eu-central-99", "eu-central-1")] {
        world.write(".aws/config", &with(region, "exmple.awsapps.com"));
        let outcome = run(&world, &proxy, "login");
        assert_eq!(outcome.code, 6, "{outcome:?}");
        let what = format!("`sso_region = {region}` in `[sso-session corp]` names no Region");
        assert!(outcome.err.contains(&what), "{outcome:?}");
        let hint = format!("hint: did you mean `sso_region = {near}`?");
        assert!(outcome.err.contains(&hint), "{outcome:?}");
        let report = run(&world, &proxy, "doctor --json");
        assert_eq!(report.code, 1, "{report:?}");
        let fix = format!("did you mean `sso_region = {near}`?");
        assert!(report.out.contains(&fix), "{report:?}");
        // Nobody answers: the network it may be, or the spelling.
        let mut command = world.ssoenv(["login"]);
        through(&world, &proxy, &mut command);
        for name in ["HTTPS_PROXY", "https_proxy"] {
            command.env(name, "http://127.0.0.1:1");
        }
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 5, "{outcome:?}");
        assert!(outcome.err.contains(&format!("did you mean `{near}`?")), "{outcome:?}");
    }
}

#[test]
fn a_vanity_host_leads_to_the_portal_and_its_region() {
    let portal = "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws";
    let world =
        World::with(IdentityCenter::builder().region("eu-west-1").start_url(portal).build());
    world.ic.add_vanity_host("sso.example.com");
    world.write(
        ".aws/config",
        &CONFIG.replace("https://example.awsapps.com/start", "https://sso.example.com"),
    );
    let proxy = world.ic.proxy();
    let outcome = run(&world, &proxy, "use prod --shell sh --device-code");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    assert!(proxy.sni().contains(&"portal.sso.eu-west-1.amazonaws.com".to_owned()));
    // As the AWS CLI does: other tools read the Region from the configuration.
    assert!(world.read(".aws/config").contains("sso_region = eu-west-1\n"));
    world.says("endpoints/a_vanity_host_leads_to_the_portal_and_its_region", &outcome);
}

#[test]
fn the_identity_providers_page_is_no_portal() {
    let world = World::empty();
    world.write(
        ".aws/config",
        &CONFIG.replace("https://example.awsapps.com/start", "https://example.okta.com/home"),
    );
    let outcome = world.run("login");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("endpoints/the_identity_providers_page_is_no_portal", &outcome);
}
