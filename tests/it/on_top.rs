//! A role and session policies on top of a profile: `--role-arn`, `--policy`, `--policy-arn`.

use identity_center::{Operation, Reply, Trust};

use crate::support::World;
use crate::support::world::{CONFIG, Outcome, sh};

const DEPLOY: &str = "arn:aws:iam::777788889999:role/ci/Deploy";
const AUDIT: &str = "arn:aws:iam::888899990000:role/Audit";
const POLICY: &str = "{\"Version\": \"2012-10-17\",\n \"Statement\": []}";
const COMPACT: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";
const MANAGED: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn world() -> World {
    let world = World::new();
    let roles = format!(
        "\n[profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = prod\nrole_session_name = jane\n"
    );
    world.write(".aws/config", &format!("{CONFIG}{roles}"));
    world.write("policy.json", POLICY);
    world.ic.add_iam_role(DEPLOY, Trust::anyone());
    world.ic.add_iam_role(AUDIT, Trust::anyone());
    world.ok("login --sso-session corp");
    world
}

/// A parameter of each `AssumeRole` call, in order.
fn sent(world: &World, name: &str) -> Vec<Option<String>> {
    let calls = world.ic.requests().into_iter().filter(|call| call.op == Operation::AssumeRole);
    let value = |body: &str| {
        let mut pairs = url::form_urlencoded::parse(body.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    calls.map(|call| value(&call.body)).collect()
}

#[test]
fn a_role_is_assumed_with_a_profile() {
    let world = world();
    let fields = world.json(&format!("credentials prod --role-arn {DEPLOY} --format json"));
    assert_eq!((&fields["profile"], &fields["role"]), (&"prod".into(), &"Deploy".into()));
    assert_eq!(
        (&fields["account_id"], &fields["region"]),
        (&"777788889999".into(), &"eu-west-1".into())
    );
    let outcome = sh(
        &world,
        &format!(
            "ssoenv exec prod --role-arn {DEPLOY} -- sh -c \
             'echo $SSOENV_PROFILE $SSOENV_ROLE $SSOENV_ACCOUNT_ID; ssoenv whoami --json'"
        ),
    );
    let (first, who) = outcome.out.split_once('\n').expect("two lines");
    assert_eq!(first, "prod Deploy 777788889999", "{outcome:?}");
    assert!(who.contains("777788889999:assumed-role/Deploy/ssoenv-session-"), "{who}");
    let outcome = world.run(&format!("exec --all dev --role-arn {DEPLOY} -- printenv SSOENV_ROLE"));
    assert_eq!(outcome.out, "dev | Deploy\n", "{outcome:?}");
    // By account and role, and on top of a role.
    let by_role = "--account 111122223333 --role ReadOnly";
    world.ok(&format!("credentials {by_role} --role-arn {DEPLOY}"));
    world.ok(&format!("credentials deploy --role-arn {AUDIT}"));
    assert_eq!(sent(&world, "RoleSessionName").last(), Some(&Some("jane".to_owned())));
    // The profile itself is what it was, on the fast path too.
    for _ in 0..2 {
        assert_eq!(world.json("credentials prod --format json")["role"], "Admin");
    }
    let outcome = world.run("credentials prod --role-arn arn:aws:iam::777788889999:role/Other");
    assert_eq!((outcome.code, &*outcome.out), (4, ""), "{outcome:?}");
    world.says("on_top/a_role_is_assumed_with_a_profile", &outcome);
}

#[test]
fn policies_go_to_sts_and_have_entries_of_their_own() {
    let world = world();
    let narrowed = format!("credentials deploy --policy file://policy.json --policy-arn {MANAGED}");
    let mut command = world.ssoenv(narrowed.split(' '));
    let first = Outcome::of(command.current_dir(world.home()));
    assert_eq!(first.code, 0, "{first:?}");
    let given = ["credentials", "deploy", "--policy", POLICY, "--policy-arn", MANAGED];
    assert_eq!(Outcome::of(&mut world.ssoenv(given)).out, first.out, "one entry");
    assert_eq!(sent(&world, "Policy"), [Some(COMPACT.to_owned())]);
    assert_eq!(sent(&world, "PolicyArns.member.1.arn"), [Some(MANAGED.to_owned())]);
    // Neither takes the other's credentials.
    let mut all = vec![first.out];
    for options in
        ["", "--policy {}", &format!("--policy-arn {MANAGED}"), &format!("--role-arn {AUDIT}")]
    {
        all.push(world.ok(format!("credentials deploy {options}").trim_end()));
    }
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(world.ic.count(Operation::AssumeRole), all.len());
    world.ok("logout --sso-session corp");
    let left = std::fs::read_dir(world.path(".cache/ssoenv/roles")).expect("a folder");
    assert_eq!(left.count(), 0, "a logout removes them");
}

#[test]
fn what_cannot_be_is_said_before_any_call() {
    let world = world();
    let many = "--policy-arn arn:aws:iam::aws:policy/A ".repeat(11);
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(2048));
    world.ic.clear_requests();
    for (name, words) in [
        ("no_role", "credentials prod --policy {}".to_owned()),
        ("no_policy", "credentials deploy --policy x".to_owned()),
        ("no_file", "exec deploy --policy file://nowhere.json -- true".to_owned()),
        ("long", format!("credentials deploy --policy {long}")),
        ("many", format!("credentials deploy {many}").trim().to_owned()),
        ("no_arn", "use prod --role-arn Deploy --shell sh".to_owned()),
        ("profile_mode", format!("use prod --role-arn {DEPLOY} --mode profile --shell sh")),
    ] {
        let outcome = world.run(&words);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{words}: {outcome:?}");
        world.says(&format!("on_top/{name}"), &outcome);
    }
    assert_eq!(world.ic.requests().len(), 0);
    // The rest is for the service to say.
    let reply = Reply::Error {
        status: 400,
        code: "MalformedPolicyDocument".to_owned(),
        message: "Syntax errors in policy.".to_owned(),
    };
    world.ic.script(Operation::AssumeRole, [reply]);
    let outcome = world.run("credentials deploy --policy {}");
    assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    world.says("on_top/refused", &outcome);
}

/// A shell with a narrowed role, and what `script` says there.
fn narrowed(world: &World, script: &str) -> Outcome {
    let using = format!(
        "eval \"$(ssoenv use prod --role-arn {DEPLOY} --policy file://policy.json)\"\n{script}"
    );
    sh(world, &using)
}

#[test]
fn a_shell_goes_on_with_the_policy() {
    let world = world();
    let outcome = narrowed(
        &world,
        "ssoenv refresh\n\
         while [ \"$(cut -d' ' -f1 \"$SSOENV_STAMP\")\" = \"$SSOENV_GEN\" ]; do sleep 0.05; done\n\
         before=$AWS_ACCESS_KEY_ID; eval \"$(ssoenv use --from-cache)\"\n\
         [ \"$before\" != \"$AWS_ACCESS_KEY_ID\" ] && echo new $SSOENV_PROFILE $SSOENV_ROLE\n\
         key=$AWS_ACCESS_KEY_ID\n\
         ssoenv credentials --format env | grep -c \"$key\"\n\
         eval \"$(ssoenv use dev)\"; echo $SSOENV_PROFILE \"[$SSOENV_ON_TOP]\"\n\
         eval \"$(ssoenv use -)\"; [ \"$key\" = \"$AWS_ACCESS_KEY_ID\" ] && echo the same\n\
         ssoenv credentials --policy {} --format env; echo $?\n\
         eval \"$(ssoenv clear)\"; echo \"[$SSOENV_ON_TOP$AWS_ACCESS_KEY_ID]\"",
    );
    let expected = "new prod Deploy\n1\ndev []\nthe same\n2\n[]\n";
    assert_eq!(outcome.out, expected, "{outcome:?}");
    assert_eq!(sent(&world, "Policy"), vec![Some(COMPACT.to_owned()); 2]);
}

#[test]
fn status_and_whoami_say_it() {
    let world = world();
    let outcome = narrowed(&world, "ssoenv status; ssoenv whoami | grep -v '^expires'");
    let lines: Vec<_> = outcome.out.lines().collect();
    let active = format!("role Deploy, on top {DEPLOY}, narrowed by session policies, region");
    assert!(lines[0].contains(&active), "{outcome:?}");
    assert!(lines.contains(&"role      Deploy"), "{outcome:?}");
    assert!(lines.contains(&"policies  session policies narrow it"), "{outcome:?}");
    let outcome = narrowed(&world, "ssoenv status --json");
    let status: serde_json::Value = serde_json::from_str(&outcome.out).expect("JSON");
    assert_eq!(status["active"]["on_top"]["role_arn"], DEPLOY);
    assert_eq!(status["active"]["on_top"]["policy"], COMPACT);
    // Without it, the object has the documented keys and no others.
    let outcome = sh(&world, "eval \"$(ssoenv use prod)\"; ssoenv status --json");
    let status: serde_json::Value = serde_json::from_str(&outcome.out).expect("JSON");
    let active = status["active"].as_object().expect("an active profile");
    let mut keys: Vec<_> = active.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let documented =
        ["account_id", "account_name", "expires_at", "mode", "profile", "region", "role"];
    assert_eq!(keys, documented, "{outcome:?}");
}

#[test]
fn nothing_wider_takes_the_place_of_what_was_removed() {
    let world = world();
    let outcome = narrowed(
        &world,
        "ssoenv logout 2>/dev/null; eval \"$(ssoenv use --from-cache)\"\n\
         echo \"[$AWS_ACCESS_KEY_ID$AWS_PROFILE$SSOENV_PROFILE$SSOENV_ON_TOP]\"",
    );
    assert_eq!(outcome.out, "[]\n", "{outcome:?}");
    let again = format!("ssoenv use prod --role-arn {DEPLOY} --policy '{COMPACT}'");
    assert!(outcome.err.contains(&again), "{outcome:?}");
    // What this build does not understand may be a policy: nothing is renewed without it.
    let outcome = narrowed(
        &world,
        "export SSOENV_ON_TOP='{\"of\":\"prod\",\"more\":1}'\n\
         ssoenv use --from-cache; ssoenv refresh --foreground; echo $?",
    );
    assert_eq!(outcome.out, "0\n", "{outcome:?}");
}

#[test]
fn a_guard_sees_the_role_and_what_is_below_it() {
    let world = world();
    let settings = |glob: &str| {
        world.write(".config/ssoenv/config.ini", &format!("[match \"{glob}\"]\nconfirm = true\n"));
    };
    let call = format!("credentials prod --role-arn {DEPLOY}");
    for glob in ["Deploy", "777788889999", "prod", "Admin", "111122223333"] {
        settings(glob);
        assert_eq!(world.run(&call).code, 2, "{glob}");
        assert_eq!(world.run(&format!("{call} --yes")).code, 0, "{glob}");
    }
    // The whole role is asked for, though the shell has the narrowed one.
    settings("Deploy");
    let outcome = sh(
        &world,
        "eval \"$(ssoenv use deploy --policy {} --yes)\"; ssoenv credentials; echo $?\n\
         ssoenv credentials deploy; echo $?",
    );
    let codes: Vec<_> = outcome.out.lines().filter(|line| ["0", "2"].contains(line)).collect();
    assert_eq!(codes, ["0", "2"]);
}
