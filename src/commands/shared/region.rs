//! A Region that was named on the command line: what can be none is refused, and what this build does
//! not know is said, since AWS adds Regions.

use crate::domain::region::Naming;
use crate::domain::{Error, Result};
use crate::io::App;

/// Judges the Region of `--region`, before anybody logs in for it.
pub fn check(app: &App, region: Option<&str>) -> Result<()> {
    let Some(region) = region else { return Ok(()) };
    match Naming::of(region) {
        Naming::Known => {}
        Naming::Unknown(near) => {
            let meant = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
            app.term.warn(&format!("this version knows no Region `{region}`{meant}"));
        }
        Naming::Wrong(near) => {
            return Err(Error::usage(format!("`{region}` is no Region")).hint(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write a Region such as `eu-central-1`".to_owned(),
            }));
        }
    }
    Ok(())
}
