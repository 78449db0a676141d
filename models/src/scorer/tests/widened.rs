//! A scorer of some questions on the whole form: what the others are answered with does not matter.

use amparo_datasets::Polarity;

use crate::Model;
use crate::testing::{Draw, all_forms, instrument_of, scorers, worst};

#[test]
fn every_family_scores_as_before_whatever_else_is_answered() {
    let risk = Polarity::Risk;
    let whole = instrument_of(&[(2, risk), (3, risk), (2, risk), (4, risk)]);
    // The second and the fourth question, alone.
    let (places, asked) = ([1, 3], instrument_of(&[(3, risk), (4, risk)]));
    let (mut draw, mut counted) = (Draw::new(41), false);
    for scorer in scorers(&mut draw, &asked) {
        let wide = scorer.widened(&places, &whole);
        wide.check(&whole).unwrap();
        let forms = all_forms(&whole);
        let found: Vec<f64> = forms.iter().map(|form| wide.score(form)).collect();
        let of = |first: usize, second: usize| -> Vec<f64> {
            forms.iter().map(|form| scorer.score(&[form[first], form[second]])).collect()
        };
        assert!(worst(&found, &of(1, 3)) <= 1e-12, "{}", scorer.family());
        assert!(wide.ignores(0) && wide.ignores(2), "{}", scorer.family());
        counted |= !wide.ignores(1) && !wide.ignores(3) && worst(&found, &of(0, 3)) > 1e-3;
        assert_eq!(wide.family(), scorer.family());
    }
    assert!(counted, "another place would score otherwise");
}
