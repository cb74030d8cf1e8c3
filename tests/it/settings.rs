//! Settings change what `use` does, at once.

use crate::support::World;

const FILE: &str = ".config/ssoenv/config.ini";

#[test]
fn settings_change_what_use_does() {
    let world = World::new();
    world.ok("settings set mode profile");
    assert!(world.ok("use prod --shell sh").contains("export AWS_PROFILE='prod'"));
    world.write(
        FILE,
        "[match \"prod\"]\nmode = keys\nregion = ap-south-1\n[ssoenv]\nmode = profile\n",
    );
    assert!(world.ok("use prod --shell sh").contains("export AWS_ACCESS_KEY_ID="));
}

#[test]
fn a_changed_setting_counts_at_once() {
    let world = World::new();
    world.ok("use prod --shell sh");
    std::thread::sleep(std::time::Duration::from_millis(100));
    world.ok("use prod --shell sh");
    world.ok("settings set prompt_format {role}!");
    assert!(world.ok("use prod --shell sh").contains("SSOENV_LABEL='Admin!'"));
}
