use crate::clients::{candidates, command, missing, run};
use identity_center::{IdentityCenter, Operation, Proxy};
use std::path::{Path, PathBuf};
use std::process::Command;

const CONFIG: &str = "[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = us-east-1

[profile old]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-west-1

[profile deploy]
role_arn = arn:aws:iam::444455556666:role/Deploy
source_profile = old
external_id = ext-1
region = us-east-1

[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

fn aws() -> Option<PathBuf> {
    candidates("aws").into_iter().find(|path| {
        let home = std::env::temp_dir();
        let output = command(path, &home).arg("--version").output();
        output.is_ok_and(|o| o.stdout.starts_with(b"aws-cli/2"))
    })
}

struct Client {
    aws: PathBuf,
    home: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Client {
    fn new(aws: PathBuf, proxy: &Proxy) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/config"), CONFIG).unwrap();
        Self { aws, home, env: proxy.env() }
    }

    fn run(&self, words: &[&str]) -> String {
        let mut command: Command = command(&self.aws, self.home.path());
        run(command.args(words).envs(self.env.clone()))
    }

    fn token(&self) -> String {
        let cache = self.home.path().join(".aws/sso/cache");
        let tokens = std::fs::read_dir(cache).unwrap().filter_map(|entry| {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            Some(value["accessToken"].as_str()?.to_owned())
        });
        tokens.last().unwrap()
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn is_empty(directory: &Path) -> bool {
    std::fs::read_dir(directory).is_ok_and(|mut d| d.next().is_none())
}

#[test]
fn the_aws_cli_logs_in_works_and_logs_out() {
    let Some(aws) = aws() else {
        return missing("aws");
    };
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "Production", "aws@example.com", &["ReadOnly", "Admin"]);
    ic.add_account("222233334444", "", "", &["ReadOnly"]);
    ic.page_size(1);
    let proxy = ic.proxy();
    proxy.strict_loopback(true);
    let client = Client::new(aws, &proxy);

    let said = client.run(&["sso", "login", "--no-browser", "--profile", "dev"]);
    assert!(
        said.contains("Successfully logged into Start URL: https://example.awsapps.com/start"),
        "{said}"
    );
    let who = json(&client.run(&["sts", "get-caller-identity", "--profile", "dev"]));
    assert_eq!(who["Arn"], ic.role_arn("111122223333", "ReadOnly").as_str());
    let token = client.token();
    let list = ["sso", "list-accounts", "--region", "us-east-1", "--access-token", &token];
    let accounts = json(&client.run(&list));
    assert_eq!(accounts["accountList"].as_array().unwrap().len(), 2);
    let list = [
        "sso",
        "list-account-roles",
        "--account-id",
        "111122223333",
        "--region",
        "us-east-1",
        "--access-token",
        &token,
    ];
    assert_eq!(json(&client.run(&list))["roleList"][1]["roleName"], "Admin");

    client.run(&["sso", "logout"]);
    assert!(ic.count(Operation::Logout) >= 1);
    assert!(is_empty(&client.home.path().join(".aws/cli/cache")));
    ic.assert_clean();
    for host in ["oidc.us-east-1", "portal.sso.us-east-1", "sts.us-east-1"] {
        assert!(proxy.hosts().contains(&format!("{host}.amazonaws.com")), "{host}");
    }
    assert!(proxy.sni().iter().all(|n| n.ends_with(".amazonaws.com")));
}

#[test]
fn the_aws_cli_logs_in_to_a_legacy_profile() {
    let Some(aws) = aws() else {
        return missing("aws");
    };
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "Production", "aws@example.com", &["ReadOnly"]);
    ic.add_iam_role(
        "arn:aws:iam::444455556666:role/Deploy",
        identity_center::Trust::anyone().role("ReadOnly").external_id("ext-1"),
    );
    let proxy = ic.proxy();
    let client = Client::new(aws, &proxy);
    client.run(&["sso", "login", "--no-browser", "--profile", "old"]);
    let keys = client.run(&["configure", "export-credentials", "--profile", "old"]);
    assert!(keys.contains("SENTINEL"));
    let who = json(&client.run(&["sts", "get-caller-identity", "--profile", "old"]));
    assert_eq!(who["Account"], "111122223333");
    assert!(
        proxy.hosts().contains(&"sts.eu-west-1.amazonaws.com".to_owned()),
        "{:?}",
        proxy.hosts()
    );
    let who = json(&client.run(&["sts", "get-caller-identity", "--profile", "deploy"]));
    assert_eq!(who["Account"], "444455556666");
    client.run(&["sso", "logout"]);
    ic.assert_clean();
}
