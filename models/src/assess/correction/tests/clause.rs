//! Cases under the clause that the level is never below that of the baseline.

use amparo_datasets::Text;

use super::*;
use crate::{Hybrid, NeverBelowBaseline};

impl Case {
    /// The same with a hybrid under the clause that the level is never below that of its baseline.
    pub(super) fn under_clause(seed: u64) -> Self {
        let case = Self::drawn(seed);
        let mut draw = Draw::new(seed ^ 2);
        let mut drawn = scorers(&mut draw, &case.form);
        let candidate = drawn.drain(..).find_map(|scorer| scorer.candidate().cloned()).unwrap();
        let dial = 0.1 * draw.below(11) as f64;
        let hybrid = Hybrid::new(dial, points(&mut draw, &case.form), candidate).unwrap();
        let recidivism = part("new_assault", &mut draw, &case.form, Scorer::from(hybrid));
        let intercept = draw.below(5) as f64 - 2.0;
        let calibrator = Calibrator::Platt(Platt { intercept, slope: 0.5, covariance: [0.0; 3] });
        let reason = Text { es: "b".to_owned(), en: "b".to_owned() };
        let clause = NeverBelowBaseline { reason, calibrator };
        let all = case.form.indicators().iter().map(|i| i.id.clone()).collect();
        Self { recidivism: recidivism.never_below(clause, &case.form, &all).unwrap(), ..case }
    }
}

#[test]
fn the_clause_on_the_baseline_decides_some_of_them() {
    let decided = (0..200).filter(|seed| {
        let case = Case::under_clause(*seed);
        let [free, held] = [false, true].map(|held| {
            let levels = Levels::new(&case.protocol, &case.form, &case.recidivism, None).unwrap();
            levels
                .models()
                .take(1 + usize::from(held))
                .map(|model| model.level_of(model.score(&case.row)))
                .max()
        });
        free < held
    });
    let n = decided.count();
    assert!(n > 20, "{n}");
}
