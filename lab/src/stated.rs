//! Scores of anybody's models, judged as versions are: by numbers that are handed in, without a registry and without a form.

use amparo_datasets::{Group, ScoreLevel};
use amparo_evaluation::bridge;
use amparo_evaluation::input::{Columns, GroupColumn, Input};
use amparo_evaluation::partial::{About, Partial};
use amparo_evaluation::report::{Context, HeldOut, Report};
use amparo_evaluation::{evaluate, total_steps};

use crate::judge::{BINS, within};
use crate::{Error, Observer, Settings};

/// What is said of rows and scores that are judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stated {
    /// What the rows are called in the report.
    pub title: String,
    /// If they are invented, the sentence that says so wherever their results appear.
    pub synthetic: Option<String>,
    /// How the rows were kept from the models, in the words of whoever evaluates.
    pub held_out: String,
    /// Levels of scores, by their names.
    pub levels: Vec<(String, Vec<ScoreLevel>)>,
    /// Labels that the others are compared with, by group column.
    pub references: Vec<(String, String)>,
    /// Name of the score that differences are taken against; the first score itself where there is none.
    pub reference: Option<String>,
}

/// Judges the scores of a partial's rows, with all that a report of versions has but what only a version knows of itself. The first score is what the
/// report is about.
///
/// Rows stand as the partial has them, so the report does not depend on the order in which they were given, nor on how they were parted.
///
/// # Errors
/// [`Error::HorizonBeyond`]; everything that is wrong with the rows and with what is said of them: see [`Input::new`] and [`evaluate`].
pub fn judge_stated(
    partial: &Partial,
    stated: &Stated,
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<Report, Error> {
    let About { outcome, horizon_days, scores, groups } = partial.about();
    let subject = scores.first().ok_or(Error::NoVersion)?.0.clone();
    let context = Context {
        cohort: stated.title.clone(),
        synthetic: stated.synthetic.clone(),
        notes: Vec::new(),
        held_out: HeldOut::Stated { text: stated.held_out.clone() },
        outcome: outcome.clone(),
        horizon_days: *horizon_days,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: partial.digest(),
        seed: settings.seed,
        replicates: settings.replicates,
        reference: stated.reference.clone().unwrap_or_else(|| subject.clone()),
        subject,
        smallest_cell: settings.smallest_cell,
        bins: BINS,
        margin: Some(settings.margin),
        pairwise: settings.pairwise,
    };
    let rows = partial.rows()?;
    let levels = |name: &String| {
        let of = stated.levels.iter().find(|(score, _)| score == name);
        of.map_or(&[][..], |(_, levels)| levels)
    };
    let scored: Vec<_> = scores
        .iter()
        .zip(rows.scores)
        .map(|((name, is_probability), values)| bridge::stated(name, values, *is_probability, levels(name)))
        .collect();
    let group = |(name, (labels, codes)): (&String, (Vec<String>, Vec<u16>))| GroupColumn {
        unknown: labels.iter().filter(|label| *label == Group::UNKNOWN).cloned().collect(),
        name: name.clone(),
        labels,
        codes,
        ..GroupColumn::default()
    };
    let n = rows.events.len();
    let columns = Columns {
        y: rows.events,
        weight: rows.weights.unwrap_or_else(|| vec![1.0; n]),
        cluster: rows.cases.map_or_else(|| (0..n as u32).collect(), |(_, of_rows)| of_rows),
        groups: groups.iter().zip(rows.groups).map(group).collect(),
        ..Columns::default()
    };
    let references = stated.references.iter().map(|(group, label)| (group.as_str(), label.as_str()));
    let mut input = Input::new(columns)?.with_references(references)?;
    if let Some(horizons) = &settings.horizons {
        input = input.with_horizons(within(horizons, *horizon_days)?)?;
    }
    observer.stage("resampling cases", total_steps(&input, &context));
    Ok(evaluate(&input, &scored, context, &|steps| observer.advance(steps))?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use amparo_evaluation::partial::{Ids, Rows};

    use super::*;

    /// Rows of a partial by their numbers.
    fn partial(numbers: impl Iterator<Item = u32> + Clone) -> Partial {
        let about = About {
            outcome: "event".into(),
            horizon_days: None,
            scores: vec![("a".into(), true), ("b".into(), false)],
            groups: vec!["age".into()],
        };
        let of = |number: u32| f64::from(number.wrapping_mul(0x9e37_79b9) >> 8) / f64::from(1 << 24);
        let n = numbers.clone().count() as u32;
        let rows = Rows {
            events: numbers.clone().map(|number| of(number) + of(number + 7) > 1.2).collect(),
            weights: None,
            cases: Some((
                Ids::Numbers(numbers.clone().map(|number| i64::from(number / 2)).collect()),
                (0..n).collect(),
            )),
            groups: vec![(
                vec!["old".into(), "unknown".into(), "young".into()],
                numbers.clone().map(|number| (number % 3) as u16).collect(),
            )],
            scores: vec![
                numbers.clone().map(of).collect(),
                numbers.map(|number| of(number + 7) - 3.0).collect(),
            ],
        };
        Partial::new(about, rows).unwrap()
    }

    fn judged(partial: &Partial, stated: &Stated) -> Result<Report, Error> {
        judge_stated(partial, stated, &Settings { replicates: 100, ..Settings::default() }, &())
    }

    fn stated() -> Stated {
        let level = |id: &str, from| ScoreLevel { id: id.into(), from };
        Stated {
            title: "rows".into(),
            synthetic: None,
            held_out: "all of them".into(),
            levels: vec![("b".into(), vec![level("low", -3.0), level("high", -2.5)])],
            references: vec![("age".into(), "young".into())],
            reference: Some("b".into()),
        }
    }

    #[test]
    fn a_report_depends_on_the_rows_and_not_on_how_they_were_parted() {
        let expected = judged(&partial(0..600), &stated()).unwrap();
        // Both rows of a case are in other parts.
        let parts = [
            partial((0..600).rev().filter(|row| row % 2 == 1)),
            partial((0..600).filter(|row| row % 2 == 0)),
        ];
        let merged = Partial::merged(&parts).unwrap();
        assert_eq!(judged(&merged, &stated()).unwrap(), expected);
        assert_ne!(judged(&partial(0..599), &stated()).unwrap(), expected);
        assert_eq!((expected.rows.n, expected.rows.cases), (600, 300));
        let table = &expected.scored[0].groups[0];
        assert_eq!(
            (table.reference.as_str(), table.unknown.as_slice()),
            ("young", &["unknown".to_owned()][..])
        );
        assert_eq!(expected.scored[1].levels.len(), 2);
        assert_eq!(expected.context.fingerprint, merged.digest());
    }

    #[test]
    fn what_is_said_of_rows_has_to_be_true_of_them() {
        let rows = partial(0..600);
        let unknown =
            |group: &str, label: &str| Stated { references: vec![(group.into(), label.into())], ..stated() };
        for wrong in [
            unknown("sex", "f"),
            unknown("age", "unknown"),
            Stated { reference: Some("c".into()), ..stated() },
        ] {
            assert!(matches!(judged(&rows, &wrong), Err(Error::Evaluation(_))));
        }
    }

    #[test]
    fn a_report_on_invented_rows_says_that_they_are() {
        let (invented, partial) = (Some("These cases are invented.".to_owned()), partial(0..600));
        let report = |synthetic| judged(&partial, &Stated { synthetic, ..stated() }).unwrap();
        assert_eq!(report(invented.clone()).context.synthetic, invented);
        assert_eq!(report(None).context.synthetic, None);
    }
}
