//! What comes back to a login: bytes at the loopback listener, and a line that is pasted. Nothing is
//! an answer without this login's state, and no answer of the listener lets a page read it.
#![no_main]

use std::cell::LazyCell;
use std::hash::{DefaultHasher, Hash, Hasher};

use libfuzzer_sys::fuzz_target;
use ssoenv::domain::secret::Secret;
use ssoenv::identity::session::login::callback::{Answer, judge};
use ssoenv::identity::session::login::paste::{self, Pasted};
use ssoenv::io::server::{LocalRequest, LocalResponse, answer_one};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

const PORT: u16 = 4321;
/// What the seeds hold, so that a run gets behind the check.
const KNOWN: &str = "S7a7e";

thread_local! {
    static RUNTIME: LazyCell<Runtime> = LazyCell::new(|| {
        Builder::new_current_thread().enable_time().build().expect("a runtime")
    });
}

fuzz_target!(|bytes: &[u8]| {
    // A state that nobody can have guessed.
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let unknown = format!("{:016x}", hasher.finish());
    if !bytes.windows(unknown.len()).any(|window| window == unknown.as_bytes()) {
        assert!(listen(bytes, &unknown).is_none(), "an answer without the state");
        assert!(!is_answer(&pasted(bytes, &unknown), bytes), "an answer without the state");
    }
    if listen(bytes, KNOWN).is_some() {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<_> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
        let target = lines.iter().find_map(|line| line.strip_prefix("GET ")).expect("a GET");
        let query = target.split_once("/oauth/callback?").expect("the exact path").1;
        let query = query.split([' ', '#']).next().unwrap_or_default();
        let states: Vec<_> =
            query.split('&').filter(|pair| decoded(pair).starts_with("state=")).collect();
        assert_eq!(states.len(), 1, "one state: {query:?}");
        assert_eq!(decoded(states[0]), format!("state={KNOWN}"));
        let is_host = |line: &&&str| line.to_ascii_lowercase().starts_with("host:");
        let hosts: Vec<_> = lines.iter().filter(is_host).collect();
        assert_eq!(hosts.len(), 1, "one host: {hosts:?}");
        assert_eq!(hosts[0][5..].trim(), "127.0.0.1:4321");
    }
    if is_answer(&pasted(bytes, KNOWN), bytes) {
        let text = String::from_utf8_lossy(bytes);
        assert!(decoded(&text).contains(&format!("state={KNOWN}")), "{text:?}");
    }
});

/// Sends the bytes to the listener; what it took for the answer.
fn listen(bytes: &[u8], state: &str) -> Option<Answer> {
    let state = Secret::new(state);
    let handler = move |request: &LocalRequest| match judge(request, PORT, &state) {
        Ok(answer) => (reply(200), Some(answer)),
        Err(status) => {
            assert!((400..500).contains(&status));
            (reply(status), None)
        }
    };
    let (mut client, server) = tokio::io::duplex(64 * 1024);
    let talk = async {
        let mut answer = Vec::new();
        // The listener may hang up before it has read everything.
        let sent = client.write_all(bytes).await.and(client.shutdown().await);
        drop((sent, client.read_to_end(&mut answer).await));
        answer
    };
    let (found, answer) = RUNTIME.with(|runtime| {
        runtime.block_on(async { tokio::join!(answer_one(server, handler), talk) })
    });
    let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    assert!(answer.is_empty() || answer.starts_with("http/1."), "{answer:?}");
    assert!(!answer.contains("access-control"), "a page could read it: {answer:?}");
    found
}

fn reply(status: u16) -> LocalResponse {
    LocalResponse { status, headers: Vec::new(), body: b"x".to_vec() }
}

fn pasted(bytes: &[u8], state: &str) -> Pasted {
    paste::read(&String::from_utf8_lossy(bytes), &Secret::new(state), PORT)
}

/// Whether this is an answer that a page elsewhere could have made up. A bare code is typed by the
/// person, and `d` is theirs too.
fn is_answer(pasted: &Pasted, bytes: &[u8]) -> bool {
    match pasted {
        Pasted::Answer(Answer::Code(code)) => {
            let text = String::from_utf8_lossy(bytes);
            let bare = text.trim().trim_matches(['\'', '"', '<', '>']);
            let is_bare = code.expose() == bare
                && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
            !is_bare
        }
        Pasted::Answer(Answer::Denied(_)) => true,
        Pasted::Answer(Answer::Device) | Pasted::Forged | Pasted::Nothing | Pasted::Garbage => {
            false
        }
    }
}

/// Without percent signs and plus signs.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let hex = hex.filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()));
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
