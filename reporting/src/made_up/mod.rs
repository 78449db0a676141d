//! A made-up report for tests: through [`evaluate`]: eight versions along a dial, a foreign score, six group columns.

mod filled;
use std::sync::LazyLock;

use amparo_evaluation::definitions::Text;
use amparo_evaluation::evaluate;
use amparo_evaluation::input::{Columns, Dial, End, GroupColumn, Input, Kind, Levels, Scored};
use amparo_evaluation::report::{Context, HeldOut, Report};
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// The report with every part filled.
pub(crate) static REPORT: LazyLock<Report> = LazyLock::new(|| filled::filled(report(1_500, 100)));

/// A synthetic cohort of `n` rows scored in nine ways, `replicates` resamples.
fn report(n: usize, replicates: u32) -> Report {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let mut normal = || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
    let known: Vec<[f64; 3]> = (0..n).map(|_| [normal(), normal(), normal()]).collect();
    let truth: Vec<f64> = known.iter().map(|[a, b, _]| logistic(-2.1 + 0.7 * a + 0.6 * b)).collect();
    let baseline: Vec<f64> = known.iter().map(|[a, _, noise]| -2.0 + 0.7 * a + 0.2 * noise).collect();
    let candidate: Vec<f64> =
        known.iter().map(|[a, b, noise]| -2.2 + 0.85 * a + 0.7 * b + 0.3 * noise).collect();
    let y = truth.iter().map(|p| rng.random::<f64>() < *p).collect();
    let groups = groups(n, &known, &mut rng);
    let input = Input::new(Columns {
        y,
        weight: vec![1.0; n],
        cluster: (0..n as u32).map(|row| row * 4 / 5).collect(),
        groups,
        oracle: Some(truth),
        ..Columns::default()
    });
    let mut scored: Vec<Scored> = [0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 1.0]
        .iter()
        .map(|dial| {
            let score: Vec<f64> =
                baseline.iter().zip(&candidate).map(|(b, c)| (1.0 - dial) * b + dial * c).collect();
            version(&format!("vpr@hybrid-{dial:.2}"), "blended", Some(*dial), score)
        })
        .collect();
    scored.insert(0, version("vpr@points-1", "points", None, baseline));
    let foreign: Vec<f64> = known.iter().map(|[a, _, noise]| (5.0 + a + 1.5 * noise).round()).collect();
    scored.push(Scored {
        name: "decile_score".into(),
        kind: Kind::Foreign,
        score: foreign,
        probability: None,
        levels: None,
        survival: None,
    });
    let context = Context {
        cohort: "synthetic-2026".into(),
        synthetic: Some(
            "Generated from the instrument vpr5.0-h with seed 7; the outcomes were drawn from a known risk."
                .into(),
        ),
        notes: vec!["The interviews of <2019> were typed in by hand.".into()],
        held_out: HeldOut::stated(&format!("test split: {n} assessments no fit has seen")),
        outcome: "new assault known to the police".into(),
        horizon_days: Some(180),
        censored_left_out: 1_204,
        excluded_left_out: 17,
        fingerprint: "sha256:5f2b9c".into(),
        seed: 11,
        replicates,
        subject: "vpr@hybrid-1.00".into(),
        reference: "vpr@points-1".into(),
        smallest_cell: 10,
        bins: 10,
        margin: Some(0.05),
        pairwise: false,
    };
    let report = input.and_then(|input| evaluate(&input, &scored, context, &|_| ()));
    report.unwrap_or_else(|error| panic!("{error}"))
}

fn version(name: &str, family: &str, dial: Option<f64>, score: Vec<f64>) -> Scored {
    let probability: Vec<f64> = score.iter().map(|s| logistic(*s)).collect();
    let cuts = vec![0.08, 0.2, 0.45];
    let codes = probability.iter().map(|p| cuts.iter().filter(|cut| p >= cut).count() as u8).collect();
    let ids = ["low", "medium", "high", "extreme"].map(str::to_owned).into();
    let labels = [("bajo", "low"), ("medio", "medium"), ("alto", "high"), ("extremo", "extreme")];
    let labels = labels.map(|(es, en)| Text { es: es.into(), en: en.into() }).into();
    Scored {
        name: name.into(),
        kind: Kind::Version {
            digest: "sha256:00".into(),
            family: family.into(),
            dial: dial.map(place),
            more_unknown: None,
        },
        score,
        probability: Some(probability),
        survival: None,
        levels: Some(Levels { ids, labels: Some(labels), codes, cuts, intensity: None, reassess_days: None }),
    }
}

/// A place between two models of which each end holds its own only.
fn place(position: f64) -> Dial {
    let end = |family: &str| Some(End { family: family.into(), digest: format!("sha256:{family}") });
    Dial {
        position,
        baseline: end("points").filter(|_| position < 1.0),
        candidate: end("boosted").filter(|_| position > 0.0),
    }
}

fn groups(n: usize, known: &[[f64; 3]], rng: &mut impl Rng) -> Vec<GroupColumn> {
    let mut column = |name: &str, labels: &[&str], cuts: &[f64], pull: f64| {
        let codes = (0..n)
            .map(|row| {
                let u = (rng.random::<f64>() + pull * known[row][1]).clamp(0.0, 0.999_999);
                cuts.iter().filter(|cut| u >= **cut).count() as u16
            })
            .collect();
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        GroupColumn { name: name.into(), labels, codes, ..GroupColumn::default() }
    };
    vec![
        column("minors_in_charge", &["with minors", "without minors"], &[0.55], 0.15),
        column("foreign_victim", &["no", "yes"], &[0.7], 0.0),
        column("age", &["under 25", "25-44", "45-64", "65 and over"], &[0.2, 0.65, 0.997], 0.0),
        column("disability", &["no", "yes"], &[0.93], 0.0),
        column("habitat", &["urban", "intermediate", "rural"], &[0.6, 0.85], 0.05),
        column(
            "minors x foreign",
            &["with, no", "with, yes", "without, no", "without, yes"],
            &[0.4, 0.6, 0.85],
            0.1,
        ),
    ]
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}
