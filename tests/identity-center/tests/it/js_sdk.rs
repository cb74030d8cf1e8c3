//! The AWS SDK for JavaScript, found by `node` through `NODE_PATH`.

use crate::clients::{candidates, command, missing, run};
use identity_center::{IdentityCenter, Operation, Trust};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SCRIPT: &str = r#"
const { fromIni } = require("@aws-sdk/credential-providers");
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
(async () => {
  const said = [];
  for (const profile of ["dev", "deploy"]) {
    const sts = new STSClient({ region: "eu-west-1", credentials: fromIni({ profile }) });
    said.push((await sts.send(new GetCallerIdentityCommand({}))).Arn);
  }
  console.log(JSON.stringify(said));
})().catch(e => { console.error(e); process.exit(1); });
"#;

const CONFIG: &str = "[profile dev]
sso_session = my-sso
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1

[profile deploy]
role_arn = arn:aws:iam::444455556666:role/Deploy
source_profile = dev
region = eu-west-1

[sso-session my-sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

fn node() -> Option<(PathBuf, OsString)> {
    let modules = std::env::var_os("NODE_PATH")?;
    let program = candidates("node").into_iter().next()?;
    let test =
        "require.resolve('@aws-sdk/credential-providers'); require.resolve('@aws-sdk/client-sts')";
    let mut probe = command(&program, &std::env::temp_dir());
    let found = probe.env("NODE_PATH", &modules).args(["-e", test]).output();
    found.is_ok_and(|o| o.status.success()).then_some((program, modules))
}

fn seed(ic: &IdentityCenter, home: &Path) -> PathBuf {
    let session = ic.session();
    let time = |at: std::time::SystemTime| {
        let stamp = jiff::Timestamp::try_from(at).unwrap();
        stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let token = serde_json::json!({
        "startUrl": ic.start_url(), "region": ic.region(), "accessToken": session.access_token,
        "expiresAt": time(session.expires - Duration::from_hours(2)),
        "clientId": session.client_id, "clientSecret": session.client_secret,
        "registrationExpiresAt": time(session.registration_expires),
        "refreshToken": session.refresh_token,
    });
    let cache = home.join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    std::fs::write(home.join(".aws/config"), CONFIG).unwrap();
    let file = cache.join("0ad374308c5a4e22f723adf10145eafad7c4031c.json");
    std::fs::write(&file, token.to_string()).unwrap();
    file
}

#[test]
fn the_javascript_sdk_refreshes_and_assumes() {
    let Some((node, modules)) = node() else {
        return missing("js-sdk");
    };
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "Production", "", &["Admin"]);
    ic.add_iam_role("arn:aws:iam::444455556666:role/Deploy", Trust::anyone().role("Admin"));
    let home = tempfile::tempdir().unwrap();
    let file = seed(&ic, home.path());
    let before = std::fs::read_to_string(&file).unwrap();
    let mut command = command(&node, home.path());
    command.args(["-e", SCRIPT]).env("NODE_PATH", modules).envs(ic.env());
    let said: Vec<String> = serde_json::from_str(&run(&mut command)).unwrap();
    assert_eq!(said[0], ic.role_arn("111122223333", "Admin"));
    assert!(said[1].starts_with("arn:aws:sts::444455556666:assumed-role/Deploy/"));
    assert_eq!(ic.count(Operation::CreateToken), 1);
    assert_ne!(std::fs::read_to_string(&file).unwrap(), before);
    ic.assert_clean();
}
