//! What a person pastes after a login in a browser elsewhere.

use url::Url;

use super::callback::{self, Answer};
use crate::domain::secret::Secret;
use crate::identity::wire::oidc::REDIRECT_PATH;

/// What a line means.
#[derive(Debug)]
pub enum Pasted {
    /// The address of this login, a bare code, or `d`.
    Answer(Answer),
    /// The address of another login.
    Forged,
    /// An empty line.
    Nothing,
    /// Anything else.
    Garbage,
}

/// Authorization codes are long; what is shorter is a word.
const SHORTEST_CODE: usize = 20;

/// Reads a line: the redirect address (the state must match), its query alone, the bare code, or
/// `d` for device code.
pub fn read(line: &str, state: &Secret, port: u16) -> Pasted {
    let line = line.trim().trim_matches(['\'', '"', '<', '>']);
    if line.is_empty() {
        return Pasted::Nothing;
    }
    if line.eq_ignore_ascii_case("d") {
        return Pasted::Answer(Answer::Device);
    }
    if let Ok(url) = Url::parse(line)
        && url.has_host()
    {
        let ours = url.host_str() == Some("127.0.0.1")
            && url.port_or_known_default() == Some(port)
            && url.path() == REDIRECT_PATH;
        // An address of another login has another port; of another site, nothing of ours.
        return match url.query() {
            Some(query) if url.path() == REDIRECT_PATH => from_query(query, state, ours),
            _ => Pasted::Garbage,
        };
    }
    if line.contains("code=") || line.contains("state=") {
        let query = line.split_once('?').map_or(line, |(_, query)| query);
        return from_query(query, state, true);
    }
    let is_code = line.len() >= SHORTEST_CODE
        && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    if is_code {
        return Pasted::Answer(Answer::Code(Secret::new(line)));
    }
    Pasted::Garbage
}

/// What a query of a redirect address means; `ours` is false where the address is another's.
pub fn from_query(query: &str, state: &Secret, ours: bool) -> Pasted {
    match callback::answer(query, state) {
        Some(answer) if ours => Pasted::Answer(answer),
        _ => Pasted::Forged,
    }
}

#[cfg(test)]
mod tests {
    use super::{Pasted, read};
    use crate::domain::secret::Secret;
    use crate::identity::session::login::callback::Answer;

    fn meaning(line: &str) -> String {
        match read(line, &Secret::new("STATE"), 4321) {
            Pasted::Answer(Answer::Code(code)) => format!("code {}", code.expose()),
            Pasted::Answer(Answer::Denied(words)) => format!("denied {words}"),
            Pasted::Answer(Answer::Device) => "device".to_owned(),
            Pasted::Forged => "forged".to_owned(),
            Pasted::Nothing => "nothing".to_owned(),
            Pasted::Garbage => "garbage".to_owned(),
        }
    }

    #[test]
    fn lines_mean_what_they_are() {
        let code = "eyJraWQiOiJrZXktMTU2NDAyODA5OSIs.abc_def-123";
        for (line, expected) in [
            ("http://127.0.0.1:4321/oauth/callback?code=C&state=STATE", "code C"),
            (" 'http://127.0.0.1:4321/oauth/callback?code=C&state=STATE' ", "code C"),
            (
                "http://127.0.0.1:4321/oauth/callback?error=access_denied&state=STATE",
                "denied `access_denied`",
            ),
            ("http://127.0.0.1:4321/oauth/callback?code=C&state=OTHER", "forged"),
            ("http://127.0.0.1:4321/oauth/callback?code=C", "forged"),
            ("http://127.0.0.1:9/oauth/callback?code=C&state=STATE", "forged"),
            ("http://evil.example:4321/oauth/callback?code=C&state=STATE", "forged"),
            ("/oauth/callback?code=C&state=STATE", "code C"),
            ("code=C&state=STATE", "code C"),
            ("code=C&state=OTHER", "forged"),
            ("https://example.awsapps.com/start", "garbage"),
            ("d", "device"),
            ("D ", "device"),
            ("", "nothing"),
            ("what?", "garbage"),
            ("ls -la", "garbage"),
            ("short", "garbage"),
        ] {
            assert_eq!(meaning(line), expected, "{line}");
        }
        assert_eq!(meaning(code), format!("code {code}"));
    }
}
