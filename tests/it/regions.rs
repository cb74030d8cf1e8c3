//! Regions named on the command line: mistyped ones are told before anything is done with them.

use crate::support::World;

#[test]
fn what_is_no_region_is_refused_before_a_login() {
    let world = World::new();
    for (line, hint) in [
        ("use dev --shell sh --region bogus", "a Region such as"),
        ("use dev --shell sh --region us-east1", "did you mean `us-east-1`?"),
        ("exec dev --region us-east-1;x -- true", "did you mean `us-east-1`?"),
        ("exec --all * --region bogus -- true", "a Region such as"),
        ("console prod --print --region bogus", "a Region such as"),
        ("console prod --print --region EU-WEST-1", "did you mean `eu-west-1`?"),
        ("settings set default_region us-esat1", "did you mean `us-east-1`?"),
    ] {
        let outcome = world.run(line);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{line}: {outcome:?}");
        assert!(outcome.err.contains("is no Region"), "{line}: {outcome:?}");
        assert!(outcome.err.contains(hint), "{line}: {outcome:?}");
    }
    assert_eq!(world.browser_opened(), 0);
    assert_eq!(world.ok("settings get default_region"), "\n");
}

/// AWS adds Regions: one that has the form counts, and a near known one is named.
#[test]
fn a_region_that_is_not_known_is_taken_with_a_warning() {
    let world = World::new();
    for (line, meant) in [
        ("use dev --shell sh --region us-esat-1", ": did you mean `us-east-1`?"),
        ("exec dev --region us-esat-1 -- true", ": did you mean `us-east-1`?"),
        ("console prod --print --region us-farwest-12", ""),
        ("settings set default_region us-esat-1", ": did you mean `us-east-1`?"),
    ] {
        let outcome = world.run(line);
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        let region = line.split(' ').find(|word| word.starts_with("us-")).expect("it is there");
        let warning = format!("warning: this version knows no Region `{region}`{meant}\n");
        assert!(outcome.err.contains(&warning), "{line}: {outcome:?}");
    }
    assert_eq!(world.ok("settings get default_region"), "us-esat-1\n");
    let known = world.run("use dev --shell sh --region eu-central-1");
    assert!(!known.err.contains("warning"), "{known:?}");
}
