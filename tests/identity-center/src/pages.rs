//! What a person sees in the browser.

use crate::answer::escape;
use crate::state::State;
use std::fmt::Write;

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · simulated IAM Identity Center</title>\n<style>\n\
         :root {{ color-scheme: light dark }}\n\
         body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }}\n\
         output, code {{ font: 600 1.5rem ui-monospace, monospace; letter-spacing: .1em }}\n\
         button, input {{ font: inherit; padding: .5rem 1.25rem; margin: 0 .5rem 0 0 }}\n\
         </style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n\
         <p><small>This is a simulator for tests. No AWS account is involved.</small></p>\n\
         </main>\n</body>\n</html>\n",
        title = escape(title),
    )
}

/// A page that only says something.
pub(crate) fn message(title: &str, text: &str) -> String {
    page(title, &format!("<p>{}</p>", escape(text)))
}

pub(crate) fn approved() -> String {
    message("Request approved", "You can close this tab and return to your terminal.")
}

pub(crate) fn denied() -> String {
    message("Request denied", "No access was given. You can close this tab.")
}

pub(crate) fn enter_code() -> String {
    page(
        "Authorize a device",
        "<form method=\"get\" action=\"/device\">\n<p><label for=\"code\">Code shown by your device</label></p>\n\
         <p><input id=\"code\" name=\"user_code\" autocomplete=\"off\" autofocus required> \
         <button>Next</button></p>\n</form>",
    )
}

fn reach(state: &State) -> String {
    let roles: usize = state.accounts.iter().map(|a| a.roles.len()).sum();
    format!(
        "<p>The application gets access to {} accounts with {roles} roles as {}.</p>",
        state.accounts.len(),
        escape(&state.user)
    )
}

const BUTTONS: &str = "<p><button name=\"decision\" value=\"approve\">Approve</button>\
                       <button name=\"decision\" value=\"deny\">Deny</button></p>";

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

/// Asks whether the device with this code may have access.
pub(crate) fn confirm_device(state: &State, code: &str) -> String {
    page(
        "Authorization requested",
        &format!(
            "<p>Is this the code that your device shows?</p>\n<p><output>{}</output></p>\n{}\n\
             <form method=\"post\" action=\"/device\">{}{BUTTONS}</form>",
            escape(code),
            reach(state),
            hidden("user_code", code)
        ),
    )
}

/// Asks whether the application that opened the browser may have access.
pub(crate) fn confirm_authorize(state: &State, path: &str, query: &[(String, String)]) -> String {
    let fields: String = query.iter().map(|(n, v)| hidden(n, v)).collect();
    page(
        "Allow access?",
        &format!(
            "<p>An application on this computer asks for access to your AWS accounts.</p>\n{}\n\
             <form method=\"post\" action=\"{path}\">{fields}{BUTTONS}</form>",
            reach(state)
        ),
    )
}

/// Shows what the person types on the machine that logs in.
pub(crate) fn verification_code(code: &str) -> String {
    page("Verification code", &format!("<p><output>{}</output></p>", escape(code)))
}

/// The access portal.
pub(crate) fn portal(state: &State) -> String {
    let mut rows = String::new();
    for account in &state.accounts {
        let _ = writeln!(
            rows,
            "<li><strong>{}</strong> {} — {}</li>",
            escape(&account.name),
            escape(&account.id),
            escape(&account.roles.join(", "))
        );
    }
    page("AWS access portal", &format!("{}\n<ul>\n{rows}</ul>", reach(state)))
}
