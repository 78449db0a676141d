//! Explains one case with a published version: in words, in numbers, and as a picture.
//!
//! ```sh
//! cargo run --release -- quickstart --no-serve
//! cargo run --release --example explain_one_case -- amparo-quickstart/registry vpr@challenger amparo-quickstart/case.json explanation.svg
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use amparo_datasets::{FormAnswer, Text};
use amparo_models::{Assessment, Registry, Version, wording};
use serde::Deserialize;

/// Answers that are drawn; the others are summed up in one bar.
const DRAWN: usize = 14;

/// A case as the service takes it; only the answers are needed here.
#[derive(Deserialize)]
struct Case {
    answers: BTreeMap<String, FormAnswer>,
}

/// A case, assessed.
pub struct Explained {
    /// The version that assessed it.
    pub version: Version,
    /// What came out.
    pub assessment: Assessment,
    /// The same in words.
    pub text: Text,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [registry, version, case, svg] = args.as_slice() else {
        return Err("expected four arguments: REGISTRY VERSION CASE.json OUT.svg".into());
    };
    let explained = explain(Path::new(registry), version, Path::new(case))?;
    let Explained { assessment, text, .. } = &explained;
    println!("{}\n", text.en);
    println!("log-odds {:.4} = base {:.4}", assessment.recidivism.log_odds, assessment.explanation.base);
    for (label, value) in bars(&explained) {
        println!("  {value:+.4}  {label}");
    }
    std::fs::write(svg, draw(&explained))?;
    Ok(())
}

/// Loads a version, which verifies all of its files, and lets it assess a case.
///
/// # Errors
/// If the version is not published or was changed, or if the case is not a complete form.
pub fn explain(registry: &Path, version: &str, case: &Path) -> Result<Explained, Box<dyn Error>> {
    let version = Registry::open(registry)?.load(&version.parse()?)?;
    let case: Case = serde_json::from_str(&std::fs::read_to_string(case)?)?;
    let row = version.encode(&case.answers)?;
    let assessment = version.assess(&row)?.with_numbers(&case.answers);
    let text = wording::words(&version, &assessment)?.text;
    Ok(Explained { version, assessment, text })
}

/// A label and a value for each answer, the heaviest first; those that are not drawn are one bar, so that all add up.
pub fn bars(explained: &Explained) -> Vec<(String, f64)> {
    let Explained { version, assessment, .. } = explained;
    let indicators = version.instrument().indicators().iter();
    let mut bars: Vec<(String, f64)> = indicators
        .zip(&assessment.explanation.values)
        .map(|(indicator, v)| {
            let answer = indicator.answers().iter().find(|answer| answer.id == v.answer);
            let answer = answer.map_or(v.answer.as_str(), |answer| answer.label.en.as_str());
            (format!("{}: {answer}", indicator.label.en), v.value)
        })
        .collect();
    bars.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let others = bars.split_off(bars.len().min(DRAWN));
    if !others.is_empty() {
        let sum = others.iter().map(|(_, value)| value).sum();
        bars.push((format!("the other {} answers together", others.len()), sum));
    }
    bars
}

/// The picture: a bar for each answer, to the right where it raises the score and to the left where it lowers it.
pub fn draw(explained: &Explained) -> String {
    const ROW: usize = 26;
    const ZERO: f64 = 700.0;
    let Explained { version, assessment, .. } = explained;
    let (reading, bars) = (&assessment.recidivism, bars(explained));
    let largest = bars.iter().map(|(_, value)| value.abs()).fold(1e-9, f64::max);
    let height = 124 + bars.len() * ROW;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"960\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"14\">\n\
         <rect width=\"960\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    let mut put = |x: f64, y: usize, style: &str, text: &str| {
        svg.push_str(&format!("<text x=\"{x:.1}\" y=\"{y}\" {style}>{}</text>\n", escaped(text)));
    };
    let manifest = version.manifest();
    let [low, high] = [reading.interval.low, reading.interval.high].map(|p| 100.0 * p);
    let head = format!(
        "{}@{}: probability {:.1} % [{low:.1}, {high:.1}], proposed level {}",
        manifest.name,
        manifest.version,
        100.0 * reading.probability,
        assessment.level
    );
    put(16.0, 28, "font-weight=\"bold\" font-size=\"16\"", &head);
    let synthetic = manifest.training.synthetic.is_some();
    let note = if synthetic { "Synthetic case. " } else { "" };
    let note = format!("{note}What each answer adds to the log-odds, compared with the training population:");
    put(16.0, 52, "fill=\"#444\"", &note);
    let mut rects = String::new();
    for (at, (label, value)) in bars.iter().enumerate() {
        let (y, width) = (70 + at * ROW, 190.0 * value.abs() / largest);
        let (x, colour) = if *value < 0.0 { (ZERO - width, "#3b6ea5") } else { (ZERO, "#b4483b") };
        rects.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"18\" fill=\"{colour}\"/>\n"
        ));
        put(16.0, y + 14, "", &shortened(label));
        put(950.0, y + 14, "text-anchor=\"end\"", &format!("{value:+.3}"));
    }
    let sum =
        format!("base {:.3} + all values = log-odds {:.3}", assessment.explanation.base, reading.log_odds);
    put(16.0, height - 24, "fill=\"#444\"", &sum);
    format!("{svg}{rects}</svg>\n")
}

/// At most 66 characters of a label.
fn shortened(label: &str) -> String {
    if label.chars().count() <= 66 {
        return label.to_owned();
    }
    let (question, answer) = label.rsplit_once(": ").unwrap_or((label, ""));
    let room = 63usize.saturating_sub(answer.chars().count());
    format!("{}…: {answer}", question.chars().take(room).collect::<String>().trim_end())
}

/// Text as XML holds it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
