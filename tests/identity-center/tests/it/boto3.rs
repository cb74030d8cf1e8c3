use crate::clients::{candidates, command, missing, run};
use identity_center::{IdentityCenter, Trust};
use std::path::PathBuf;

const SCRIPT: &str = r#"
import boto3, json, os, sys
from botocore.exceptions import ClientError
token = sys.argv[1]
sso = boto3.client("sso", region_name="us-east-1")
accounts = [a for p in sso.get_paginator("list_accounts").paginate(accessToken=token) for a in p["accountList"]]
roles = [r for p in sso.get_paginator("list_account_roles").paginate(accessToken=token, accountId="111122223333") for r in p["roleList"]]
keys = sso.get_role_credentials(accessToken=token, accountId="111122223333", roleName="Team+Ops=x,y.@-_")["roleCredentials"]
def client(service, k, s, t):
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id=k, aws_secret_access_key=s, aws_session_token=t)
sts = client("sts", keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"])
who = sts.get_caller_identity()
role = sts.assume_role(RoleArn="arn:aws:iam::444455556666:role/Deploy", RoleSessionName="boto", DurationSeconds=900, ExternalId="ext-1", Tags=[{"Key": "a", "Value": "b"}])
c = role["Credentials"]
chained = client("sts", c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"]).get_caller_identity()
def code(call, **args):
    try:
        call(**args)
    except ClientError as e:
        return e.response["Error"]["Code"]
codes = [
    code(sso.get_role_credentials, accessToken=token, accountId="111122223333", roleName="Nope"),
    code(sso.get_role_credentials, accessToken=token, accountId="999999999999", roleName="Nope"),
    code(sso.list_accounts, accessToken="nonsense"),
    code(sts.assume_role, RoleArn="arn:aws:iam::444455556666:role/Deploy", RoleSessionName="boto"),
]
oidc = boto3.client("sso-oidc", region_name="us-east-1")
reg = oidc.register_client(clientName="boto", clientType="public", scopes=["sso:account:access"])
dev = oidc.start_device_authorization(clientId=reg["clientId"], clientSecret=reg["clientSecret"], startUrl="https://example.awsapps.com/start")
grant = dict(clientId=reg["clientId"], clientSecret=reg["clientSecret"], grantType="urn:ietf:params:oauth:grant-type:device_code", deviceCode=dev["deviceCode"])
codes.append(code(oidc.create_token, **grant))
tok = oidc.create_token(**grant)
new = oidc.create_token(clientId=reg["clientId"], clientSecret=reg["clientSecret"], grantType="refresh_token", refreshToken=tok["refreshToken"])
sso.logout(accessToken=new["accessToken"])
print(json.dumps({"accounts": len(accounts), "roles": [r["roleName"] for r in roles], "who": who["Arn"], "chained": chained["Arn"], "codes": codes}))
"#;

/// A Python that has these modules: that of `.ci/run`, or one on the path.
pub fn python_with(modules: &str) -> Option<PathBuf> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/clients/python/bin/python3");
    let mut all = vec![PathBuf::from(own)];
    all.extend(candidates("python3"));
    all.extend(candidates("python"));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if let Some(versions) = home.map(|h| h.join(".pyenv/versions"))
        && let Ok(entries) = std::fs::read_dir(versions)
    {
        all.extend(entries.filter_map(|e| Some(e.ok()?.path().join("bin/python3"))));
    }
    all.into_iter().filter(|p| p.is_file()).find(|python| {
        let home = std::env::temp_dir();
        let known = command(python, &home).args(["-c", &format!("import {modules}")]).output();
        known.is_ok_and(|o| o.status.success())
    })
}

#[test]
fn boto3_calls_everything() {
    let Some(python) = python_with("boto3") else {
        return missing("boto3");
    };
    let ic = IdentityCenter::start();
    ic.page_size(2);
    let role = "Team+Ops=x,y.@-_";
    ic.add_account("111122223333", "Production", "aws@example.com", &[role, "Admin", "ReadOnly"]);
    for n in 0..4 {
        ic.add_account(&format!("{n:012}"), "", "", &[]);
    }
    ic.add_iam_role(
        "arn:aws:iam::444455556666:role/Deploy",
        Trust::anyone().role(role).external_id("ext-1"),
    );
    let home = tempfile::tempdir().unwrap();
    let token = ic.session().access_token;
    let text = run(command(&python, home.path()).args(["-c", SCRIPT, &token]).envs(ic.env()));
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(said["accounts"], 5);
    assert_eq!(said["roles"], serde_json::json!([role, "Admin", "ReadOnly"]));
    assert_eq!(said["who"], ic.role_arn("111122223333", role).as_str());
    assert_eq!(said["chained"], "arn:aws:sts::444455556666:assumed-role/Deploy/boto");
    assert_eq!(
        said["codes"],
        serde_json::json!([
            "ForbiddenException",
            "ResourceNotFoundException",
            "UnauthorizedException",
            "AccessDenied",
            "AuthorizationPendingException"
        ])
    );
    let log = ic.requests();
    let connections: std::collections::BTreeSet<u64> = log.iter().map(|l| l.connection).collect();
    assert!(connections.len() < log.len(), "connections are kept alive");
    ic.assert_clean();
}
