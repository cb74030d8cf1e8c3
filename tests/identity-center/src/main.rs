//! The simulator as a program of its own.
//!
//! It prints one line of JSON and serves until its standard input closes or a signal comes.
#![allow(clippy::disallowed_methods, reason = "the bans are for the program, this makes its world")]

use identity_center::IdentityCenter;
use serde_json::json;
use std::io::{Read, Write};
use std::process::ExitCode;

const USAGE: &str = "usage: identity-center [--port N] [--region R] [--start-url U] [--user NAME] [--manual]\n\
    \x20                      [--accounts N] [--roles N] [--rate X] [--refuse PERMILLE] [--page-size N] [--proxy]\n\
    \x20      identity-center browse URL   opens URL as a browser would, for BROWSER\n";

#[derive(Debug)]
struct Arguments {
    builder: identity_center::Builder,
    accounts: usize,
    roles: usize,
    rate: Option<f64>,
    refuse: Option<u64>,
    page_size: Option<usize>,
    proxy: bool,
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name}: {text:?} is not a number"))
}

fn arguments(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut words = words;
    let mut found = Arguments {
        builder: IdentityCenter::builder(),
        accounts: 3,
        roles: 2,
        rate: None,
        refuse: None,
        page_size: None,
        proxy: false,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let builder = found.builder.clone();
        match word.as_str() {
            "--port" => found.builder = builder.port(number(&word, &value()?)?),
            "--region" => found.builder = builder.region(value()?),
            "--start-url" => found.builder = builder.start_url(value()?),
            "--user" => found.builder = builder.user(value()?),
            "--manual" => found.builder = builder.auto_approve(false),
            "--accounts" => found.accounts = number(&word, &value()?)?,
            "--roles" => found.roles = number(&word, &value()?)?,
            "--rate" => found.rate = Some(number(&word, &value()?)?),
            "--refuse" => found.refuse = Some(number(&word, &value()?)?),
            "--page-size" => found.page_size = Some(number(&word, &value()?)?),
            "--proxy" => found.proxy = true,
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(found)
}

fn populate(ic: &IdentityCenter, accounts: usize, roles: usize) {
    const NAMES: [&str; 6] = ["ReadOnly", "Developer", "Admin", "Billing", "Support", "Audit"];
    const STAGES: [&str; 3] = ["Development", "Staging", "Production"];
    let roles: Vec<String> = (0..roles)
        .map(|n| {
            let name = NAMES[n % NAMES.len()];
            if n < NAMES.len() { name.to_owned() } else { format!("{name}{}", n / NAMES.len() + 1) }
        })
        .collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    for n in 0..accounts {
        let stage = STAGES[n % STAGES.len()];
        let name = if n < STAGES.len() {
            stage.to_owned()
        } else {
            format!("Team {} {stage}", n / STAGES.len())
        };
        let id = format!("{:012}", 111_122_223_333_u64 + n as u64 * 111);
        ic.add_account(&id, &name, &format!("aws+{n}@example.com"), &roles);
    }
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// `identity-center browse URL`; https addresses are opened at `IDENTITY_CENTER_URL`.
fn browse(url: &str) -> ExitCode {
    let simulator = std::env::var("IDENTITY_CENTER_URL").ok();
    match identity_center::browser::open(url, simulator.as_deref()) {
        Ok(page) if page.status < 400 => ExitCode::SUCCESS,
        Ok(page) => {
            let _ = writeln!(
                std::io::stderr(),
                "identity-center: status {} from {}",
                page.status,
                page.url
            );
            ExitCode::FAILURE
        }
        Err(what) => {
            let _ = writeln!(std::io::stderr(), "identity-center: {what}");
            ExitCode::FAILURE
        }
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, verb, url] = &words[..]
        && verb == "browse"
    {
        return browse(url);
    }
    let found = match arguments(words.into_iter().skip(1)) {
        Ok(found) => found,
        Err(what) => {
            let _ = write!(std::io::stderr(), "identity-center: {what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let ic = found.builder.build();
    populate(&ic, found.accounts, found.roles);
    ic.rate_limit(found.rate, true);
    if let Some(permille) = found.refuse {
        ic.refuse_at_random(permille, 1);
    }
    if let Some(rows) = found.page_size {
        ic.page_size(rows);
    }
    let proxy = found.proxy.then(|| ic.proxy());
    let env: serde_json::Map<String, serde_json::Value> =
        ic.env().into_iter().map(|(n, v)| (n, v.into())).collect();
    let line = json!({
        "url": ic.url(),
        "region": ic.region(),
        "start_url": ic.start_url(),
        "env": env,
        "proxy": proxy.as_ref().map(|p| p.url.clone()),
        "ca": proxy.as_ref().map(|p| p.ca_pem_path.display().to_string()),
    });
    let mut stdout = std::io::stdout();
    if writeln!(stdout, "{line}").and_then(|()| stdout.flush()).is_err() {
        return ExitCode::FAILURE;
    }
    let (closed, stdin_closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    if let Ok(runtime) = runtime {
        runtime.block_on(async {
            tokio::select! {
                _ = stdin_closed => {}
                () = signal() => {}
            }
        });
    }
    for violation in ic.violations() {
        let _ = writeln!(std::io::stderr(), "violation: {violation}");
    }
    ExitCode::SUCCESS
}
