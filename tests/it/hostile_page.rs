//! A web page in a real browser on this machine against the loopback listeners: it cannot finish,
//! steer or end a login, and reads nothing from `serve`. Where one check stands behind another, the
//! page is told what it could not know, so that each is seen to hold alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use identity_center::browser;

use crate::support::World;
use crate::support::find;
use crate::support::run::{self, Running};

/// A name that a hostile name server lets point at this machine, once the page has come from it.
const REBOUND: &str = "rebound.example";

/// Serves one page to whoever asks; gives the port.
fn page(text: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            drop(stream.read(&mut request));
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n",
                text.len()
            );
            drop(
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(text.as_bytes())),
            );
        }
    });
    address.port()
}

/// Where a page comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// Some other place.
    Elsewhere,
    /// [`REBOUND`] with this port: for the browser the same place as the listener.
    Rebound(u16),
}

/// What a page has written into itself when its scripts have come to an end; `None` without a
/// browser.
fn visit(world: &World, origin: Origin, script: &str) -> Option<String> {
    let chromium = find("chromium", "SSOENV_TEST_CLIENTS")?;
    let served = page(format!(
        "<!doctype html><title>win a prize</title><pre id=log></pre><script>\n{LIBRARY}\n\
         (async () => {{\n{script}\nlog('finished');\n}})();\n</script>"
    ));
    let url = match origin {
        Origin::Elsewhere => format!("http://127.0.0.1:{served}/"),
        Origin::Rebound(port) => format!("http://{REBOUND}:{port}/prize"),
    };
    // The page alone comes from the hostile server, everything else from this machine.
    let rules = format!(
        "function FindProxyForURL(url, host) {{ return url.endsWith('/prize') \
         ? 'PROXY 127.0.0.1:{served}' : 'DIRECT'; }}"
    );
    let rules = base64::engine::general_purpose::STANDARD.encode(rules);
    let profile = tempfile::tempdir_in(world.home()).expect("a folder");
    let mut command = world.command(chromium);
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--timeout=60000", "--virtual-time-budget=600000", "--dump-dom"])
        // Browsers that do not ask before a page reaches this machine.
        .arg("--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests")
        .arg(format!("--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,{rules}"))
        .arg(format!("--host-resolver-rules=MAP {REBOUND} 127.0.0.1"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stderr(Stdio::null());
    let output = run::output(&mut command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // Without the script, which holds the same words.
    let log = text.split_once("<pre id=\"log\">").and_then(|(_, log)| log.split_once("</pre>"));
    let log = log.unwrap_or_else(|| panic!("no page: {text}")).0;
    assert!(log.ends_with("finished\n"), "the page's script ran to its end: {log}");
    Some(log.to_owned())
}

/// What every page has at hand: each way in which a page can send a request.
const LIBRARY: &str = "
const log = text => document.getElementById('log').textContent += text + '\\n';
const attempt = async (name, url, options) => {
  try {
    const answer = await fetch(url, options);
    log(name + ' ' + answer.type + ' ' + answer.status + ' ' + await answer.text());
  } catch (error) { log(name + ' blocked'); }
};
const loaded = (tag, attributes) => new Promise(done => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.onload = element.onerror = done;
  document.body.append(element);
  setTimeout(done, 500);
});
const posted = async url => {
  const frame = document.createElement('iframe');
  frame.name = 'f' + Math.random();
  const form = document.createElement('form');
  Object.assign(form, {action: url, method: 'POST', target: frame.name});
  document.body.append(frame, form);
  const done = new Promise(done => { frame.onload = done; setTimeout(done, 500); });
  form.submit();
  await done;
  try { log('frame read ' + frame.contentDocument.body.textContent); } catch (e) { log('frame closed'); }
};
const socket = url => new Promise(done => {
  const socket = new WebSocket(url.replace('http', 'ws').replace('#', '%23'));
  socket.onopen = () => { log('socket open'); done(); };
  socket.onerror = done;
  setTimeout(done, 500);
});
// Requests that are no GET of a page, whatever they ask for.
const others = async url => {
  for (const method of ['POST', 'HEAD']) await attempt('blind', url, {mode: 'no-cors', method, body: method == 'POST' ? 'x' : undefined});
  for (const method of ['OPTIONS', 'PUT', 'DELETE']) await attempt('asked', url, {method});
  await attempt('asked', url, {headers: {'X-Y': '1'}});
  navigator.sendBeacon(url, 'x');
  await posted(url);
};
const everything = async url => {
  await attempt('cors', url);
  await attempt('blind', url, {mode: 'no-cors'});
  await others(url);
  await loaded('img', {src: url});
  await loaded('script', {src: url});
  await loaded('iframe', {src: url});
  await loaded('link', {rel: 'stylesheet', href: url});
  await loaded('link', {rel: 'prefetch', href: url});
  await socket(url);
  new EventSource(url).close();
};
";

/// Waits for a line of standard error or output that starts with `start`.
fn line(reader: &mut impl BufRead, start: &str) -> String {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        let read = reader.read_line(&mut line).expect("a line");
        assert!(read > 0, "no line starts with `{start}`: {all}");
        all.push_str(&line);
        if line.starts_with(start) {
            return line.trim_end().to_owned();
        }
    }
}

/// A login that waits for its answer.
pub struct Login {
    running: Running,
    /// What the person is to open.
    pub authorize: String,
    pub port: u16,
    pub state: String,
}

impl Login {
    pub fn start(world: &World) -> Self {
        let mut command = world.ssoenv(["login"]);
        // The person has not looked at the sign-in page yet.
        command.env("BROWSER", "/bin/true").stdout(Stdio::null());
        let running = Running::start(&mut command);
        let authorize = running.wait_for_line("http");
        let behind = |start: &str| {
            let (_, rest) = authorize.split_once(start).expect("a part of the URL");
            rest.split(['&', '%']).next().expect("a value").to_owned()
        };
        let (port, state) = (behind("127.0.0.1%3A"), behind("&state="));
        assert!(state.len() >= 32, "{authorize}");
        Self { running, port: port.parse().expect("a port"), state, authorize }
    }

    /// Whether it still waits, and nothing was kept.
    pub fn goes_on(&mut self, world: &World) {
        assert_eq!(self.ended(Duration::from_millis(200)), None, "the login goes on");
        let token = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
        assert!(!world.path(token).exists());
    }

    /// The person approves after all.
    pub fn approve(mut self, world: &World) {
        browser::open(&self.authorize, Some(&world.ic.url())).expect("the sign-in page");
        assert_eq!(self.ended(Duration::from_secs(10)), Some(0));
        world.ok("use prod --no-login");
    }

    fn ended(&mut self, within: Duration) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < within {
            if let Some(status) = self.running.try_wait().expect("a child") {
                return Some(status.code().unwrap_or(-1));
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

#[test]
fn a_page_cannot_finish_steer_or_end_a_login() {
    let world = World::new();
    let mut login = Login::start(&world);
    let (port, state) = (login.port, login.state.clone());
    let script = format!(
        "const callback = 'http://127.0.0.1:{port}/oauth/callback';\n\
         const guesses = ['', '?code=stolen', '?error=access_denied',\n\
           '?code=stolen&state=', '?code=stolen&state=00000000-0000-4000-8000-000000000000',\n\
           '?error=access_denied&error_description=no&state=guess', '?state=a&state=b&code=c',\n\
           '?flow=device'];\n\
         for (const query of guesses) await everything(callback + query);\n\
         // With a state that no page can know, what else a page can choose.\n\
         for (const answer of ['?code=stolen&state={state}', '?error=access_denied&state={state}']) {{\n\
           await others(callback + answer);\n\
           for (const path of ['/', '/oauth/callback/', '//oauth/callback', '/oauth/callback/x',\n\
                               '/OAUTH/CALLBACK', '/oauth/callback;x', '/oauth%2Fcallback'])\n\
             await everything('http://127.0.0.1:{port}' + path + answer);\n\
           for (const host of ['localhost', '{REBOUND}', 'x.localhost'])\n\
             await everything('http://' + host + ':{port}/oauth/callback' + answer);\n\
         }}\n\
         for (const query of ['?code=a&state={state}&state=b', '?code=a&state=b&state={state}',\n\
                              '?code=a&code=b&state={state}', '?code=a&STATE={state}', '?code=a#state={state}'])\n\
           await everything(callback + query);"
    );
    let Some(seen) = visit(&world, Origin::Elsewhere, &script) else { return };
    assert!(seen.contains("blind opaque"), "requests reached the listener: {seen}");
    assert!(!seen.contains("cors cors"), "an answer could be read: {seen}");
    assert!(!seen.contains("asked cors"), "a preflight was answered: {seen}");
    assert!(!seen.contains("frame read") && !seen.contains("socket open"), "{seen}");
    login.goes_on(&world);
    let rebound = format!(
        "for (const query of ['?code=stolen&state={state}', '?error=access_denied&state={state}'])\n\
           await everything('/oauth/callback' + query);"
    );
    let seen = visit(&world, Origin::Rebound(port), &rebound).expect("it was there before");
    assert!(seen.contains("cors basic 400"), "the listener was the page's own: {seen}");
    assert!(!seen.contains("basic 200"), "{seen}");
    login.goes_on(&world);
    login.approve(&world);
}

#[test]
fn a_page_reads_nothing_from_serve() {
    let world = World::new();
    world.ok("use prod");
    let mut command = world.ssoenv(["serve", "prod"]);
    command.stdout(Stdio::piped());
    let mut serve = Running::start(&mut command);
    let mut words = BufReader::new(serve.stdout.take().expect("piped"));
    let value = |line: String| line.split_once('=').expect("NAME=VALUE").1.to_owned();
    let uri = value(line(&mut words, "AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    let token = value(line(&mut words, "AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    let port = uri.split([':', '/']).nth(4).and_then(|port| port.parse().ok()).expect("a port");
    let path = uri.split_once(&format!(":{port}")).expect("a path").1;
    // With a token that no page can know: the browser asks first, and is not allowed.
    let script = format!(
        "for (const host of ['127.0.0.1', 'localhost', '{REBOUND}'])\n\
           for (const path of ['{path}', '{path}/', '/']) {{\n\
             const url = 'http://' + host + ':{port}' + path;\n\
             await everything(url);\n\
             for (const Authorization of ['guess', '{token}'])\n\
               await attempt('known', url, {{headers: {{Authorization}}}});\n\
             await attempt('blind', url, {{mode: 'no-cors', headers: {{Authorization: '{token}'}}}});\n\
           }}"
    );
    let rebound = format!(
        "await everything('{path}');\n\
         for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS'])\n\
           await attempt('known', '{path}', {{method, headers: {{Authorization: '{token}'}}}});"
    );
    let seen = visit(&world, Origin::Elsewhere, &script);
    let own = seen.as_ref().and_then(|_| visit(&world, Origin::Rebound(port), &rebound));
    serve.kill().expect("it lives");
    serve.wait().expect("it ends");
    let (Some(seen), Some(own)) = (seen, own) else { return };
    assert!(seen.contains("blind opaque"), "requests reached the endpoint: {seen}");
    for read in ["cors cors", "asked cors", "known cors", "frame read", "socket open"] {
        assert!(!seen.contains(read), "{read}: {seen}");
    }
    assert!(own.contains("known basic 400"), "the endpoint was the page's own: {own}");
    assert!(!own.contains("basic 200"), "{own}");
    for seen in [seen, own] {
        assert!(!seen.contains("AccessKeyId"), "{seen}");
        world.assert_no_secret(&seen);
    }
}
