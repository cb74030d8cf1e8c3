//! Wrong words on the command line, and what is said about them.

use crate::support::World;

#[test]
fn the_help_of_the_verb_is_named() {
    let world = World::new();
    for (words, said) in [
        ("use dev --mode bogus", "cause: possible values: keys, profile\n"),
        ("use dev --mode bogus", "hint: `ssoenv use --help` says more\n"),
        ("serve --port 80x", "hint: `ssoenv serve --help` says more\n"),
        ("init murmur", "hint: `ssoenv init --help` says more\n"),
        ("settings get", "`ssoenv settings get --help` says more\n"),
        ("use dev --account x --role y", "hint: name the profile alone"),
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{words}: {outcome:?}");
        assert!(outcome.err.contains(said), "{words}: {outcome:?}");
    }
}

#[test]
fn one_profile_is_one() {
    let outcome = World::new().run("exec --all dev -- true");
    assert!(outcome.err.contains("1 profile: 1 done, 0 failed\n"), "{outcome:?}");
}

#[test]
fn a_question_mark_is_help() {
    let world = World::new();
    for words in ["", "use", "use prod", "exec", "profile show"] {
        assert_eq!(
            world.ok(&format!("{words} -?")),
            world.ok(&format!("{words} --help")),
            "{words}"
        );
    }
    let outcome = world.run("exec nobody -- echo -?");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
}
