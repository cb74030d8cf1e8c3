//! `console`: the AWS console in a browser, by the access portal's shortcut or by a sign-in token,
//! which goes from this process to the browser over loopback and never through arguments.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

mod open;

use open::Opening;

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::console::{Console, portal_shortcut};
use crate::domain::partition::Partition;
use crate::domain::plan::Plan;
use crate::domain::profile::Source;
use crate::domain::region_list::is_global;
use crate::domain::saved::Saved;
use crate::domain::secret::Secret;
use crate::domain::switch::own_region;
use crate::domain::{Error, Result};
use crate::identity::wire::federation;
use crate::identity::{LoginPolicy, Policy, sources};
use crate::io::App;

use crate::commands::shared::guard::{self, Permit};
use crate::commands::shared::login::{self, Redirect, Wish};
use crate::commands::shared::sought::Sought;
use crate::commands::shared::{Completes, after_login, duration, region, target};

/// Open the AWS console
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv console prod                Open the console as prod
  ssoenv console prod --service s3   Open the console of one service
  ssoenv console prod --print        Print the URL instead")]
pub struct Words {
    /// Whose.
    #[command(flatten)]
    sought: Sought,
    /// Service to open, by its short name
    #[arg(long, value_name = "SERVICE", conflicts_with = "destination", add = Completes::Service)]
    service: Option<String>,
    /// Console page to open
    #[arg(long, value_name = "URL")]
    destination: Option<String>,
    /// Region of the console
    #[arg(long, add = Completes::Region)]
    region: Option<String>,
    /// How long the console session lasts (15m to 12h)
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,
    /// Sign in with a federation token instead of the access portal
    #[arg(long)]
    federate: bool,
    /// Print the URL instead of opening it
    #[arg(long)]
    print: bool,
    /// Sign out of the old console session first
    #[arg(long)]
    logout_first: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
}

/// Opens or prints the console's address.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let duration = words.duration.as_deref().map(seconds).transpose()?;
    region::check(app, words.region.as_deref())?;
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let login = words.redirect.of(login::policy(app, &settings, Wish::Implied)?);
    let policy = Policy::new(login);
    if !words.print {
        refuse_browser(&policy.login)?;
    }
    let found = words.sought.find(app, &config, &settings)?;
    let target = target::required(app, &config, &settings, &found.choice, &policy.login)?;
    let console = Console::of(sources::partition_of(&target.source))?;
    let mut permit = guard::permit(app, &settings, target, found.consent(), Some("console"))?;
    if !words.federate && matches!(permit.target().source, Source::Sso(_)) {
        // Nothing is fetched that would say whose it is.
        permit.look_again(app, None)?;
    }
    let region = page_region(app, words, permit.plan(), &console)?;
    let region = region.as_deref();
    let page = match &words.destination {
        Some(url) => {
            console.check(url)?;
            url.clone()
        }
        None => console.page(words.service.as_deref(), region)?,
    };
    let plan = &permit.plan().clone();
    let root = permit.target().source.sso_root().map(|root| root.session.label().to_owned());
    let session = root.as_deref();
    let opening = Opening { app, settings: &settings, session, plan, region, print: words.print };
    if let Source::Sso(role) = &permit.target().source
        && !words.federate
    {
        if duration.is_some() {
            app.term.warn("`--duration` has no effect without `--federate`: the portal decides");
        }
        permit.note(app, None)?;
        // Without any wish the portal opens the console as the person left it.
        let wish = words.destination.is_some() || words.service.is_some() || region.is_some();
        let url = portal_shortcut(role, wish.then_some(&*page));
        if words.logout_first {
            let base = federation::base(app, &console, region)?;
            return opening.plain(federation::logout_url(&base, &Secret::new(url)).expose());
        }
        return opening.plain(&url);
    }
    refuse_terminal(app, words.print)?;
    let url = signed_in(app, &mut permit, &policy, &console, region, &page, duration)?;
    let base = federation::base(app, &console, region)?;
    let url = if words.logout_first { federation::logout_url(&base, &url) } else { url };
    opening.secret(&url)
}

fn seconds(text: &str) -> Result<u32> {
    let seconds = u32::try_from(duration::parse(text)?.as_secs()).unwrap_or(u32::MAX);
    if federation::DURATION.contains(&seconds) {
        return Ok(seconds);
    }
    Err(Error::usage("a console session lasts from 15 minutes to 12 hours")
        .hint("write `--duration 15m`, `--duration 12h` or something in between"))
}

/// The region of the page: asked for, the profile's, the user's own; if the partition has it.
fn page_region(app: &App, words: &Words, plan: &Plan, console: &Console) -> Result<Option<String>> {
    let fits = |region: &str| Partition::of(region) == console.partition;
    if let Some(region) = &words.region {
        if !fits(region) {
            return Err(Error::usage(format!(
                "Region `{region}` is not in the partition `{}`",
                console.partition.id
            ))
            .hint("choose a Region such as `eu-central-1`"));
        }
        return Ok(Some(region.clone()));
    }
    let saved = Saved::capture(|name| app.env.get(name));
    let region = plan.region()?.or(own_region(&saved));
    Ok(region.filter(|region| fits(region) && !is_global(region)).map(str::to_owned))
}

/// Where logins are forbidden, a page of which the browser may ask for one is not opened.
fn refuse_browser(policy: &LoginPolicy) -> Result<()> {
    if !policy.is_forbidden() {
        return Ok(());
    }
    let error = policy.explain(Error::login_required("the console needs a browser"));
    Err(error.hint("print its address: `ssoenv console --print`"))
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
    permit: &mut Permit,
    policy: &Policy,
    console: &Console,
    region: Option<&str>,
    page: &str,
    duration: Option<u32>,
) -> Result<Secret> {
    let credentials = after_login::credentials(app, permit, policy)?;
    let target = permit.target();
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
