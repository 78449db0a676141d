//! The report as one page: `report.html` from a [`Report`], complete in itself.
//!
//! The page loads nothing (no script, font, image or style from elsewhere) and says in words first what the numbers show; then plots,
//! tables and definitions. Everything from the report is escaped: names are data, never markup. Equal reports give equal bytes.

mod axes;
mod case_mix;
mod classes;
mod marks;
mod page;
mod plots;
mod svg;
mod tables;
#[cfg(test)]
mod tests;
use amparo_evaluation::report::Report;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use crate::Error;
use crate::telling::Lang;

const TEMPLATE: &str = include_str!("../../templates/report.html");

/// Renders a report as one self-contained HTML page.
///
/// # Errors
/// [`Error::Report`] for a report of another format, or if a number is not finite, naming each; [`Error::Page`] if the template
/// fails.
pub fn render(report: &Report, lang: Lang) -> Result<String, Error> {
    report.check()?;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // The name ends in `.html`, so every variable is escaped.
    let page = page::Page::new(report, lang);
    environment
        .add_template("report.html", TEMPLATE)
        .and_then(|()| environment.get_template("report.html")?.render(Serde(&page)))
        .map(|html| html.chars().map(visible).collect())
        .map_err(|source| Error::Page { reason: source.to_string() })
}

/// Control characters, which could only come from a name, are not allowed in a page.
fn visible(c: char) -> char {
    if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }
}
