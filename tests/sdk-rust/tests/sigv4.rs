//! ssoenv's signatures against those of the SDK.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials as SdkCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use ssoenv::domain::credentials::Credentials;
use ssoenv::domain::secret::Secret;
use ssoenv::domain::timestamp::Timestamp;
use ssoenv::identity::wire::sigv4::{CONTENT_TYPE, Form, headers};
use url::Url;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn text(&mut self, of: &[u8], most: u64) -> String {
        let length = self.next() % most;
        (0..length)
            .map(|_| char::from(of[usize::try_from(self.next()).unwrap_or(0) % of.len()]))
            .collect()
    }
}

fn expected(url: &Url, region: &str, body: &str, keys: &Credentials, seconds: u64) -> String {
    let token = keys.session_token.as_ref().map(|token| token.expose().to_owned());
    let secret = keys.secret_access_key.expose();
    let identity =
        SdkCredentials::new(&keys.access_key_id, secret, token.clone(), None, "test").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(UNIX_EPOCH + Duration::from_secs(seconds))
        .settings(SigningSettings::default())
        .build()
        .expect("all is there")
        .into();
    let host = url.port().map_or_else(
        || url.host_str().unwrap_or_default().to_owned(),
        |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
    );
    let sent = [("content-type", CONTENT_TYPE), ("host", &*host)];
    let request = SignableRequest::new(
        "POST",
        url.as_str(),
        sent.into_iter(),
        SignableBody::Bytes(body.as_bytes()),
    )
    .expect("a request");
    sign(request, &parameters).expect("a signature").into_parts().1
}

#[test]
fn a_thousand_requests_are_signed_alike() {
    let mut dice = Dice(0x5353_4f45_4e56);
    let key = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+=";
    let form = b"ABCabc019-._~%&=+";
    let urls = [
        "https://sts.us-east-1.amazonaws.com/",
        "https://sts.cn-north-1.amazonaws.com.cn/",
        "http://127.0.0.1:18999/",
        "http://[::1]:8080/",
        "https://vpce.example.com/prefix/sts",
    ];
    for round in 0..1000 {
        let url = Url::parse(urls[round % urls.len()]).expect("a URL");
        let keys = Credentials {
            access_key_id: format!("ASIA{}", dice.text(b"ABCDEFGHIJ", 17)),
            secret_access_key: Secret::new(dice.text(key, 60)),
            session_token: (round % 3 > 0).then(|| Secret::new(dice.text(key, 800) + "x")),
            expiration: None,
            account_id: None,
        };
        let (region, body) = (dice.text(b"abc-1", 12) + "-1", dice.text(form, 300));
        let seconds = dice.next() % 4_000_000_000;
        let time = Timestamp::from_seconds(i64::try_from(seconds).expect("it fits"));
        let ours = headers(&Form { url: &url, region: &region, body: &body }, &keys, time);
        let authorization = &ours.last().expect("a header").1;
        let signature = authorization.rsplit("Signature=").next().expect("a signature");
        assert_eq!(
            signature,
            expected(&url, &region, &body, &keys, seconds),
            "{url} {region} {body}"
        );
    }
}
