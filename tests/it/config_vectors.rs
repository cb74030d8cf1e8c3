//! The AWS files as the AWS CLI reads them: recorded answers of botocore.

use serde_json::{Map, Value as Json, json};
use ssoenv::config::{Config, Value, Values, scopes, select_profile};
use ssoenv::domain::Kind;
use ssoenv::domain::names::{ProfileName, SessionName};
use ssoenv::domain::profile::SsoSession;
use ssoenv::io::env::Env;

use crate::support::World;
use crate::support::files::{Home, config};
use crate::support::world::Outcome;

fn vectors(section: &str) -> Vec<Json> {
    let all: Json = serde_json::from_str(include_str!("../data/config_vectors.json"))
        .expect("the vectors are JSON");
    let list = all[section].as_array().expect("a list of vectors").clone();
    assert!(list.len() > 5, "{section}");
    list
}

/// Keys and values as a JSON object.
pub fn object(values: Values) -> Json {
    let value = |value| match value {
        Value::Text(text) => json!(text),
        Value::Map(map) => Json::Object(map.iter().map(|&(k, v)| (k.into(), json!(v))).collect()),
    };
    Json::Object(values.list().into_iter().map(|(k, v)| (k.to_owned(), value(v))).collect())
}

/// All profiles as botocore's `full_config` has them.
pub fn profiles(config: &Config) -> Json {
    let profiles = config.each().map(|(name, values)| (name.to_string(), object(values)));
    Json::Object(profiles.collect::<Map<_, _>>())
}

/// All sessions likewise.
pub fn sessions(config: &Config) -> Json {
    let named = |name: &SessionName| {
        let values = config.session_values(name.as_str()).expect("a listed session");
        (name.to_string(), object(values))
    };
    Json::Object(config.session_names().iter().map(named).collect::<Map<_, _>>())
}

#[test]
fn files_are_read_as_by_botocore() {
    for vector in vectors("config_parse") {
        let id = &vector["id"];
        let home = Home::new(vector["config"].as_str(), vector["credentials"].as_str());
        let expected = &vector["botocore"]["session_full_config"];
        match home.config() {
            Ok(config) => {
                let read = json!({ "profiles": profiles(&config), "sessions": sessions(&config) });
                let ok = &expected["ok"];
                let wanted = json!({ "profiles": ok["profiles"], "sessions": ok["sso_sessions"] });
                // As text, because the order counts too.
                assert_eq!(read.to_string(), wanted.to_string(), "{id}");
            }
            Err(error) => {
                assert!(expected["ok"].is_null(), "{id}: {error}");
                assert_eq!(error.kind, Kind::Config, "{id}");
                assert!(error.what.contains("config:"), "{id}: no line in {error}");
            }
        }
    }
}

#[test]
fn the_program_shows_what_botocore_reads() {
    let world = World::empty();
    for vector in vectors("config_parse") {
        let id = &vector["id"];
        for (file, key) in [(".aws/config", "config"), (".aws/credentials", "credentials")] {
            match vector[key].as_str() {
                Some(text) => world.write(file, text),
                None => drop(std::fs::remove_file(world.path(file))),
            }
        }
        let listed = world.run("list --json");
        let ok = &vector["botocore"]["session_full_config"]["ok"];
        if ok.is_null() {
            assert_eq!((listed.code, &*listed.out), (6, ""), "{id}: {listed:?}");
            assert!(listed.err.contains("/.aws/config:"), "{id}: {listed:?}");
            continue;
        }
        assert_eq!(listed.code, 0, "{id}: {listed:?}");
        let listed: Json = serde_json::from_str(&listed.out).expect("JSON");
        let names: Vec<_> =
            listed.as_array().expect("a list").iter().map(|row| row["profile"].clone()).collect();
        let expected = ok["profiles"].as_object().expect("profiles");
        assert_eq!(names, expected.keys().map(|name| json!(name)).collect::<Vec<_>>(), "{id}");
        for (name, values) in expected {
            let shown = Outcome::of(&mut world.ssoenv(["profile", "show", name, "--json"]));
            let shown: Json = serde_json::from_str(&shown.out).expect("JSON");
            assert_eq!(shown["profile"], json!(name), "{id}");
            assert_eq!(shown["values"].to_string(), values.to_string(), "{id}");
        }
    }
}

fn session_keys(session: &SsoSession) -> Json {
    let mut keys =
        json!({ "sso_start_url": session.start_url, "sso_region": session.region.as_str() });
    if let Some(name) = &session.name {
        keys["session_name"] = json!(name.as_str());
    }
    if let Some(scopes) = &session.scopes {
        keys["registration_scopes"] = json!(scopes);
    }
    keys
}

#[test]
fn sso_profiles_are_resolved_as_by_the_aws_cli() {
    for vector in vectors("sso_profile_resolution") {
        let about = &vector["about"];
        let config = config(vector["config"].as_str().expect("a config")).expect("readable");
        let name = ProfileName::new(vector["profile"].as_str().expect("a profile"));
        // Credentials: botocore's credential provider, and its token provider beneath.
        let (credentials, token) = (&vector["credential_provider"], &vector["token_provider"]);
        let refused = [credentials, token].iter().find_map(|v| v["error"]["message"].as_str());
        match config.target(&name) {
            Ok(target) => {
                let role = target.source.sso_root().map(|role| {
                    let mut keys = json!({
                        "sso_role_name": role.role_name.as_str(),
                        "sso_account_id": role.account_id.as_str(),
                        "sso_start_url": role.session.start_url,
                        "sso_region": role.session.region.as_str(),
                    });
                    if let Some(name) = &role.session.name {
                        keys["sso_session"] = json!(name.as_str());
                    }
                    keys
                });
                assert_eq!(refused, None, "{about}");
                assert_eq!(role.unwrap_or(Json::Null), credentials["ok"], "{about}");
            }
            Err(error) => {
                assert_eq!(error.kind, Kind::Config, "{about}");
                assert!(!error.hints.is_empty(), "{about}: {error}");
                let message = refused.unwrap_or_else(|| panic!("{about}: {error}"));
                if message.contains("inconsistent") {
                    let cause = message.trim_end_matches('.').to_lowercase();
                    assert!(error.causes.iter().any(|c| c.to_lowercase() == cause), "{error}");
                }
            }
        }
        let login = &vector["sso_login"];
        match config.session_of(&name) {
            Ok(session) => {
                let keys = session.as_ref().map_or(Json::Null, session_keys);
                assert_eq!(keys, login["ok"], "{about}");
            }
            Err(error) => assert!(login["ok"].is_null(), "{about}: {error}"),
        }
    }
}

#[test]
fn credentials_come_from_where_botocore_takes_them() {
    let mut seen = 0;
    for vector in vectors("credential_chain") {
        let about = vector["about"].as_str().expect("a text");
        let home = Home::new(vector["config"].as_str(), vector["credentials"].as_str());
        let config = home.config().expect("readable");
        let name = ProfileName::new(vector["profile"].as_str().expect("a profile"));
        let target = config.target(&name);
        let result = &vector["result"];
        // What only running the process or reading variables tells is not decided here.
        let later = about.starts_with("credential_process ") || about.contains("with no variables");
        let word = match result["ok"]["method"].as_str() {
            Some("assume-role") => "assume-role",
            Some("sso") => "sso",
            Some("shared-credentials-file" | "config-file") => "static",
            Some("custom-process") => "credential-process",
            Some(other) => panic!("{about}: {other}"),
            None if result["ok"].is_null() && result.get("ok").is_some() => "other",
            None if later => continue,
            None => {
                let error = target.expect_err(about);
                assert_eq!(error.kind, Kind::Config, "{about}");
                assert!(!error.hints.is_empty(), "{about}: {error}");
                continue;
            }
        };
        seen += 1;
        assert_eq!(target.map(|t| t.source.word()), Ok(word), "{about}");
        let summary = config.summary(name.as_str()).expect("a summary");
        assert_eq!(summary.source, word, "{about}: the listing differs");
    }
    assert!(seen > 5);
}

#[test]
fn profile_and_region_are_chosen_as_by_the_aws_cli() {
    let text = "[default]\nregion = us-east-1\n[profile a]\nregion = us-east-2\n\
                [profile b]\nregion = us-west-1\n";
    let home = Home::new(Some(text), None);
    std::fs::write(home.path("alt-config"), "[profile h]\nregion = ca-central-1\n").expect("file");
    for vector in vectors("profile_and_region_selection") {
        let about = &vector["about"];
        let env = vector["env"].as_object().expect("variables");
        let env: Vec<_> =
            env.iter().map(|(k, v)| (k.as_str(), v.as_str().expect("text"))).collect();
        let chosen = select_profile(&Env::fixed(env.iter().copied()), vector["--profile"].as_str());
        let word = chosen.as_ref().map(AsRef::as_ref);
        assert_eq!(word, vector["profile"]["ok"].as_str(), "{about}");
        if env.iter().any(|(name, _)| name.ends_with("REGION")) {
            continue; // the order of variables before profiles is tested with `use`
        }
        let app = home.app(&env);
        let config = Config::load(&app).expect("readable");
        let region = match &chosen {
            Some(name) => config
                .target(name)
                .and_then(|target| target.region.needed().map(|region| region.map(str::to_owned))),
            None => Ok(config.values("default").and_then(|v| v.text("region")).map(str::to_owned)),
        };
        match region {
            Ok(region) => {
                assert_eq!(region.as_deref(), vector["region"]["ok"].as_str(), "{about}");
                assert!(vector["region"].get("ok").is_some(), "{about}");
            }
            Err(error) => {
                assert_eq!(vector["region"]["error"]["class"], json!("ProfileNotFound"), "{about}");
                assert!(error.what.contains("does not exist"), "{about}: {error}");
            }
        }
    }
}

#[test]
fn scopes_are_split_as_by_the_aws_cli() {
    for vector in vectors("registration_scope_parsing") {
        let raw = vector["raw"].as_str().expect("text");
        assert_eq!(json!(scopes(raw)), vector["expect"], "{raw:?}");
    }
}

#[test]
fn endpoints_of_the_files() {
    for vector in vectors("configured_endpoints") {
        if vector["env"].as_object().is_some_and(|env| !env.is_empty()) {
            continue; // variables come before the files, and are no part of this
        }
        let about = &vector["about"];
        let config = config(vector["config"].as_str().expect("a config")).expect("readable");
        let service = match vector["service"].as_str() {
            Some("sso-oidc") => "sso_oidc",
            Some(service) => service,
            None => panic!("{about}"),
        };
        match config.connection(None) {
            Ok(connection) => {
                let own = connection.service_urls.iter().find(|(name, _)| name == service);
                let url = own.map(|(_, url)| url).or(connection.endpoint_url.as_ref());
                let expected = vector["request_url"]["ok"].as_str().expect("a URL");
                assert!(url.is_some_and(|url| expected.starts_with(url)), "{about}: {url:?}");
            }
            Err(error) => {
                assert_eq!(error.kind, Kind::Config);
                assert!(vector["request_url"]["ok"].is_null(), "{about}: {error}");
            }
        }
    }
}
