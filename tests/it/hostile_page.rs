//! A web page in a real browser on this machine against the loopback listeners: it cannot finish,
//! steer or end a login, and reads nothing from `serve`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use identity_center::browser;

use crate::support::World;
use crate::support::find;
use crate::support::run::{self, Running};

/// Serves one page to whoever asks.
fn page(text: String) -> String {
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
    format!("http://{address}/")
}

/// What a page has written into itself when its scripts have come to an end; `None` without a
/// browser.
fn visit(world: &World, script: &str) -> Option<String> {
    let chromium = find("chromium", "SSOENV_TEST_CLIENTS")?;
    let url = page(format!(
        "<!doctype html><title>win a prize</title><pre id=log></pre><script>\n\
         const log = text => document.getElementById('log').textContent += text + '\\n';\n\
         const attempt = async (name, url, options) => {{\n\
           try {{\n\
             const answer = await fetch(url, options);\n\
             log(name + ' ' + answer.type + ' ' + answer.status + ' ' + await answer.text());\n\
           }} catch (error) {{ log(name + ' blocked'); }}\n\
         }};\n\
         (async () => {{\n{script}\nlog('finished');\n}})();\n</script>"
    ));
    let profile = world.path("chromium");
    let mut command = world.command(chromium);
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--timeout=15000", "--virtual-time-budget=15000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(url)
        .stderr(Stdio::null());
    let output = run::output(&mut command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("finished"), "the page's script ran: {text}");
    Some(text)
}

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

fn ended(child: &mut Child, within: Duration) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < within {
        if let Some(status) = child.try_wait().expect("a child") {
            return Some(status.code().unwrap_or(-1));
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

#[test]
fn a_page_cannot_finish_steer_or_end_a_login() {
    if find("chromium", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    // The person has not looked at the sign-in page yet.
    command.env("BROWSER", "/bin/true").stdout(Stdio::piped());
    let mut login = Running::start(&mut command);
    let authorize = login.wait_for_line("http");
    let (_, redirect) = authorize.split_once("redirect_uri=").expect("a redirect address");
    let port = redirect.split_once("127.0.0.1%3A").expect("a port").1;
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    let script = format!(
        "const base = 'http://127.0.0.1:{port}';\n\
         const guesses = ['', '?code=stolen', '?error=access_denied',\n\
           '?code=stolen&state=', '?code=stolen&state=00000000-0000-4000-8000-000000000000',\n\
           '?error=access_denied&state=guess', '?state=a&state=b&code=c', '?flow=device'];\n\
         for (const query of guesses) {{\n\
           for (const path of ['/oauth/callback', '/', '/oauth/callback/', '//oauth/callback']) {{\n\
             await attempt('cors', base + path + query);\n\
             await attempt('blind', base + path + query, {{mode: 'no-cors'}});\n\
             await attempt('post', base + path + query, {{mode: 'no-cors', method: 'POST', body: 'x'}});\n\
             await attempt('header', base + path + query, {{headers: {{'X-Y': '1'}}}});\n\
             await attempt('rebound', 'http://localhost:{port}' + path + query, {{mode: 'no-cors'}});\n\
           }}\n\
           const image = new Image(); image.src = base + '/oauth/callback' + query;\n\
           const frame = document.createElement('iframe'); frame.src = base + '/oauth/callback' + query;\n\
           document.body.append(frame);\n\
           navigator.sendBeacon(base + '/oauth/callback' + query, 'x');\n\
         }}\n\
         try {{ new WebSocket('ws://127.0.0.1:{port}/oauth/callback?code=a&state=b'); }} catch (e) {{}}"
    );
    let Some(seen) = visit(&world, &script) else {
        drop(login.kill());
        drop(login.wait());
        return;
    };
    assert!(seen.contains("blind opaque"), "requests reached the listener: {seen}");
    assert!(!seen.contains("cors cors"), "an answer could be read: {seen}");
    assert_eq!(ended(&mut login, Duration::from_millis(200)), None, "the login goes on");
    assert!(!world.path(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json").exists());
    // The person approves after all.
    browser::open(&authorize, Some(&world.ic.url())).expect("the sign-in page");
    assert_eq!(ended(&mut login, Duration::from_secs(10)), Some(0));
    world.ok("use prod --no-login");
}

#[test]
fn a_page_reads_nothing_from_serve() {
    if find("chromium", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = World::new();
    world.ok("use prod");
    let mut command = world.ssoenv(["serve", "prod"]);
    command.stdout(Stdio::piped());
    let mut serve = Running::start(&mut command);
    let mut words = BufReader::new(serve.stdout.take().expect("piped"));
    let uri = line(&mut words, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    let uri = uri.split_once("http").expect("an address").1.trim_end_matches(['\'', '"', ';']);
    let uri = format!("http{uri}");
    let rebound = uri.replace("127.0.0.1", "localhost");
    let script = format!(
        "for (const url of ['{uri}', '{rebound}', '{uri}/', new URL('/', '{uri}').href]) {{\n\
           await attempt('cors', url);\n\
           await attempt('blind', url, {{mode: 'no-cors'}});\n\
           await attempt('guess', url, {{headers: {{Authorization: 'guess'}}}});\n\
           await attempt('put', url, {{method: 'PUT', headers: {{'X-aws-ec2-metadata-token-ttl-seconds': '1'}}}});\n\
           await new Promise(done => {{\n\
             const element = document.createElement('script'); element.src = url;\n\
             element.onload = element.onerror = done; document.body.append(element);\n\
           }});\n\
         }}"
    );
    let seen = visit(&world, &script);
    serve.kill().expect("it lives");
    serve.wait().expect("it ends");
    let Some(seen) = seen else { return };
    assert!(seen.contains("blind opaque"), "requests reached the endpoint: {seen}");
    assert!(!seen.contains("cors cors") && !seen.contains("guess cors"), "{seen}");
    assert!(!seen.contains("AccessKeyId") && !seen.contains("SENTINEL"), "{seen}");
}
