//! Certificates in a PEM file, read as OpenSSL reads them: a byte order mark, CRLF and text between
//! are passed over, and the labels of old and of trusted certificates count too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// The DER bytes of every certificate in the file; `None` for one whose text is broken.
pub fn certificates(pem: &[u8]) -> Vec<Option<Vec<u8>>> {
    let text = String::from_utf8_lossy(pem);
    let mut found = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines().map(|line| line.trim_start_matches('\u{feff}').trim()) {
        if let Some(label) = marked(line, "-----BEGIN ") {
            // One that has no end is broken.
            found.extend(open.take().map(|_| None));
            open = LABELS.contains(&label).then(|| (label, String::new()));
        } else if let (Some(label), Some((begun, body))) = (marked(line, "-----END "), &open) {
            found.push((label == *begun).then(|| decoded(body)).flatten());
            open = None;
        } else if let Some((_, body)) = &mut open {
            body.push_str(line);
        }
    }
    found.extend(open.map(|_| None));
    found
}

fn marked<'a>(line: &'a str, begin: &str) -> Option<&'a str> {
    line.strip_prefix(begin)?.strip_suffix("-----")
}

fn decoded(body: &str) -> Option<Vec<u8>> {
    let mut der = STANDARD.decode(body).ok()?;
    // What `TRUSTED CERTIFICATE` adds follows the certificate.
    let length = first_length(&der)?;
    der.truncate(length);
    Some(der)
}

/// The length of the DER sequence at the start, its header included.
fn first_length(der: &[u8]) -> Option<usize> {
    let [0x30, first, rest @ ..] = der else { return None };
    let count = usize::from(first & 0x7f);
    let length = if first & 0x80 == 0 {
        2 + count
    } else {
        let bytes = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
        let length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        2 + count + length
    };
    (length <= der.len()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::certificates;

    #[test]
    fn blocks_are_found_among_other_text() {
        // A sequence of one byte, and one with an addition behind it.
        let pem = "\u{feff}-----BEGIN CERTIFICATE-----\r\nMAEA\r\n-----END CERTIFICATE-----\r\n\
            Subject: x\n-----BEGIN TRUSTED CERTIFICATE-----\nMAEAMAEB\n\
            -----END TRUSTED CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n!!\n\
            -----END CERTIFICATE-----\n-----BEGIN X509 CERTIFICATE-----\nMAEA\n\
            -----END X509 CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMAEA\n\
            -----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nMAEA\n";
        let one = Some(vec![0x30, 1, 0]);
        assert_eq!(certificates(pem.as_bytes()), [one.clone(), one.clone(), None, one, None]);
        assert!(certificates(b"no PEM").is_empty());
    }
}
