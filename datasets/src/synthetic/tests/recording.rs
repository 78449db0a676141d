//! How answers hang together, and how they go missing.

use super::*;

/// Correlation of two true answers being above the least (phi).
fn phi(rows: &[Assessment], a: usize, b: usize) -> f64 {
    let of = |row: &Assessment, at: usize| f64::from(u8::from(row.truth.answers[at] > 0));
    let (pa, pb) = (mean(rows.iter().map(|r| of(r, a))), mean(rows.iter().map(|r| of(r, b))));
    let both = mean(rows.iter().map(|r| of(r, a) * of(r, b)));
    (both - pa * pb) / (pa * (1.0 - pa) * pb * (1.0 - pb)).sqrt()
}

#[test]
fn indicators_correlate_as_the_traits_say() {
    // Standard error of phi at 20,000 rows is 0.007; four of them.
    let n = 20_000;
    let at = |g: &Generator, id: &str| g.instrument.position(id).unwrap();
    let g = with(|_| ());
    let rows = people(&g, n);
    for (a, b) in [("I07", "I08"), ("I15", "I21"), ("I02", "I05"), ("I24", "I27")] {
        assert!(phi(&rows, at(&g, a), at(&g, b)) > 0.05, "{a} {b}: {}", phi(&rows, at(&g, a), at(&g, b)));
    }
    // No trait in common.
    assert!(phi(&rows, at(&g, "I07"), at(&g, "I32")).abs() <= 0.03);
    let apart = with(|p| p.indicator.values_mut().for_each(|row| row.traits.clear()));
    assert!(phi(&people(&apart, n), at(&apart, "I07"), at(&apart, "I08")).abs() <= 0.03);
}

/// Difference in the share of unknown answers between rows that satisfy a condition and others, in standard errors.
fn unknown_gap(g: &Generator, rows: &[Assessment], condition: impl Fn(&Assessment) -> bool) -> f64 {
    let share = |row: &Assessment| {
        let unknown =
            row.recorded.iter().zip(&g.indicators).filter(|(c, q)| usize::from(**c) > q.thresholds.len());
        unknown.count() as f64 / row.recorded.len() as f64
    };
    let (yes, no): (Vec<&Assessment>, Vec<_>) = rows.iter().partition(|row| condition(row));
    let sides = [yes, no].map(|side| {
        let m = mean(side.iter().map(|r| share(r)));
        (m, mean(side.iter().map(|r| (share(r) - m).powi(2))) / side.len() as f64)
    });
    (sides[0].0 - sides[1].0) / (sides[0].1 + sides[1].1).sqrt()
}

#[test]
fn answers_go_missing_not_at_random() {
    let z = |g: &Generator| {
        let rows = people(g, 20_000);
        let severe = unknown_gap(g, &rows, |r| r.truth.traits[0] > 0.5);
        let assaulted = unknown_gap(g, &rows, |r| r.days.reported <= 320.0);
        let local = unknown_gap(g, &rows, |r| r.truth.force == 2);
        [severe, assaulted, local]
    };
    let found = z(&with(|_| ()));
    assert!(found.iter().all(|z| *z > 4.0), "{found:?}");
    let at_random = with(|p| {
        p.unknown.severity.value = 0.0;
        p.unknown.present.value = 0.0;
        p.unknown.force.value = vec![0.0; 3];
    });
    assert!(z(&at_random).iter().all(|z| z.abs() <= 4.0), "{:?}", z(&at_random));
}

#[test]
fn groups_are_the_truth_and_answers_may_be_wrong() {
    // Share of known answers to I24 that contradict the group.
    let wrong = |g: &Generator| {
        let rows = people(g, 20_000);
        let known: Vec<_> = rows.iter().filter(|r| r.recorded[g.disability] < 2).collect();
        mean(
            known
                .iter()
                .map(|r| f64::from(u8::from(r.recorded[g.disability] != r.truth.answers[g.disability]))),
        )
    };
    // 0.08 x 0.04 missed + 0.92 x 0.01 invented = 0.0124, give or take 4 sqrt(0.0124 / 19,000) = 0.0032.
    assert!((wrong(&with(|_| ())) - 0.0124).abs() <= 0.0033, "{}", wrong(&with(|_| ())));
    let right = with(|p| (p.recording.missed.value, p.recording.invented.value) = (0.0, 0.0));
    assert!((wrong(&right) - 0.0124).abs() > 0.0033);
}
