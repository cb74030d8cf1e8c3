//! What boto3 does with the settings of a profile: the same under `exec`, `use` and
//! `use --mode profile`, as the services see it.

use identity_center::{Proxy, Seen};

use crate::support::World;
use crate::support::python::boto3;
use crate::support::world::{CONFIG, Outcome, sh_command};

/// Which of the endpoint variables a client has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    /// Those of a login, at the simulator's own address.
    Configured,
    /// None: everything goes through the proxy, by its real name.
    ByName,
}

/// The requests of every call of `calls.py` by a profile with these settings: each way in which the
/// profile is used has to give the same. `None` where there is no boto3.
fn requests(settings: &str, login: Login) -> Option<Vec<Seen>> {
    let python = boto3()?;
    let world = World::empty();
    let proxy = world.ic.proxy();
    let ca = proxy.ca_pem_path.display().to_string();
    let settings = settings.replace("CA_PATH", &ca);
    let own_ca = settings.contains("ca_bundle");
    let config = CONFIG.replace("= Admin\n", &format!("= Admin\n{settings}"));
    let services = "\n[services mine]\ndynamodb =\n  endpoint_url = https://table.example.test\n";
    world.write(".aws/config", &format!("{CONFIG}{services}"));
    world.ok("login");
    world.write(".aws/config", &format!("{config}{services}"));
    proxy.record();
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/calls.py");
    let calls = format!("{} {}", python.display(), script.display());
    let by = |way: &str| {
        let mut command = sh_command(&world, &way.replace("CALLS", &calls));
        for (name, _) in world.ic.env() {
            if login == Login::ByName || name == "AWS_ENDPOINT_URL_STS" {
                command.env_remove(name);
            }
        }
        let is_ca = |name: &str| matches!(name, "AWS_CA_BUNDLE" | "SSL_CERT_FILE");
        command.envs(proxy.env().into_iter().filter(|(name, _)| !own_ca || !is_ca(name)));
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 0, "{way}: {outcome:?}");
        seen(&proxy)
    };
    let under_exec = by("exec ssoenv exec prod -- CALLS");
    let in_keys_mode = by("keys=$(ssoenv use prod) && eval \"$keys\" && exec CALLS");
    let in_profile_mode =
        by("text=$(ssoenv use prod --mode profile) && eval \"$text\" && exec CALLS");
    assert!(!under_exec.is_empty());
    for (way, requests) in [("keys", &in_keys_mode), ("profile", &in_profile_mode)] {
        assert_eq!(requests.len(), under_exec.len(), "{way} mode");
        for (one, other) in requests.iter().zip(&under_exec) {
            assert_eq!(one, other, "{way} mode");
        }
    }
    Some(under_exec)
}

/// What was recorded, less what is another in each request.
fn seen(proxy: &Proxy) -> Vec<Seen> {
    let same = |(name, value): (String, String)| {
        let value = match name.as_str() {
            "x-amz-date" | "x-amz-security-token" | "amz-sdk-invocation-id" => return None,
            // The algorithm and, behind key and day, the scope.
            "authorization" => {
                let credential = value.split(',').next().unwrap_or_default();
                let scope = credential.split("/aws4_request").next().unwrap_or_default();
                let scope = scope.split('/').skip(2).collect::<Vec<_>>().join("/");
                format!("{} {scope}", value.split(' ').next().unwrap_or_default())
            }
            // Features include where the credentials came from.
            "user-agent" => without(&value, ' ', "m/"),
            "amz-sdk-request" => without(&value, ';', "ttl="),
            _ => value,
        };
        Some((name, value))
    };
    let all = proxy
        .recorded()
        .into_iter()
        .map(|seen| Seen { headers: seen.headers.into_iter().filter_map(same).collect(), ..seen });
    all.collect()
}

fn without(text: &str, between: char, start: &str) -> String {
    let parts = text.split(between).map(str::trim).filter(|part| !part.starts_with(start));
    parts.collect::<Vec<_>>().join(" ")
}

/// The requests of one call.
struct Call<'a>(Vec<&'a Seen>);

impl<'a> Call<'a> {
    fn of(all: &'a [Seen], service: &str, line: &str) -> Self {
        let fits = |seen: &&Seen| {
            let scope = seen.header("authorization").unwrap_or_default();
            scope.ends_with(service) && seen.line.starts_with(line)
        };
        Self(all.iter().filter(fits).collect())
    }

    fn host(&self) -> &str {
        &self.0.first().expect("a request").host
    }

    fn has(&self, header: &str) -> bool {
        self.0.first().expect("a request").header(header).is_some()
    }
}

/// Whether the large and the small batch of metrics were compressed.
fn compressed(all: &[Seen]) -> (bool, bool) {
    let calls = Call::of(all, "monitoring", "POST");
    let is_compressed =
        |seen: &&Seen| seen.header("content-encoding").is_some_and(|text| text.contains("gzip"));
    (is_compressed(&calls.0[0]), is_compressed(calls.0.last().expect("a request")))
}

/// The Regions for which requests to an access point of several are signed; none without `awscrt`.
fn regions_signed_for(all: &[Seen]) -> impl Iterator<Item = &str> {
    all.iter().filter_map(|seen| seen.header("x-amz-region-set"))
}

#[test]
fn without_settings() {
    let Some(all) = requests("", Login::ByName) else { return };
    let ec2 = Call::of(&all, "ec2", "POST");
    assert_eq!(ec2.host(), "ec2.eu-west-1.amazonaws.com");
    assert!(ec2.0.len() > 2, "{}", ec2.0.len());
    assert_eq!(Call::of(&all, "sts", "POST").host(), "sts.eu-west-1.amazonaws.com");
    assert!(Call::of(&all, "s3", "PUT").has("x-amz-sdk-checksum-algorithm"));
    assert!(Call::of(&all, "s3", "GET").has("x-amz-checksum-mode"));
    assert_eq!(compressed(&all), (true, false));
    let agent = ec2.0[0].header("user-agent").expect("a name");
    assert!(!agent.contains("retry-mode#adaptive") && !agent.contains("app/"), "{agent}");
    assert!(regions_signed_for(&all).all(|regions| regions == "*"));
}

#[test]
fn endpoints_checksums_retries_and_name() {
    let settings = "endpoint_url = https://all.example.test\nservices = mine\n\
                    request_checksum_calculation = when_required\n\
                    response_checksum_validation = when_required\n\
                    disable_request_compression = true\nretry_mode = adaptive\n\
                    max_attempts = 2\nsdk_ua_app_id = my-app\n";
    let Some(all) = requests(settings, Login::Configured) else { return };
    let ec2 = Call::of(&all, "ec2", "POST");
    assert_eq!((ec2.host(), ec2.0.len()), ("all.example.test", 2));
    assert_eq!(Call::of(&all, "dynamodb", "POST").host(), "table.example.test");
    assert!(!Call::of(&all, "s3", "PUT").has("x-amz-sdk-checksum-algorithm"));
    assert!(!Call::of(&all, "s3", "GET").has("x-amz-checksum-mode"));
    assert_eq!(compressed(&all), (false, false));
    let agent = ec2.0[0].header("user-agent").expect("a name");
    assert!(agent.contains("cfg/retry-mode#adaptive") && agent.contains("app/my-app"), "{agent}");
}

#[test]
fn fips_certificates_and_compression() {
    let settings = "use_fips_endpoint = true\nca_bundle = CA_PATH\n\
                    request_min_compression_size_bytes = 100\n";
    let Some(all) = requests(settings, Login::ByName) else { return };
    assert_eq!(Call::of(&all, "ec2", "POST").host(), "ec2-fips.eu-west-1.amazonaws.com");
    assert_eq!(compressed(&all), (true, true));
}

#[test]
fn dual_stack() {
    let Some(all) = requests("use_dualstack_endpoint = true\n", Login::ByName) else { return };
    assert_eq!(Call::of(&all, "ec2", "POST").host(), "ec2.eu-west-1.api.aws");
}

#[test]
fn ignored_endpoints_accounts_and_defaults() {
    let settings = "endpoint_url = https://all.example.test\nservices = mine\n\
                    ignore_configured_endpoint_urls = true\nsts_regional_endpoints = legacy\n\
                    account_id_endpoint_mode = required\ndefaults_mode = standard\n\
                    sigv4a_signing_region_set = us-west-2\n";
    let Some(all) = requests(settings, Login::ByName) else { return };
    let ec2 = Call::of(&all, "ec2", "POST");
    assert_eq!(ec2.host(), "ec2.eu-west-1.amazonaws.com");
    assert_eq!(Call::of(&all, "sts", "POST").host(), "sts.amazonaws.com");
    let table = Call::of(&all, "dynamodb", "POST");
    assert_eq!(table.host(), "111122223333.ddb.eu-west-1.amazonaws.com");
    assert!(regions_signed_for(&all).all(|regions| regions == "us-west-2"));
}
