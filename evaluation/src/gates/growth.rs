//! How much a gap can have grown.

/// An interval `(low, high)`.
pub(super) type Bounds = (f64, f64);

/// Points that differ by less than this, in a unit in which gaps are below 1 or so, are the same corner.
const TOLERANCE: f64 = 1e-12;

/// Smallest and largest growth of a gap that three intervals allow; `None` if they contradict one another.
///
/// ```text
/// growth = |gap| - |before|   with gap in G, before in B, gap - before in C
/// ```
/// A gap that comes nearer to 0 has a growth below 0, whatever its sign; one that turns to the other side grows only by what it goes
/// beyond. The growth is linear between the axes, so its extremes lie at corners of the polygon that the three strips and the
/// two axes cut out.
pub(super) fn growth(gap: Bounds, before: Bounds, change: Bounds) -> Option<Bounds> {
    // Lines as a x + b y = c, with x the gap and y the gap before.
    let lines = [
        (1.0, 0.0, gap.0),
        (1.0, 0.0, gap.1),
        (1.0, 0.0, 0.0),
        (0.0, 1.0, before.0),
        (0.0, 1.0, before.1),
        (0.0, 1.0, 0.0),
        (1.0, -1.0, change.0),
        (1.0, -1.0, change.1),
    ];
    let within = |value: f64, (low, high): Bounds| value >= low - TOLERANCE && value <= high + TOLERANCE;
    let mut extremes: Option<Bounds> = None;
    for (at, (a, b, c)) in lines.iter().enumerate() {
        for (d, e, f) in &lines[at + 1..] {
            let determinant: f64 = a * e - b * d;
            if determinant.abs() < 0.5 {
                continue;
            }
            let (x, y) = ((c * e - b * f) / determinant, (a * f - c * d) / determinant);
            if within(x, gap) && within(y, before) && within(x - y, change) {
                let growth = x.abs() - y.abs();
                let (low, high) = extremes.unwrap_or((growth, growth));
                extremes = Some((low.min(growth), high.max(growth)));
            }
        }
    }
    extremes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(found: Option<Bounds>, expected: Bounds) -> bool {
        found.is_some_and(|(low, high)| (low - expected.0).abs() <= 1e-9 && (high - expected.1).abs() <= 1e-9)
    }

    #[test]
    fn a_gap_that_shrinks_does_not_grow_however_much_it_moves() {
        // From about -0.30 to about -0.10: the change of +0.20 is an improvement.
        let found = growth((-0.14, -0.06), (-0.34, -0.26), (0.17, 0.23));
        assert!(is(found, (-0.23, -0.17)), "{found:?}");
        // The change alone, taken for the growth, would say the opposite.
        assert!(!is(found, (0.17, 0.23)));
    }

    #[test]
    fn a_gap_that_widens_grows_by_the_change() {
        assert!(is(growth((-0.34, -0.26), (-0.14, -0.06), (-0.23, -0.17)), (0.17, 0.23)));
        assert!(is(growth((0.26, 0.34), (0.06, 0.14), (0.17, 0.23)), (0.17, 0.23)));
    }

    #[test]
    fn a_gap_that_turns_counts_for_what_it_goes_beyond() {
        // From -0.10 to +0.15, both known exactly.
        assert!(is(growth((0.15, 0.15), (-0.10, -0.10), (0.25, 0.25)), (0.05, 0.05)));
    }

    #[test]
    fn what_is_not_known_widens_the_answer() {
        // The gap before may have had either sign; the change is known to be small.
        assert!(is(growth((-0.1, 0.1), (-0.1, 0.1), (-0.02, 0.02)), (-0.02, 0.02)));
        assert!(is(growth((-0.1, 0.1), (-0.1, 0.1), (-1.0, 1.0)), (-0.1, 0.1)));
    }

    #[test]
    fn corners_hold_every_point_between_them() {
        let (gap, before, change) = ((-0.13, 0.21), (-0.05, 0.30), (-0.22, 0.04));
        let Some((low, high)) = growth(gap, before, change) else { panic!("no point") };
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for i in 0..=1000 {
            for j in 0..=1000 {
                let at = |(low, high): Bounds, step: i32| low + (high - low) * f64::from(step) / 1000.0;
                let (x, y) = (at(gap, i), at(before, j));
                if x - y >= change.0 && x - y <= change.1 {
                    least = least.min(x.abs() - y.abs());
                    most = most.max(x.abs() - y.abs());
                }
            }
        }
        assert!((low - least).abs() <= 1e-3 && (high - most).abs() <= 1e-3, "{low} {least} {high} {most}");
    }

    #[test]
    fn intervals_that_contradict_one_another_allow_nothing() {
        assert_eq!(growth((0.1, 0.2), (0.1, 0.2), (0.5, 0.6)), None);
    }
}
