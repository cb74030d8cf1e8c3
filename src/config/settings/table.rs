//! Every setting: a line in one of these two tables. Reading, `settings get|set|list`, near misses,
//! completion and the documentation's test iterate over them.

use super::key::{self, Key, Scope, keys};
use super::kinds::{
    Command, FilePath, Flag, Kind, List, Minutes, OneOf, Optional, Picker, RegionName, Shade,
    Template, Text,
};
use crate::domain::active::Mode;
use crate::domain::agents;
use crate::domain::words::{Agents, Flow, Login, Storage, Subject};

/// The section of the general settings.
pub const SECTION: &str = "ssoenv";

keys! {
    /// The section `[ssoenv]`.
    pub struct General {
        mode: OneOf<Mode> = Mode::Keys, "What `use` exports when `--mode` is left out";
        prompt_format: Optional<Template> = None, "Text of the prompt segment";
        prompt_warn_minutes: Minutes = 10, "Time left from which on the prompt has a warning color";
        refresh_lead_minutes: Minutes = 10, "How long before their end credentials are refreshed";
        browser: Optional<Command> = None, "Opens the sign-in page; wins over `BROWSER`";
        browser_command: Optional<Command> = None, "Opens the console: a template with `{url}`, `{profile}` and others";
        login_flow: OneOf<Flow> = Flow::Auto, "Way to log in: a browser, a code, or what suits the profile";
        login: OneOf<Login> = Login::Auto, "Whether anybody is asked to log in", Scope::Strict(|general| general.login == Login::Never);
        agent_markers: List = agents::markers(), "Variables that tell a coding agent from a person";
        default_region: Optional<RegionName> = None, "Region that `configure` and `sync` propose";
        picker: Picker = None, "The list to choose from when a name is left out";
        storage: OneOf<Storage> = Storage::Files, "Where tokens and credentials are kept";
        audit: Optional<FilePath> = None, "File that gets a line each time credentials leave ssoenv";
        audit_required: Flag = false, "No credentials where that line cannot be written; in the system's file only", Scope::System;
        lock: List = Vec::new(), "Settings that users cannot change; in the system's file only", Scope::System;
    }
}

keys! {
    /// A section `[match "GLOB"]`, or all sections that match a target together.
    pub struct Rules {
        on: OneOf<Subject> = Subject::Any, "What the pattern is compared with";
        class: Optional<Text> = None, "Class of the environment, such as `production`";
        color: Optional<Shade> = None, "Color of the prompt segment";
        confirm: Flag = false, "Whether a person must agree before credentials are given out", Scope::Strict(|rules| rules.confirm);
        agents: OneOf<Agents> = Agents::Allow, "Whether coding agents get credentials", Scope::Strict(|rules| rules.agents == Agents::Deny);
        region: Optional<RegionName> = None, "Region where the profile has none";
        mode: Optional<OneOf<Mode>> = None, "What `use` exports when `--mode` is left out";
        browser: Optional<Command> = None, "Opens the pages of the sessions that match; with `on = session` only";
    }
}
