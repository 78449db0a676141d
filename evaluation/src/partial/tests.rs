#![expect(clippy::unwrap_used, reason = "tests")]

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;

fn about() -> About {
    About {
        outcome: "event".into(),
        horizon_days: Some(180),
        scores: vec![("a".into(), true), ("b".into(), false)],
        groups: vec!["age".into()],
    }
}

/// Rows by their numbers: each has a content of its own number, and a case that it shares with others.
fn rows(numbers: impl IntoIterator<Item = u32>, texts: bool) -> Rows {
    let numbers: Vec<u32> = numbers.into_iter().collect();
    let of = |number: &u32| Pcg64::seed_from_u64(u64::from(*number));
    let case = |number: &u32| number % 40;
    let ids = if texts {
        let mut ids = Texts::default();
        numbers.iter().for_each(|number| ids.push(&format!("case-{}", case(number))));
        Ids::Texts(ids)
    } else {
        Ids::Numbers(numbers.iter().map(|number| i64::from(case(number)) - 7).collect())
    };
    Rows {
        events: numbers.iter().map(|number| of(number).random_range(0..3) == 0).collect(),
        weights: Some(numbers.iter().map(|number| [1.0, 1.5][*number as usize % 2]).collect()),
        cases: Some((ids, (0..numbers.len() as u32).collect())),
        groups: vec![(
            ["old", "young", "unknown"].map(String::from).to_vec(),
            numbers.iter().map(|number| (number % 3) as u16).collect(),
        )],
        scores: vec![
            numbers.iter().map(|number| of(number).random_range(0.0..1.0)).collect(),
            numbers.iter().map(|number| f64::from(number % 5)).collect(),
        ],
    }
}

fn partial(numbers: impl IntoIterator<Item = u32>) -> Partial {
    Partial::new(about(), rows(numbers, true)).unwrap()
}

#[test]
fn any_division_and_any_tree_of_merges_give_the_same_bytes() {
    let whole = partial(0..300);
    let parts: Vec<Partial> =
        (0..7).map(|part| partial((0..300).filter(|row| row * 31 % 97 % 7 == part))).collect();
    let reversed: Vec<Partial> = parts.iter().rev().cloned().collect();
    let tree = parts[1..].iter().fold(parts[0].clone(), |all, part| {
        let pair = [part.clone(), all];
        Partial::merged(&pair).unwrap()
    });
    let empty = partial([]);
    for merged in [
        Partial::merged(&parts).unwrap(),
        Partial::merged(&reversed).unwrap(),
        tree,
        Partial::merged(&[empty.clone(), whole.clone(), empty.clone()]).unwrap(),
    ] {
        assert!(
            merged == whole && merged.to_bytes() == whole.to_bytes() && merged.digest() == whole.digest()
        );
    }
    assert_eq!((whole.n_rows(), whole.n_cases(), empty.n_rows(), empty.n_cases()), (300, 40, 0, 0));
    // A row less, a row twice, and another case of one row are other partials.
    let mut other = rows(0..300, true);
    other.cases.as_mut().unwrap().1[0] = 1;
    for wrong in [partial(0..299), partial((0..300).chain([5])), Partial::new(about(), other).unwrap()] {
        assert_ne!(wrong.to_bytes(), whole.to_bytes());
    }
}

#[test]
fn rows_come_back_from_bytes_as_they_were() {
    for texts in [true, false] {
        let given = rows(0..300, texts);
        let partial = Partial::new(about(), given.clone()).unwrap();
        let found = Partial::from_bytes(&partial.to_bytes()).unwrap();
        assert_eq!(found, partial);
        assert_eq!(found.about(), &about());
        assert_eq!(found.rows().unwrap(), given.ordered());
        assert_eq!(found.n_events(), found.rows().unwrap().events.iter().filter(|event| **event).count());
    }
    // Without cases, weights and groups too.
    let bare = About { groups: Vec::new(), horizon_days: None, ..about() };
    let rows = Rows { weights: None, cases: None, groups: Vec::new(), ..rows(0..9, true) };
    let partial = Partial::new(bare, rows).unwrap();
    assert_eq!(Partial::from_bytes(&partial.to_bytes()).unwrap(), partial);
    assert_eq!(partial.n_cases(), 9);
}

#[test]
fn a_partial_is_small() {
    // A bit, 2 bits of a label, 1 bit of weight, 8 + 3 bits of scores, and ids and rows of 40 cases.
    let n = 3000;
    let bytes = partial(0..n).to_bytes().len() as f64 / f64::from(n);
    assert!(bytes <= (1.0 + 2.0 + 1.0 + 64.0 + 3.0) / 8.0 + 0.2, "{bytes} a row");
}

#[test]
fn damage_is_found_wherever_it_is() {
    let bytes = partial(0..50).to_bytes();
    for end in 0..bytes.len() {
        assert!(matches!(Partial::from_bytes(&bytes[..end]), Err(Error::Partial { .. })), "{end}");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        let found = Partial::from_bytes(&damaged);
        assert!(matches!(found, Err(Error::Partial { .. } | Error::PartialFormat { .. })), "{at}");
    }
    assert!(Partial::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
    let mut newer = bytes;
    newer[15] = 2;
    assert_eq!(Partial::from_bytes(&newer), Err(Error::PartialFormat { found: 2, expected: 1 }));
}

#[test]
fn bytes_that_somebody_made_up_are_refused_without_being_believed() {
    let bytes = partial(0..50).to_bytes();
    let body = &bytes[16 + 64..];
    let sealed =
        |body: &[u8]| [&bytes[..16], amparo_models::artefact::sha256(body).as_bytes(), body].concat();
    assert!(Partial::from_bytes(&sealed(body)).is_ok());
    let mut rng = Pcg64::seed_from_u64(3);
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut made_up = body.to_vec();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..made_up.len());
            made_up[at] = [0xff, 0x7f, 0x00, rng.random()][rng.random_range(0..4)];
        }
        made_up.truncate(rng.random_range(made_up.len() / 2..made_up.len() + 40).min(made_up.len()));
        match Partial::from_bytes(&sealed(&made_up)) {
            Err(_) => refused += 1,
            // What is taken can be used.
            Ok(taken) => {
                let rows = taken.rows().unwrap();
                assert_eq!(problems(taken.about(), &rows), Vec::<String>::new());
            }
        }
    }
    assert!(refused > 10_000, "{refused}");
    // Four billion rows in a few bytes.
    let mut many = Writer::default();
    about().write(&mut many);
    many.number(u64::from(u32::MAX));
    many.0.extend([0; 40]);
    assert!(matches!(Partial::from_bytes(&sealed(&many.0)), Err(Error::Partial { .. })));
}

#[test]
fn partials_that_differ_are_refused_with_everything_in_which_they_do() {
    let one = partial(0..10);
    let other = About {
        outcome: "death".into(),
        horizon_days: None,
        scores: vec![("a".into(), false), ("c".into(), false)],
        groups: Vec::new(),
    };
    let rows = Rows { weights: None, cases: None, groups: Vec::new(), ..rows(10..20, true) };
    let other = Partial::new(other, rows).unwrap();
    let Err(Error::Invalid { problems, .. }) = Partial::merged(&[one.clone(), other]) else {
        panic!("merged")
    };
    assert_eq!(
        problems,
        [
            "outcome of partial 1: `death`, of partial 0: `event`",
            "horizon_days of partial 1: none, of partial 0: 180",
            "scores of partial 1: `a` (no probability), `c` (no probability), of partial 0: `a` (a probability), `b` (no probability)",
            "groups of partial 1: none, of partial 0: `age`",
            "weights of partial 1: not given, of partial 0: given",
            "cases of partial 1: not given, of partial 0: given",
        ]
    );
    let numbers = Partial::new(about(), self::rows(0..10, false)).unwrap();
    assert!(Partial::merged(&[one.clone(), numbers.clone()]).is_err());
    assert!(Partial::merged(&[]).is_err());
    // Of no rows it is not known what their ids are.
    let none = Partial::new(about(), self::rows([], false)).unwrap();
    assert_eq!(Partial::merged(&[none, one.clone()]), Ok(one));
}

#[test]
fn everything_that_is_wrong_with_rows_is_told() {
    let mut wrong = rows(0..10, true);
    wrong.scores[0][3] = 1.5;
    wrong.scores[1][4] = f64::NAN;
    wrong.weights.as_mut().unwrap()[5] = 0.0;
    wrong.groups[0].1[6] = 3;
    wrong.cases.as_mut().unwrap().1[7] = 99;
    wrong.events.push(true);
    let Err(Error::Invalid { problems, .. }) = Partial::new(about(), wrong) else { panic!("taken") };
    assert_eq!(problems.len(), 10, "{problems:#?}");
    assert!(problems.iter().any(|problem| problem == "`score a` is 1.5, expected in [0, 1] (row 3)"));
    let twice = About { scores: vec![("a".into(), true), ("a".into(), true)], ..about() };
    assert!(Partial::new(twice, rows(0..10, true)).is_err());
}
