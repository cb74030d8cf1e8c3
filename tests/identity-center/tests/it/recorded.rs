//! Requests of the AWS CLI v2 and of botocore, byte for byte, with their placeholders filled in.

use crate::api::{get, post};
use identity_center::browser::request;
use identity_center::{IdentityCenter, Operation, Reply};
use serde_json::Value;

/// The recorded texts with what the simulator issued.
struct Names(Vec<(&'static str, String)>);

impl Names {
    fn learn(&mut self, name: &'static str, value: &Value) {
        if let Some(text) = value.as_str() {
            self.0.push((name, text.to_owned()));
        }
    }

    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |t, (name, value)| t.replace(name, value))
    }
}

#[test]
fn logins_of_the_aws_cli() {
    let flows: Value = serde_json::from_str(include_str!("../data/login_flows.json")).unwrap();
    for flow in flows.as_array().unwrap() {
        let about = flow["about"].as_str().unwrap();
        let ic = IdentityCenter::builder()
            .start_url(flow["start_url"].as_str().unwrap())
            .auto_approve(flow["flow"] == "pkce")
            .build();
        let requests = flow["requests"].as_array().unwrap();
        let polls = requests.iter().filter(|r| r["path"] == "/token").count();
        ic.script(Operation::CreateToken, vec![Reply::Pending; polls - 1]);
        let mut names = Names(Vec::new());
        let mut last = Value::Null;
        for recorded in requests {
            let path = recorded["path"].as_str().unwrap();
            if let (Some(url), "/token") = (flow["authorize_url"].as_str(), path) {
                let url =
                    names.fill(url).replace("https://oidc.us-east-1.amazonaws.com", &ic.url());
                let page = request("GET", &url, &[], None).unwrap();
                let location =
                    page.header("location").unwrap_or_else(|| panic!("{about}: {}", page.body));
                let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
                names.0.push(("AUTH_CODE", code.to_owned()));
            }
            let body = names.fill(recorded["body"].as_str().unwrap());
            last = post(&ic.url(), path, &serde_json::from_str(&body).unwrap()).json();
            names.learn("CLIENT_ID", &last["clientId"]);
            names.learn("CLIENT_SECRET", &last["clientSecret"]);
            names.learn("DEVICE_CODE", &last["deviceCode"]);
            if let Some(code) = last["userCode"].as_str() {
                ic.approve(code);
            }
        }
        assert!(last["accessToken"].is_string(), "{about}: {last}");
        ic.assert_clean();
    }
}

#[test]
fn portal_calls_of_botocore() {
    let calls: Value = serde_json::from_str(include_str!("../data/portal_requests.json")).unwrap();
    let ic = IdentityCenter::start();
    ic.add_account("012345678901", "P", "", &["Team+Ops=Prod,x.@-_"]);
    ic.add_account("111122223333", "Q", "", &["Admin"]);
    let token = ic.session().access_token;
    for call in calls.as_array().unwrap() {
        let (method, path) = (call["method"].as_str().unwrap(), call["path"].as_str().unwrap());
        let foreign_page = path.contains("next_token");
        for op in [Operation::ListAccounts, Operation::ListAccountRoles] {
            let empty = Reply::Raw {
                status: 200,
                content_type: "application/json".to_owned(),
                body: "{}".to_owned(),
            };
            ic.always(op, foreign_page.then_some(empty));
        }
        let headers = [("x-amz-sso_bearer_token", token.as_str())];
        let page = request(method, &format!("{}{path}", ic.url()), &headers, None).unwrap();
        assert_eq!(page.status, 200, "{path}: {}", page.body);
    }
    ic.assert_clean();
    assert_eq!(get(&ic, &token, "/assignment/accounts").status, 401);
}
