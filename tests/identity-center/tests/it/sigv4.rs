use identity_center::sigv4::{
    Authorization, Request, canonical_request, signature, string_to_sign,
};
use serde_json::Value;

#[test]
fn signatures_of_botocore_are_understood() {
    let vectors: Value = serde_json::from_str(include_str!("../data/sigv4_sts.json")).unwrap();
    for vector in vectors.as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let about = text("about");
        let mut headers: Vec<(String, String)> = vector["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(n, v)| (n.to_lowercase(), v.as_str().unwrap().to_owned()))
            .collect();
        let host = text("url").split('/').nth(2).unwrap();
        headers.push(("host".to_owned(), host.to_owned()));
        let header = &headers.iter().find(|(n, _)| n == "authorization").unwrap().1;
        let auth = Authorization::parse(header).unwrap();
        assert_eq!(auth.access_key, text("access_key_id"));
        assert_eq!(auth.region, text("region"));
        let body = text("body").as_bytes();
        let request = Request { method: "POST", path: "/", query: "", headers: &headers, body };
        let canonical = canonical_request(&request, &auth.signed_headers);
        assert_eq!(canonical, text("canonical_request"), "{about}");
        let date = vector["headers"]["X-Amz-Date"].as_str().unwrap();
        assert_eq!(string_to_sign(&auth, date, &canonical), text("string_to_sign"), "{about}");
        assert_eq!(
            signature(&request, &auth, text("secret_access_key")),
            auth.signature,
            "{about}"
        );
        let forged = signature(
            &Request { body: b"Action=Other", ..request },
            &auth,
            text("secret_access_key"),
        );
        assert_ne!(forged, auth.signature, "{about}");
    }
}

#[test]
fn malformed_headers_are_not_read() {
    for header in [
        "",
        "Bearer x",
        "AWS4-HMAC-SHA256 Credential=A/20250102/us-east-1/sts, SignedHeaders=host, Signature=1",
        "AWS4-HMAC-SHA256 Credential=A/20250102/us-east-1/sts/aws4_request, Signature=1",
        "AWS4-HMAC-SHA256 Credential=A/20250102/r/sts/aws4_request, SignedHeaders=host, Signature=1, Signature=2",
    ] {
        assert_eq!(Authorization::parse(header), None, "{header}");
    }
}
