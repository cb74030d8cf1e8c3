//! Logins at a terminal without a browser: paste-back of the address or the code, and the way
//! over to a device code.

use identity_center::{IdentityCenter, Operation, Reply, browser};

use crate::support::run;
use crate::support::tmux::Terminal;
use crate::support::world::CONFIG;
use crate::support::{World, find};

/// A login under way as over SSH; `None` where tmux is not installed.
fn start(world: &World, words: &str) -> Option<Terminal> {
    start_with(world, &[("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")], "unset BROWSER;", words)
}

fn start_with(
    world: &World,
    env: &[(&'static str, &str)],
    before: &str,
    words: &str,
) -> Option<Terminal> {
    find("tmux", "SSOENV_TEST_CLIENTS")?;
    let line = format!(
        "trap : INT; {before} {} login {words}; echo \"end=$?\"; stty -a | grep -o ' echo '; sleep 600",
        env!("CARGO_BIN_EXE_ssoenv")
    );
    let env = env.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Some(Terminal::start(world, env, &["sh", "-c", &line]))
}

/// The authorize URL that the terminal shows, once it asks for the answer.
fn url(terminal: &Terminal) -> String {
    let screen = terminal.wait("the question", |screen| screen.contains("paste it here"));
    // The terminal wraps it; `-J` joins the lines again.
    let start = screen.find("http://").expect("the URL");
    screen[start..].split_whitespace().next().expect("the URL").to_owned()
}

/// Where a browser elsewhere ends: the redirect address, which does not load there.
fn redirected(url: &str) -> String {
    let page = browser::request("GET", url, &[], None).expect("the sign-in page");
    page.header("location").expect("a redirect").to_owned()
}

fn end(terminal: &Terminal, code: i32) -> String {
    let screen = terminal.wait("the end", |screen| screen.contains(&format!("end={code}")));
    terminal.wait("the echo of the terminal", |screen| screen.contains(" echo"));
    screen
}

#[test]
fn the_whole_address_is_pasted() {
    let world = World::new();
    let Some(terminal) = start(&world, "") else { return };
    let address = redirected(&url(&terminal));
    terminal.text(&address);
    terminal.keys(&["Enter"]);
    let screen = end(&terminal, 0);
    assert!(screen.contains("Logged in to `corp` until"), "{screen}");
    let code = address.split("code=").nth(1).and_then(|c| c.get(..40)).expect("a code");
    assert!(!screen.contains(code), "the code is not echoed: {screen}");
    assert_eq!(world.browser_opened(), 0);
}

#[test]
fn the_bare_code_is_pasted_after_something_else() {
    let world = World::new();
    let Some(terminal) = start(&world, "--no-browser") else { return };
    let address = redirected(&url(&terminal));
    terminal.text("what now?");
    terminal.keys(&["Enter"]);
    terminal.wait("an explanation", |screen| screen.contains("That is not it"));
    let code = address.split("code=").nth(1).and_then(|rest| rest.split('&').next());
    let code = code.expect("a code").replace("%2F", "/").replace("%2B", "+").replace("%3D", "=");
    terminal.text(&code);
    terminal.keys(&["Enter"]);
    end(&terminal, 0);
}

#[test]
fn the_address_of_another_login_is_1() {
    let world = World::new();
    let Some(terminal) = start(&world, "") else { return };
    let address = redirected(&url(&terminal));
    let state = address.find("state=").expect("a state");
    terminal.text(&format!("{}state=00000000-0000-4000-8000-000000000000", &address[..state]));
    terminal.keys(&["Enter"]);
    let screen = end(&terminal, 1);
    assert!(screen.contains("belongs to another login"), "{screen}");
    assert_eq!(world.ic.count(Operation::CreateToken), 0);
}

/// What was typed there says nothing of what is typed here.
#[test]
fn a_wrong_paste_fails_no_other_shell() {
    let world = World::new();
    let Some(first) = start(&world, "") else { return };
    url(&first);
    let Some(second) = start(&world, "") else { return };
    second.wait("the wait", |screen| screen.contains("waiting for another ssoenv"));
    first.keys(&["C-d"]);
    let screen = end(&first, 1);
    assert!(screen.contains("error: nothing was pasted"), "{screen}");
    let address = redirected(&url(&second));
    second.text(&address);
    second.keys(&["Enter"]);
    end(&second, 0);
}

#[test]
fn garbage_ends_after_some_tries() {
    let world = World::new();
    let Some(terminal) = start(&world, "") else { return };
    url(&terminal);
    for _ in 0..5 {
        terminal.text("no idea");
        terminal.keys(&["Enter"]);
    }
    end(&terminal, 1);
}

#[test]
fn a_forwarded_port_brings_the_answer_by_itself() {
    let world = World::new();
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        free.local_addr().expect("bound").port()
    };
    let Some(terminal) = start(&world, &format!("--port {port}")) else { return };
    let url = url(&terminal);
    assert!(url.contains(&format!("127.0.0.1%3A{port}%2F")), "{url}");
    browser::open(&url, Some(&world.ic.url())).expect("the browser comes back");
    end(&terminal, 0);
}

#[test]
fn d_switches_to_a_device_code_with_a_qr() {
    let world = World::with(IdentityCenter::builder().auto_approve(false).build());
    world.write(".aws/config", CONFIG);
    let Some(terminal) = start(&world, "") else { return };
    url(&terminal);
    terminal.text("d");
    terminal.keys(&["Enter"]);
    let screen = terminal.wait("a code", |screen| screen.contains("and compare the code"));
    assert!(screen.contains('█') || screen.contains('▀'), "a QR code: {screen}");
    let code = world.ic.open_user_codes().pop().expect("a code");
    assert!(screen.contains(&code), "{screen}");
    world.ic.approve(&code);
    end(&terminal, 0);
}

/// The code stays in sight where a QR code would push it out.
#[test]
fn a_small_terminal_gets_no_qr() {
    let world = World::with(IdentityCenter::builder().auto_approve(false).build());
    world.write(".aws/config", CONFIG);
    let Some(terminal) = start(&world, "") else { return };
    terminal.resize(80, 24);
    url(&terminal);
    terminal.text("d");
    terminal.keys(&["Enter"]);
    let screen = terminal.wait("a code", |screen| screen.contains("and compare the code"));
    assert!(!screen.contains('█') && !screen.contains('▀'), "no QR code: {screen}");
    let codes = world.ic.open_user_codes();
    assert!(codes.iter().any(|code| screen.contains(code)), "{screen}");
    terminal.keys(&["C-c"]);
    end(&terminal, 130);
}

#[test]
fn ctrl_c_is_130_and_gives_the_terminal_back() {
    let world = World::new();
    let Some(terminal) = start(&world, "") else { return };
    url(&terminal);
    terminal.keys(&["C-c"]);
    let screen = end(&terminal, 130);
    assert!(screen.contains("interrupted"), "{screen}");
}

#[test]
fn a_browser_on_this_machine_comes_back_by_itself() {
    let world = World::new();
    let Some(terminal) = start_with(&world, &[], "", "") else { return };
    let screen = end(&terminal, 0);
    assert!(screen.contains("Logging in to `corp` in the browser"), "{screen}");
    assert!(screen.contains("Logged in to `corp` until"), "{screen}");
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn nobody_who_comes_back_meets_the_deadline() {
    for before in ["unset BROWSER;", "export BROWSER=true;"] {
        let world = World::new();
        let env = [("SSOENV_LOGIN_TIMEOUT", "1")];
        let Some(terminal) = start_with(&world, &env, before, "") else { return };
        let screen = end(&terminal, 1);
        assert!(screen.contains("nobody finished the login to `corp` in time"), "{screen}");
        assert!(screen.contains("hint: run `ssoenv login --sso-session corp` again"), "{screen}");
    }
}

#[test]
fn ctrl_d_ends_it_at_once() {
    let world = World::new();
    let Some(terminal) = start(&world, "") else { return };
    url(&terminal);
    terminal.keys(&["C-d"]);
    let screen = end(&terminal, 1);
    assert!(screen.contains("error: nothing was pasted"), "{screen}");
    assert!(screen.contains("hint: run `ssoenv login --sso-session corp` again"), "{screen}");
    // Behind a text it ends the line.
    let Some(terminal) = start(&world, "") else { return };
    let address = redirected(&url(&terminal));
    terminal.text(&address);
    terminal.keys(&["C-d"]);
    end(&terminal, 0);
}

/// The shell gives the terminal its own modes in between.
#[test]
fn what_is_pasted_stays_hidden_after_a_pause() {
    let world = World::new();
    let Some(program) = find("bash", "SSOENV_TEST_SHELLS") else { return };
    let Some(_) = find("tmux", "SSOENV_TEST_CLIENTS") else { return };
    let ssh = [("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22".to_owned())];
    let bash = program.display().to_string();
    let terminal = Terminal::start(&world, ssh, &[&bash, "--norc", "--noprofile"]);
    terminal
        .text(&format!("unset BROWSER; {} login; echo \"end=$?\"", env!("CARGO_BIN_EXE_ssoenv")));
    terminal.keys(&["Enter"]);
    let address = redirected(&url(&terminal));
    terminal.keys(&["C-z"]);
    terminal.wait("the pause", |screen| screen.contains("Stopped"));
    terminal.text("fg; echo \"again=$?\"");
    terminal.keys(&["Enter"]);
    terminal.wait("the login again", |screen| screen.trim_end().ends_with(" login"));
    std::thread::sleep(std::time::Duration::from_millis(300));
    terminal.text(&address);
    terminal.keys(&["Enter"]);
    let screen = terminal.wait("the end", |screen| screen.contains("again=0"));
    assert!(!screen.contains("code="), "the address is not echoed: {screen}");
}

/// The terminal is the shell's then: what is typed there, and its modes. Who touches it is stopped.
#[test]
fn a_login_in_the_background_leaves_the_terminal_alone() {
    let Some(program) = find("bash", "SSOENV_TEST_SHELLS") else { return };
    let Some(_) = find("tmux", "SSOENV_TEST_CLIENTS") else { return };
    for (killed, code) in [(false, 0), (true, 143)] {
        let world = World::new();
        let ssh = [("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22".to_owned())];
        let bash = program.display().to_string();
        let terminal = Terminal::start(&world, ssh, &[&bash, "--norc", "--noprofile"]);
        terminal.text(&format!("unset BROWSER; {} login", env!("CARGO_BIN_EXE_ssoenv")));
        terminal.keys(&["Enter"]);
        let address = redirected(&url(&terminal));
        terminal.keys(&["C-z"]);
        terminal.wait("the pause", |screen| screen.contains("Stopped"));
        for line in ["bg", "echo \"typed $((20 + 3))\""] {
            terminal.text(line);
            terminal.keys(&["Enter"]);
        }
        terminal.wait("the shell", |screen| screen.contains("typed 23"));
        let kill = if killed { "kill %1; " } else { "" };
        terminal.text(&format!("{kill}wait %1; echo \"ended $?\""));
        terminal.keys(&["Enter"]);
        if !killed {
            browser::request("GET", &address, &[], None).expect("it is listened to");
        }
        let screen = terminal.wait("the end", |screen| screen.contains(&format!("ended {code}")));
        assert_eq!(screen.matches("Stopped").count(), 1, "{screen}");
    }
}

/// Also where nobody hears that it was closed, as behind `nohup`.
#[test]
fn a_terminal_that_is_closed_ends_it_at_once() {
    let world = World::new();
    let pid = world.path("pid");
    let before = format!(
        "trap '' HUP; echo $$ > {0}.new; mv {0}.new {0}; exec",
        shell_words::quote(&pid.display().to_string())
    );
    let ssh = [("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")];
    let before = format!("unset BROWSER; {before}");
    let Some(terminal) = start_with(&world, &ssh, &before, "") else { return };
    let url = url(&terminal);
    let pid: i32 = terminal.file(&pid, "the process").trim().parse().expect("a number");
    drop(terminal);
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    let started = std::time::Instant::now();
    while rustix::process::test_kill_process(pid).is_ok() {
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "it still runs");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(browser::request("GET", &redirected(&url), &[], None).is_err(), "no listener is left");
}

/// A device code at a terminal, with these answers to its polls.
fn device(replies: Vec<Reply>, code: i32, words: &[&str]) {
    let world = World::new();
    world.ic.script(Operation::CreateToken, replies);
    let Some(terminal) = start(&world, "--device-code") else { return };
    let screen = end(&terminal, code);
    for words in words {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    // Whoever has only the screen can go on.
    assert!(screen.contains("/device") && screen.contains("and compare the code"), "{screen}");
    world.assert_no_secret(&screen.replace('\n', ""));
}

const AGAIN: &str = "hint: run `ssoenv login --sso-session corp`";

#[test]
fn a_device_code_that_is_pending_goes_on() {
    device(vec![Reply::Pending, Reply::Pending], 0, &["Logged in to `corp` until"]);
}

#[test]
fn a_device_code_slows_down_when_told() {
    device(vec![Reply::SlowDown], 0, &["Logged in to `corp` until"]);
}

#[test]
fn a_device_code_that_expired_says_so() {
    device(
        vec![Reply::Pending, Reply::Expired],
        1,
        &["nobody finished the login to `corp`", AGAIN],
    );
}

#[test]
fn a_device_code_that_was_denied_says_so() {
    device(vec![Reply::Denied], 1, &["was denied in the browser", AGAIN]);
}

/// What the page of a console login on another device shows, for this identity's own URL.
fn verification_code(world: &World, url: &str) -> String {
    let page = world.ic.browse(url);
    let shown = page.body.split("<output>").nth(1).and_then(|rest| rest.split('<').next());
    shown.expect("a code").to_owned()
}

#[test]
fn the_code_of_a_console_login_is_pasted() {
    let world = World::empty();
    let arn = "arn:aws:iam::111122223333:user/team/jane";
    world.write(".aws/config", &format!("[profile con]\nlogin_session = {arn}\n"));
    let Some(terminal) = start(&world, "con") else { return };
    let screen = terminal.wait("the question", |screen| screen.contains("verification code"));
    let url = screen[screen.find("http://").expect("the URL")..].split_whitespace().next();
    let url = url.expect("the URL");
    let other = url.replace("&state=", "&state=x");
    assert_ne!(other, url);
    terminal.text("what now?");
    terminal.keys(&["Enter"]);
    terminal.wait("an explanation", |screen| screen.contains("That is not the code"));
    let code = verification_code(&world, url);
    terminal.text(&code);
    terminal.keys(&["Enter"]);
    let screen = end(&terminal, 0);
    assert!(screen.contains("Logged in as") && !screen.contains(&code[..30]), "{screen}");
    let Some(terminal) = start(&world, "con --force") else { return };
    terminal.wait("the question", |screen| screen.contains("verification code"));
    terminal.text(&verification_code(&world, &other));
    terminal.keys(&["Enter"]);
    let screen = end(&terminal, 1);
    assert!(screen.contains("belongs to another login"), "{screen}");
    assert_eq!(world.browser_opened(), 0);
}

#[test]
fn signals_give_the_echo_back() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        if find("tmux", "SSOENV_TEST_CLIENTS").is_none() {
            return;
        }
        let world = World::new();
        let line = format!(
            "ulimit -c 0; sh -c 'echo $$ >pid; exec {} login --no-browser'; echo \"end=$?\"; \
             stty -a | grep -o ' echo '; stty -a | grep -o ' icanon '; sleep 600",
            env!("CARGO_BIN_EXE_ssoenv")
        );
        let terminal = Terminal::start(&world, [], &["sh", "-c", &line]);
        url(&terminal);
        let written = world.path("written");
        terminal.record(&written);
        let pid = world.read("pid");
        let number = format!("-{signal}");
        let mut kill = std::process::Command::new("kill");
        let killed = run::output(kill.args([&number, pid.trim()])).status;
        assert!(killed.success());
        end(&terminal, code);
        terminal.wait("cooked mode", |screen| screen.contains(" icanon"));
        // Nothing was drawn: whatever screen is shown is the user's.
        let written = terminal.file(&written, "what was written");
        assert!(!written.contains("\u{1b}[?"), "{signal}: {written:?}");
    }
}
