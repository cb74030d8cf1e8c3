//! A Region that was named on the command line: what can be none is refused, and what this build does
//! not know is said, since AWS adds Regions.

use crate::domain::region::Naming;
use crate::domain::{Error, Result};
use crate::io::App;

/// Judges the Region of `--region`, before anybody logs in for it.
pub fn check(app: &App, region: Option<&str>) -> Result<()> {
    let Some(region) = region else { return Ok(()) };
    match Naming::of(region) {
        Naming::Known | Naming::Unknown(_) => warn_of_unknown(app, region),
        naming => {
            return Err(Error::usage(format!("Region `{region}` is not valid")).hint(match naming
                .meant()
            {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write a Region such as `eu-central-1`".to_owned(),
            }));
        }
    }
    Ok(())
}

/// Says that this build does not know a Region. AWS adds Regions: it is taken all the same.
pub fn warn_of_unknown(app: &App, region: &str) {
    if let Naming::Unknown(near) = Naming::of(region) {
        let meant = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        app.term.warn(&format!("this version knows no Region `{region}`{meant}"));
    }
}
