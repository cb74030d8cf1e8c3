//! How calls grow with the number of profiles: a table, and curves in `docs/growth.svg`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::measure::{self, Subject};
use crate::stage::Home;
use crate::subjects;

/// Numbers of profiles.
pub const SIZES: [usize; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// One call at all sizes.
pub struct Curve {
    pub name: &'static str,
    /// Medians; `None` where it did not do its work.
    pub times: Vec<Option<Duration>>,
    /// Peak memory in KiB at the largest size.
    pub memory: Option<u64>,
}

/// What is called, and text that its output holds.
const CALLS: [(&str, &[&str], &str); 4] = [
    ("`list`", &["list"], "Admin"),
    ("`status`", &["status"], "corp"),
    ("`roles`", &["roles"], "Admin"),
    ("`doctor --offline`", &["doctor", "--offline"], "0 failed"),
];

/// Measures all calls at all sizes.
pub fn curves(binary: &Path) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for size in SIZES {
        let home = Home::new(size);
        let mut subjects = subjects::cached(binary, &home);
        subjects.extend(
            CALLS.map(|(name, words, expect)| {
                Subject::new(name, home.command(binary, words), expect)
            }),
        );
        // The larger, the fewer: the whole takes minutes otherwise.
        let rounds = (200_000 / size).clamp(5, 101);
        let figures = measure::times(&mut subjects, rounds);
        let names = ["`use`", "completion"].into_iter().chain(CALLS.map(|(name, ..)| name));
        for (at, name) in names.enumerate() {
            if let Some(why) = &figures[at].failed {
                eprintln!("not measured: {name} with {size} profiles: {why}");
            }
            if curves.len() == at {
                curves.push(Curve { name, times: Vec::new(), memory: None });
            }
            curves[at].times.push(figures[at].median());
            curves[at].memory = subjects[at].memory();
        }
    }
    curves
}

const COLORS: [&str; 6] = ["#0969da", "#1a7f37", "#9a6700", "#bc4c00", "#8250df", "#cf222e"];
/// The plot's left and upper corner, and its size.
const LEFT: f64 = 70.0;
const TOP: f64 = 20.0;
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 300.0;
/// Milliseconds from the lower to the upper edge, as powers of ten.
const LOWEST: f64 = -1.0;
const HIGHEST: f64 = 4.0;

/// Both axes are logarithmic: a straight line as steep as the diagonal is linear growth.
pub fn picture(curves: &[Curve]) -> String {
    let x = |size: usize| {
        #[allow(clippy::cast_precision_loss, reason = "at most a million")]
        let power = (size as f64).log10();
        LEFT + (power - 1.0) / 5.0 * WIDTH
    };
    let y = |power: f64| TOP + (HIGHEST - power) / (HIGHEST - LOWEST) * HEIGHT;
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 370\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"760\" height=\"370\" fill=\"#fff\"/>\n",
    );
    let mut line = |text: String| writeln!(svg, "{text}").expect("text grows");
    for (power, label) in [
        (-1.0, "0.1 ms"),
        (0.0, "1 ms"),
        (1.0, "10 ms"),
        (2.0, "100 ms"),
        (3.0, "1 s"),
        (4.0, "10 s"),
    ] {
        let (at, right) = (y(power), LEFT + WIDTH);
        line(format!("<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#ddd\"/>"));
        line(format!("<text x=\"62\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>", at + 4.0));
    }
    for size in SIZES {
        let label = crate::report::thousands(size as u64);
        line(format!("<text x=\"{:.1}\" y=\"340\" text-anchor=\"middle\">{label}</text>", x(size)));
    }
    line("<text x=\"330\" y=\"360\" text-anchor=\"middle\">profiles</text>".to_owned());
    for (at, (curve, color)) in curves.iter().zip(COLORS).enumerate() {
        let points = SIZES.iter().zip(&curve.times).filter_map(|(size, time)| {
            let power = (time.as_ref()?.as_secs_f64() * 1000.0).log10().clamp(LOWEST, HIGHEST);
            Some(format!("{:.1},{:.1}", x(*size), y(power)))
        });
        let points = points.collect::<Vec<_>>().join(" ");
        line(format!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>"
        ));
        let (height, name) = (40 + 20 * at, curve.name.replace('`', ""));
        line(format!("<text x=\"605\" y=\"{height}\" fill=\"{color}\">{name}</text>"));
    }
    svg.push_str("</svg>\n");
    svg
}
