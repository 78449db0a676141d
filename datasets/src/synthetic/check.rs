//! What must hold between the parameters and the form, all problems at once.

use super::params::{IndicatorParams, Params, TRAITS};
use crate::{Error, Indicator, Instrument, Problem, Problems};

pub(super) fn check(params: &Params, instrument: &Instrument) -> Result<(), Error> {
    let mut problems = Problems::default();
    let mut say = |field: &str, message: String| problems.push(Problem::new(field, message));
    ranges(params, &mut say);
    for id in ["I24", "I28", "I29"] {
        if instrument.position(id).is_none() {
            say(id, format!("indicator `{id}`, which a group is taken from, is not on the form"));
        }
    }
    let named = params.recording.plain.value.iter().chain(params.interaction.keys());
    for id in named.chain(params.interaction.values().flat_map(|with| with.keys())) {
        if instrument.position(id).is_none() {
            say(id, format!("indicator `{id}` is named but not on the form `{}`", instrument.id()));
        }
    }
    for id in params.indicator.keys().filter(|id| instrument.position(id).is_none()) {
        say(id, format!("indicator `{id}` is not on the form `{}`", instrument.id()));
    }
    for (at, indicator) in instrument.indicators().iter().enumerate() {
        match params.indicator.get(&indicator.id) {
            Some(found) => row(found, indicator, at, instrument, &mut say),
            None => say(&indicator.id, format!("indicator `{}` has no parameters", indicator.id)),
        }
    }
    problems.or(format!("parameters `{}`", params.name), ())
}

fn ranges(params: &Params, say: &mut impl FnMut(&str, String)) {
    let p = params;
    for (field, value) in [
        ("assault.prevalence", p.assault.prevalence.value),
        ("assault.early_share", p.assault.early_share.value),
        ("assault.early_hazard", p.assault.early_hazard.value),
        ("lethal.prevalence", p.lethal.prevalence.value),
        ("lethal.ceiling", p.lethal.ceiling.value),
        ("reporting.share", p.reporting.share.value),
        ("group.rural", p.group.rural.value),
    ] {
        if !(value > 0.0 && value < 1.0) {
            say(field, format!("`{field}` is {value}, expected a number between 0 and 1"));
        }
    }
    for (field, value) in [
        ("follow_up.lost", p.follow_up.lost.value),
        ("assessment.again", 2.0 * p.assessment.again.value),
        ("protection.raised", p.protection.raised.value),
        ("recording.missed", p.recording.missed.value),
        ("recording.invented", p.recording.invented.value),
    ] {
        if !(0.0..=1.0).contains(&value) {
            say(field, format!("`{field}` leads to the probability {value}, expected 0 to 1"));
        }
    }
    let g = &p.group;
    for (field, shares, labels) in [
        ("protection.shares", p.protection.shares.value.as_slice(), p.protection.effect.value.len()),
        ("group.age_shares", &g.age_shares.value, g.ages.value.len()),
        ("group.force_urban", &g.force_urban.value, g.forces.value.len()),
        ("group.force_rural", &g.force_rural.value, g.forces.value.len()),
    ] {
        let sum: f64 = shares.iter().sum();
        let positive = shares.iter().all(|s| *s > 0.0);
        if shares.len() != labels || !positive || (sum - 1.0).abs() > 1e-9 {
            let n = shares.len();
            say(
                field,
                format!("`{field}` has {n} shares of sum {sum}, expected {labels} positive ones of sum 1"),
            );
        }
    }
    if p.unknown.force.value.len() != g.forces.value.len() {
        let (found, expected) = (p.unknown.force.value.len(), g.forces.value.len());
        say(
            "unknown.force",
            format!("`unknown.force` has {found} values, expected one for each of {expected} forces"),
        );
    }
    let a = &p.assault;
    if a.early_days.value == 0 || a.early_days.value >= a.horizon_days.value {
        let (early, horizon) = (a.early_days.value, a.horizon_days.value);
        say("assault.early_days", format!("`assault.early_days` is {early}, expected 1 to below {horizon}"));
    }
    if !p.protection.cuts.value.is_sorted_by(|a, b| a < b) {
        say("protection.cuts", format!("`protection.cuts` {:?} do not rise", p.protection.cuts.value));
    }
    let after = p.assessment.again_after.value;
    if p.assessment.days.value == 0 || after[0] > after[1] {
        say(
            "assessment",
            format!(
                "assessments over {} days, again after {after:?}: expected at least one day, and a range that rises",
                p.assessment.days.value
            ),
        );
    }
}

fn row(
    row: &IndicatorParams,
    indicator: &Indicator,
    at: usize,
    instrument: &Instrument,
    say: &mut impl FnMut(&str, String),
) {
    let id = &indicator.id;
    let expected: Vec<&str> =
        indicator.answers()[1..indicator.n_known()].iter().map(|a| a.id.as_str()).collect();
    let mut found: Vec<&str> = row.share.keys().map(String::as_str).collect();
    let mut sorted = expected.clone();
    sorted.sort_unstable();
    found.sort_unstable();
    if found != sorted {
        say(
            id,
            format!(
                "shares of indicator `{id}` are for {}, expected {}",
                found.join(", "),
                expected.join(", ")
            ),
        );
    }
    let sum: f64 = row.share.values().sum();
    if !(row.share.values().all(|s| *s > 0.0) && sum < 1.0) {
        say(id, format!("shares of indicator `{id}` sum to {sum}, expected positive ones of sum below 1"));
    }
    for name in row.traits.keys().filter(|name| !TRAITS.contains(&name.as_str())) {
        say(id, format!("trait `{name}` of indicator `{id}` is none of {}", TRAITS.join(", ")));
    }
    let explained: f64 = row.traits.values().map(|l| l * l).sum();
    if !(0.0..1.0).contains(&explained) {
        say(id, format!("squared loadings of indicator `{id}` sum to {explained}, expected below 1"));
    }
    if !(row.unknown > 0.0 && row.unknown < 1.0) {
        say(
            id,
            format!(
                "share unknown of indicator `{id}` is {}, expected a number between 0 and 1",
                row.unknown
            ),
        );
    }
    if !(row.assault.is_finite() && row.lethal.is_finite()) {
        say(
            id,
            format!(
                "effects of indicator `{id}` are {} and {}, expected finite numbers",
                row.assault, row.lethal
            ),
        );
    }
    if let Some(parent) = &row.requires
        && instrument.position(parent).is_none_or(|place| place >= at)
    {
        say(
            id,
            format!("indicator `{id}` requires `{parent}`, expected one that stands before it on the form"),
        );
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::super::params::TEXT;
    use super::*;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let bad = TEXT
            .replace("[indicator.I35]", "[indicator.I99]")
            .replace("requires = \"I29\"", "requires = \"I31\"")
            .replace("share = { yes = 0.82 }", "share = { always = 1.5 }")
            .replace("traits = { youth = 0.65 }", "traits = { yuoth = 1.65 }")
            .replace("[0.72, 0.1, 0.18]", "[0.72, 0.1]");
        let error = Params::from_toml(&bad).unwrap_err().to_string();
        for part in [
            "indicator `I99` is not on the form `vpr5.0-h`",
            "indicator `I35` has no parameters",
            "indicator `I31` requires `I31`",
            "shares of indicator `P37` are for always, expected yes",
            "sum to 1.5",
            "trait `yuoth` of indicator `I23` is none of severity",
            "`group.force_urban` has 2 shares",
        ] {
            assert!(error.contains(part), "`{part}` is not in:\n{error}");
        }
        assert!(Params::from_toml(TEXT).is_ok());
        assert!(Params::from_toml(&TEXT.replace("[follow_up]", "[follow_up]\nextra = 1")).is_err());
    }
}
