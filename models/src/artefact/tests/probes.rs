use std::path::Path;

use super::draft;
use crate::artefact::Outcomes;
use crate::artefact::probes::Probe;
use crate::testing;

#[test]
fn the_ends_and_the_unknown_are_among_the_forms() {
    let instrument = testing::instrument(4);
    let forms: Vec<_> = Probe::forms(&instrument).collect();
    assert_eq!(forms.len(), 32);
    assert_eq!(forms[..3], [vec![0, 0, 0, 0], vec![1, 2, 3, 1], vec![2, 3, 4, 2]]);
    for form in &forms {
        let allowed =
            form.iter().zip(instrument.indicators()).all(|(&code, i)| usize::from(code) < i.n_answers());
        assert!(allowed, "{form:?}");
    }
    // Every answer of every question is asked about.
    for (j, indicator) in instrument.indicators().iter().enumerate() {
        assert!((0..indicator.n_answers()).all(|code| forms.iter().any(|form| usize::from(form[j]) == code)));
    }
}

/// x' = 6364136223846793005 x + 1442695040888963407 mod 2^64; (x' >> 32) mod 3, 4, 5, 3 in turn, from 0x414d5041524f:
/// `python3 -c 'x=0x414d5041524f
/// for n in (3,4,5,3): x=(x*6364136223846793005+1442695040888963407)%2**64; print((x>>32)%n)'`
#[test]
fn the_drawn_forms_are_the_same_everywhere() {
    let forms: Vec<_> = Probe::forms(&testing::instrument(4)).collect();
    assert_eq!(forms[3], [2, 0, 4, 0]);
}

#[test]
fn one_bit_is_noticed() {
    let draft = draft("vpr");
    let parts = Outcomes { recidivism: &draft.recidivism, lethality: draft.lethality.as_ref() };
    let probes: Vec<Probe> =
        Probe::forms(&draft.instrument).map(|form| Probe::of(form, parts).unwrap()).collect();
    let check = |probes: &[Probe]| Probe::check(probes, &draft.instrument, parts, Path::new("dir"));
    assert!(check(&probes).is_ok());

    type Number = fn(&mut Probe) -> &mut f64;
    let numbers: [(&str, Number); 8] = [
        ("log-odds", |p| &mut p.expected.recidivism.log_odds),
        ("probability", |p| &mut p.expected.recidivism.probability),
        ("low", |p| &mut p.expected.recidivism.low),
        ("high", |p| &mut p.expected.recidivism.high),
        ("base", |p| &mut p.expected.recidivism.base),
        ("value 3", |p| &mut p.expected.recidivism.values[3]),
        ("stability 1", |p| &mut p.expected.recidivism.stability[1]),
        ("percentile 2", |p| &mut p.expected.recidivism.percentiles[2]),
    ];
    for (name, number) in numbers {
        let mut changed = probes.clone();
        let value = number(&mut changed[20]);
        *value = value.next_up();
        let said = super::message(check(&changed));
        assert!(said.contains(&format!("probe 20, recidivism: {name} is ")), "{said}");
    }
    assert!(check(&probes[1..]).is_err());
}
