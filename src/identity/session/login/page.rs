//! The page that the browser ends on.

use crate::domain::label::sanitize;
use crate::io::server::LocalResponse;

/// The login worked.
pub fn done() -> LocalResponse {
    html(200, "Logged in", "You can close this tab and go back to the terminal.")
}

/// The login did not work; `words` are the service's.
pub fn failed(words: &str) -> LocalResponse {
    html(200, "Not logged in", words)
}

fn html(status: u16, title: &str, words: &str) -> LocalResponse {
    let (title, words) = (escape(title), escape(&sanitize(words)));
    let body = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;\
         padding:0 1em;color-scheme:light dark}}</style></head>\
         <body><h1>{title}</h1><p>{words}</p></body></html>\n"
    );
    LocalResponse {
        status,
        headers: vec![
            ("content-type", "text/html; charset=utf-8".to_owned()),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'".to_owned(),
            ),
            ("referrer-policy", "no-referrer".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ],
        body: body.into_bytes(),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::failed;

    #[test]
    fn the_services_words_are_no_markup() {
        let page = failed("<script>alert('x')</script>\u{202e}&\"");
        let body = String::from_utf8(page.body).expect("UTF-8");
        assert!(body.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
        assert!(!body.contains("<script"));
    }
}
