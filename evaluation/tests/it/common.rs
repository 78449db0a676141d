//! What the tests share.

use amparo_evaluation::input::{Dial, End, Kind, Levels, Scored};
use amparo_evaluation::report::{Context, HeldOut};

/// A context with few replicates.
pub fn context(reference: &str, replicates: u32) -> Context {
    Context {
        cohort: "test".into(),
        synthetic: None,
        notes: Vec::new(),
        held_out: HeldOut::stated("all rows"),
        outcome: "event".into(),
        horizon_days: None,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: "none".into(),
        seed: 20_261_121,
        replicates,
        subject: reference.into(),
        reference: reference.into(),
        smallest_cell: 10,
        bins: 10,
        margin: Some(0.05),
        pairwise: false,
    }
}

/// A place between the baseline `b` and the candidate `c`: at 0 it holds the baseline only, at 1 the candidate only.
pub fn dial(position: f64) -> Dial {
    let end = |name: &str| Some(End { family: name.into(), digest: format!("digest of {name}") });
    Dial {
        position,
        baseline: end("b").filter(|_| position < 1.0),
        candidate: end("c").filter(|_| position > 0.0),
    }
}

/// A version with four levels cut at probabilities 0.1, 0.2 and 0.4.
pub fn version(name: &str, dial: Option<f64>, probability: Vec<f64>) -> Scored {
    let cuts = vec![0.1, 0.2, 0.4];
    Scored {
        name: name.into(),
        kind: Kind::Version {
            digest: format!("digest of {name}"),
            family: "hybrid".into(),
            dial: dial.map(self::dial),
            more_unknown: None,
        },
        score: probability.iter().map(|p| (p / (1.0 - p)).ln()).collect(),
        levels: Some(Levels {
            ids: ["low", "medium", "high", "extreme"].map(Into::into).to_vec(),
            codes: probability.iter().map(|p| cuts.iter().filter(|cut| p >= cut).count() as u8).collect(),
            cuts,
            intensity: None,
            reassess_days: None,
            labels: None,
        }),
        probability: Some(probability),
        survival: None,
    }
}
