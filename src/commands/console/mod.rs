//! `console`: the AWS console in a browser, by the access portal's shortcut or by a sign-in token,
//! which goes from this process to the browser over loopback and never through arguments.

mod open;

use std::time::Duration;

use open::Opening;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::console::{Console, portal_shortcut};
use crate::domain::partition::Partition;
use crate::domain::plan::Plan;
use crate::domain::profile::{Source, Target};
use crate::domain::saved::Saved;
use crate::domain::secret::Secret;
use crate::domain::switch::own_region;
use crate::domain::{Error, Result};
use crate::identity::wire::federation;
use crate::identity::{Policy, sources};
use crate::io::App;

use crate::commands::shared::choice::Choice;
use crate::commands::shared::{after_login, plan, region, switch, target};

/// The words of `console`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// PROFILE, or account and role.
    pub choice: Choice,
    /// `--service`.
    pub service: Option<String>,
    /// `--destination`.
    pub destination: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--duration`.
    pub duration: Option<Duration>,
    /// `--federate`.
    pub federate: bool,
    /// `--print`.
    pub print: bool,
    /// `--logout-first`.
    pub logout_first: bool,
}

/// Opens or prints the console's address.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    let duration = options.duration.map(duration).transpose()?;
    region::check(app, options.region.as_deref())?;
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let policy = Policy::new(switch::login_policy(&settings));
    let target = target::required(app, &config, &options.choice, &policy.login)?;
    let plan = plan::make(app, &settings, &target);
    let console = Console::of(sources::partition_of(&target.source))?;
    let region = page_region(app, options, &plan, &console)?;
    let region = region.as_deref();
    let page = match &options.destination {
        Some(url) => {
            console.check(url)?;
            url.clone()
        }
        None => console.page(options.service.as_deref(), region)?,
    };
    let opening = Opening { app, settings: &settings, plan: &plan, region, print: options.print };
    if let Source::Sso(role) = &target.source
        && !options.federate
    {
        if duration.is_some() {
            app.term.warn("`--duration` is for `--federate`: the portal decides by itself");
        }
        // Without any wish the portal opens the console as the person left it.
        let wish = options.destination.is_some() || options.service.is_some() || region.is_some();
        let url = portal_shortcut(role, wish.then_some(&*page));
        if options.logout_first {
            let base = federation::base(app, &console, region)?;
            return opening.plain(federation::logout_url(&base, &Secret::new(url)).expose());
        }
        return opening.plain(&url);
    }
    refuse_terminal(app, options.print)?;
    let url = signed_in(app, &target, &policy, &console, region, &page, duration)?;
    let base = federation::base(app, &console, region)?;
    let url = if options.logout_first { federation::logout_url(&base, &url) } else { url };
    opening.secret(&url)
}

fn duration(time: Duration) -> Result<u32> {
    let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    if federation::DURATION.contains(&seconds) {
        return Ok(seconds);
    }
    Err(Error::usage("a console session lasts from 15 minutes to 12 hours")
        .hint("write `--duration 15m`, `--duration 12h` or something in between"))
}

/// The region of the page: asked for, the profile's, the user's own; if the partition has it.
fn page_region(
    app: &App,
    options: &Options,
    plan: &Plan,
    console: &Console,
) -> Result<Option<String>> {
    let fits = |region: &str| Partition::of(region) == console.partition;
    if let Some(region) = &options.region {
        if !fits(region) {
            return Err(Error::usage(format!(
                "`{region}` is no Region of the partition `{}`",
                console.partition.id
            ))
            .hint("choose a Region such as `eu-central-1`"));
        }
        return Ok(Some(region.clone()));
    }
    let saved = Saved::capture(|name| app.env.get(name));
    let region = plan.region.as_deref().or(own_region(&saved));
    Ok(region.filter(|region| fits(region)).map(str::to_owned))
}

/// A sign-in address on a terminal may end in a log or on a shared screen.
fn refuse_terminal(app: &App, print: bool) -> Result<()> {
    if !print || app.assume_yes || !app.term.stdout_is_terminal() {
        return Ok(());
    }
    Err(Error::usage("this prints an address that signs in whoever has it, and this is a terminal")
        .hint("add `--yes`, or leave `--print` out to open it in the browser"))
}

fn signed_in(
    app: &App,
    target: &Target,
    policy: &Policy,
    console: &Console,
    region: Option<&str>,
    page: &str,
    duration: Option<u32>,
) -> Result<Secret> {
    let credentials = after_login::credentials(app, target, policy)?;
    let base = federation::base(app, console, region)?;
    // A role on top of a role takes none.
    let chained = matches!(&target.source, Source::AssumeRole(assume)
        if !matches!(*assume.source, Source::Static { .. } | Source::Environment));
    if chained && duration.is_some() {
        app.term.warn("`--duration` is left out: AWS takes none for a role on top of a role");
    }
    let duration = duration.filter(|_| !chained);
    let token = federation::signin_token(app, &target.connection, &base, &credentials, duration)?;
    let issuer = target.source.sso_root().map_or("", |role| &role.session.start_url);
    Ok(federation::login_url(&base, issuer, page, &token))
}
