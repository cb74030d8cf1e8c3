//! The home folder of the demo: three accounts, one session, nothing of the user's.

use std::fs;
use std::io;
use std::path::Path;

/// Account ID, name, roles.
pub const ACCOUNTS: [(&str, &str, &[&str]); 3] = [
    ("111122223333", "Acme Production", &["Admin", "ReadOnly"]),
    ("444455556666", "Acme Development", &["Developer", "ReadOnly"]),
    ("012345678901", "Shared Tools", &["ReadOnly"]),
];

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile prod]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1

[profile dev]
sso_session = corp
sso_account_id = 444455556666
sso_role_name = Developer
region = eu-central-1

[profile tools]
sso_session = corp
sso_account_id = 012345678901
sso_role_name = ReadOnly
";

const SETTINGS: &str = "\
[match \"*Production*\"]
on = account
class = production
";

/// Writes the files of the demo's home.
pub fn write(home: &Path) -> io::Result<()> {
    fs::create_dir_all(home.join(".aws"))?;
    fs::write(home.join(".aws/config"), CONFIG)?;
    fs::create_dir_all(home.join(".config/ssoenv"))?;
    fs::write(home.join(".config/ssoenv/config.ini"), SETTINGS)
}

/// The environment that makes a shell live in that home, with `program` first on its path.
pub fn env(home: &Path, program: &Path, own_browser: bool) -> io::Result<Vec<(String, String)>> {
    let bin = home.join("bin");
    fs::create_dir_all(&bin)?;
    fs::copy(program, bin.join(program.file_name().unwrap_or_default()))?;
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(bin).chain(std::env::split_paths(&old));
    let path = std::env::join_paths(folders).map_err(io::Error::other)?;
    let mut env = vec![("PATH".to_owned(), path.to_string_lossy().into_owned())];
    for name in ["HOME", "USERPROFILE"] {
        env.push((name.to_owned(), home.display().to_string()));
    }
    for (name, folder) in [
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
    ] {
        env.push((name.to_owned(), home.join(folder).display().to_string()));
    }
    if !own_browser {
        let demo = std::env::current_exe()?;
        env.push(("BROWSER".to_owned(), format!("'{}' browse", demo.display())));
    }
    Ok(env)
}
