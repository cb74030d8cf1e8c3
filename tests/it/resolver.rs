//! One resolver for every command: where a chain ends, and which account a name means.

use crate::support::World;
use crate::support::world::{CONFIG, Outcome};

/// A second session, so that nothing is the only one.
const OTHER: &str = "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\n\
                     sso_region = us-east-1\n";

#[test]
fn a_login_goes_to_the_session_in_which_the_chain_ends() {
    for more in ["", OTHER] {
        let twice = "[profile twice]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
                     source_profile = chained\n";
        let world = World::chained(&format!("{twice}\n{more}"));
        for profile in ["chained", "twice"] {
            let outcome = world.run(&format!("login {profile}"));
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert!(outcome.err.contains("Logged in to `corp`"), "{outcome:?}");
            world.ok("use chained --shell sh");
            let outcome = world.run(&format!("logout {profile}"));
            assert!(outcome.err.contains("Logged out of `corp`"), "{outcome:?}");
            assert_eq!(world.run("use chained --no-login --shell sh").code, 3);
        }
        // What this shell uses counts the same.
        let mut login = world.ssoenv(["login"]);
        let outcome = Outcome::of(login.env("AWS_PROFILE", "chained"));
        assert!(outcome.err.contains("Logged in to `corp`"), "{outcome:?}");
    }
}

#[test]
fn a_chain_that_ends_nowhere_says_why() {
    let world = World::chained(
        "[profile loop]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = loop2\n\
         [profile loop2]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = loop\n\
         [profile lost]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = default\n\
         [profile keys]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = static\n\
         [profile static]\naws_access_key_id = A\naws_secret_access_key = S\n",
    );
    for profile in ["loop", "lost", "keys"] {
        let outcome = world.run(&format!("login {profile}"));
        assert_eq!(outcome.code, 6, "{outcome:?}");
        world.says(&format!("resolver/a_chain_that_ends_nowhere-{profile}"), &outcome);
        let same = world.run(&format!("credentials {profile}"));
        assert_eq!(same.err == outcome.err, profile != "keys", "{same:?}");
    }
    // What the hint says to add is what is right.
    let added = world.read(".aws/config")
        + "\n[default]\nsso_session = corp\n\
                 sso_account_id = 111122223333\nsso_role_name = Admin\n";
    world.write(".aws/config", &added);
    world.ok("login lost");
}

#[test]
fn the_exact_name_of_an_account_wins() {
    let world = World::new();
    world.ic.add_account("777788889999", "DEV", "dev@example.com", &["Upper"]);
    world.ic.add_account("888899990000", "dev", "dev@example.com", &["Lower"]);
    world.write(".aws/config", &CONFIG[..CONFIG.find("[profile").expect("profiles")]);
    world.ok("login");
    for (account, id, role) in [("dev", "888899990000", "Lower"), ("DEV", "777788889999", "Upper")]
    {
        let said = world.ok(&format!("use --account {account} --role {role} --shell sh"));
        assert!(said.contains(&format!("SSOENV_ACCOUNT_ID='{id}'")), "{said}");
        world.ok(&format!("exec --account {account} --role {role} -- true"));
        let roles = world.json(&format!("roles {account} --json"));
        assert_eq!(roles.as_array().map(Vec::len), Some(1), "{roles}");
        assert_eq!(roles[0]["account_id"], id);
        let words = format!(
            "--yes configure --sso-session corp --account {account} --role {role} --profile p-{role}"
        );
        world.ok(&words);
        assert!(world.read(".aws/config").contains(&format!("sso_account_id = {id}")));
        let mut complete = world.ssoenv([format!("ssoenv use --account {account} --role ")]);
        let outcome = Outcome::of(complete.env("SSOENV_COMPLETE", "bash"));
        assert!(outcome.out.contains(role), "{outcome:?}");
        assert_eq!(outcome.out.contains("Upper"), account == "DEV", "{outcome:?}");
    }
    for line in ["use --account Dev --role Upper --shell sh", "roles Dev"] {
        assert_eq!(world.run(line).code, 2, "{line}");
    }
}
