//! What a profile says of where and how to call, carried along in keys mode.

use identity_center::Operation;

use crate::support::World;
use crate::support::world::{CONFIG, Outcome, sh};

/// Settings of every kind in `prod`, none in `dev`.
const SETTINGS: &str = "\
endpoint_url = http://127.0.0.1:9
services = mine
ignore_configured_endpoint_urls = false
use_fips_endpoint = false
use_dualstack_endpoint = false
ca_bundle = /nowhere/ca.pem
retry_mode = adaptive
max_attempts = 7
defaults_mode = standard
sts_regional_endpoints = regional
account_id_endpoint_mode = required
sigv4a_signing_region_set = us-west-2
request_checksum_calculation = when_required
response_checksum_validation = when_required
disable_request_compression = true
request_min_compression_size_bytes = 1
sdk_ua_app_id = app
auth_scheme_preference = sigv4a
output = yaml
";
const SERVICES: &str = "\n[services mine]\ns3 =\n  endpoint_url = http://127.0.0.1:4566\n\
                        elastic_beanstalk =\n  endpoint_url = http://127.0.0.1:4567\n";

/// The variables, in the order of `use`.
const VARIABLES: [&str; 20] = [
    "AWS_ENDPOINT_URL=http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3=http://127.0.0.1:4566",
    "AWS_ENDPOINT_URL_ELASTIC_BEANSTALK=http://127.0.0.1:4567",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
    "AWS_USE_FIPS_ENDPOINT=false",
    "AWS_USE_DUALSTACK_ENDPOINT=false",
    "AWS_CA_BUNDLE=/nowhere/ca.pem",
    "AWS_RETRY_MODE=adaptive",
    "AWS_MAX_ATTEMPTS=7",
    "AWS_DEFAULTS_MODE=standard",
    "AWS_STS_REGIONAL_ENDPOINTS=regional",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE=required",
    "AWS_SIGV4A_SIGNING_REGION_SET=us-west-2",
    "AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
    "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required",
    "AWS_DISABLE_REQUEST_COMPRESSION=true",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES=1",
    "AWS_SDK_UA_APP_ID=app",
    "AWS_AUTH_SCHEME_PREFERENCE=sigv4a",
    "AWS_DEFAULT_OUTPUT=yaml",
];

fn world() -> World {
    let world = World::new();
    let with =
        CONFIG.replace("sso_role_name = Admin\n", &format!("sso_role_name = Admin\n{SETTINGS}"));
    assert_ne!(with, CONFIG);
    // The one that only AWS tools meet: the login here has no such file to read.
    world.write(".aws/config", &format!("{CONFIG}{SERVICES}"));
    world.ok("credentials prod --login");
    world.ok("credentials dev --login");
    world.write(".aws/config", &format!("{with}{SERVICES}"));
    world
}

/// The environment that a script leaves, without what shell and tests have in it.
fn environment(world: &World, script: &str) -> Vec<String> {
    let outcome = sh(world, &format!("{script}\nenv"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let known = |line: &&str| {
        line.starts_with("AWS_") && !line.starts_with("AWS_ENDPOINT_URL_S") || line.contains("_S3=")
    };
    let mut lines: Vec<_> = outcome.out.lines().filter(known).map(ToOwned::to_owned).collect();
    lines.sort();
    lines
}

const USE: &str = "eval \"$(ssoenv use prod)\"";

#[test]
fn they_are_set_in_order_and_kept_in_the_plan() {
    let world = world();
    let text = world.ok("use prod");
    let mut behind = text.find("export AWS_ACCOUNT_ID='111122223333'").expect("the account");
    for variable in VARIABLES {
        let (name, value) = variable.split_once('=').expect("a value");
        let line = format!("export {name}='{value}'");
        let at = text.find(&line).unwrap_or_else(|| panic!("{line} in {text}"));
        assert!(at > behind, "{line}");
        behind = at;
    }
    // The fast path says the same.
    world.ic.clear_requests();
    assert_eq!(world.ok("use prod"), text);
    assert!(!world.ok("use dev").contains("AWS_RETRY_MODE"));
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn nothing_stays_behind() {
    let world = world();
    let before = environment(&world, ":");
    assert_eq!(environment(&world, &format!("{USE}; {USE}; eval \"$(ssoenv clear)\"")), before);
    let dev = environment(&world, "eval \"$(ssoenv use dev)\"");
    assert_eq!(environment(&world, &format!("{USE}; eval \"$(ssoenv use dev)\"")), dev);
    let used = environment(&world, USE);
    assert!(VARIABLES.iter().all(|variable| used.iter().any(|line| line == variable)), "{used:?}");
    // A nested shell and a command start from the same.
    assert_eq!(environment(&world, &format!("{USE}; {USE}")), used);
    let nested = |inner: &str| environment(&world, &format!("{USE}; exec sh -c '{inner}; env'"));
    assert_eq!(nested("eval \"$(ssoenv use dev)\""), dev);
    assert_eq!(nested("eval \"$(ssoenv clear)\""), before);
    assert_eq!(nested("eval \"$(ssoenv use dev)\"; eval \"$(ssoenv clear)\""), before);
    let exec = environment(&world, &format!("{USE}; exec ssoenv exec dev -- env"));
    assert_eq!(exec, dev);
    let profile = environment(&world, &format!("{USE}; eval \"$(ssoenv use dev --mode profile)\""));
    assert_eq!(profile, environment(&world, "eval \"$(ssoenv use dev --mode profile)\""));
}

#[test]
fn what_the_user_has_set_stays() {
    let world = world();
    let own = "export AWS_RETRY_MODE=legacy AWS_ENDPOINT_URL=http://127.0.0.1:1;";
    let used = environment(&world, &format!("{own} {USE}"));
    assert!(used.contains(&"AWS_RETRY_MODE=legacy".to_owned()), "{used:?}");
    assert!(used.contains(&"AWS_ENDPOINT_URL=http://127.0.0.1:1".to_owned()), "{used:?}");
    // It wins over the file's endpoints of single services too.
    assert!(!used.iter().any(|line| line.starts_with("AWS_ENDPOINT_URL_S3")), "{used:?}");
    let back = environment(&world, &format!("{own} {USE}; eval \"$(ssoenv clear)\""));
    assert_eq!(back, environment(&world, own));
    // What they set after `use` is theirs as well.
    let late =
        environment(&world, &format!("{USE}; AWS_RETRY_MODE=late; eval \"$(ssoenv use dev)\""));
    assert!(late.contains(&"AWS_RETRY_MODE=late".to_owned()), "{late:?}");
}

#[test]
fn another_profiles_endpoint_is_not_asked() {
    let world = world();
    // `prod` says that everything is at a closed port; the next profile does not.
    let script = format!(
        "unset AWS_ENDPOINT_URL_STS\n{USE}\nexport AWS_ENDPOINT_URL_STS={}\nssoenv whoami dev",
        world.ic.url()
    );
    let outcome = sh(&world, &script);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let script = format!("{USE}; unset AWS_ENDPOINT_URL_SSO; ssoenv credentials dev >/dev/null");
    let outcome: Outcome = sh(&world, &script);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::GetCallerIdentity), 1);
}

#[test]
fn the_documentation_has_every_setting() {
    let docs = include_str!("../../docs/credentials.md");
    for (key, variable) in ssoenv::domain::call_settings::SETTINGS {
        assert!(docs.contains(&format!("| `{key}` | `{variable}` |")), "{key}");
    }
}
