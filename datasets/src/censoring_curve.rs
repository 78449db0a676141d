//! Who is still in sight.

/// How a row's follow-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpEnd {
    /// With the event.
    Event,
    /// The row was lost from sight.
    Lost,
    /// Nothing was lost: it was followed as far as anybody asks.
    Done,
}

/// The Kaplan-Meier curve of the time until a row is lost from sight.
///
/// ```text
/// G(t) = product over days s < t with a loss of (1 - l_s / Y_s)
/// l_s: weight of the losses of day s; Y_s: weight of the rows still in sight then, without the events of that day
/// ```
/// An event on the same day comes before the loss of sight.
#[derive(Debug, Clone, PartialEq)]
pub struct CensoringCurve(Vec<(f64, f64)>);

impl CensoringCurve {
    /// Of rows, each with its last day (>= 0), its weight (> 0) and how its follow-up ended.
    #[must_use]
    pub fn of(mut rows: Vec<(f64, f64, FollowUpEnd)>) -> Self {
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let ties: Vec<_> = rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).collect();
        // From the last day back, so that who is still in sight is a sum and no difference of large sums: where nobody is, it is 0.
        let (mut lost_by_day, mut later) = (Vec::new(), 0.0);
        for tied in ties.iter().rev() {
            let of = |wanted| -> f64 { tied.iter().filter(|row| row.2 == wanted).map(|row| row.1).sum() };
            let (lost, stay) = (of(FollowUpEnd::Lost), of(FollowUpEnd::Done) + later);
            if lost > 0.0 {
                lost_by_day.push((tied[0].0, 1.0 - lost / (stay + lost)));
            }
            later = stay + lost + of(FollowUpEnd::Event);
        }
        let steps = lost_by_day.into_iter().rev().scan(1.0, |survival, (day, kept)| {
            *survival *= kept;
            Some((day, *survival))
        });
        Self(steps.collect())
    }

    /// The probability of being in sight just before a day.
    #[must_use]
    pub fn before(&self, day: f64) -> f64 {
        let at = self.0.partition_point(|(step, _)| *step < day);
        at.checked_sub(1).map_or(1.0, |last| self.0[last].1)
    }
}
