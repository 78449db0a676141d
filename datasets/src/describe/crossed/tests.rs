#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;

use super::*;
use crate::testing::{close, parts};
use crate::{CohortParts, Description};

fn events(cells: &[CrossedCell]) -> Vec<Option<usize>> {
    cells.iter().map(|cell| cell.events).collect()
}

/// `n` rows of the small form, each a case, of which every third has the event.
fn thirds(n: usize) -> CohortParts {
    let names: Vec<String> = (0..n).map(|row| format!("c{row}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let status: Vec<Status> =
        (0..n).map(|row| if row % 3 == 0 { Status::Event } else { Status::NoEvent }).collect();
    parts(&names, &status)
}

#[test]
fn cells_are_counted_and_sum_to_the_rows() {
    let cohort = Cohort::new(thirds(120)).unwrap();
    let crossed = Crossed::of(&cohort, &cohort.outcomes()[0], 1);
    assert_eq!(crossed.periods, None);
    for (at, indicator) in crossed.indicators.iter().enumerate() {
        for (code, cell) in indicator.answers.iter().enumerate() {
            let rows = (0..120).filter(|&row| usize::from(cohort.answers().row(row)[at]) == code);
            let with = rows.clone().filter(|row| row % 3 == 0).count();
            assert_eq!((cell.n, cell.events), (rows.count(), Some(with)));
            assert_eq!(cell.rate, Rate::of(with, cell.n));
        }
        assert_eq!(indicator.answers.iter().map(|cell| cell.n).sum::<usize>(), 120);
    }
}

#[test]
fn small_cells_are_suppressed_and_never_one_alone() {
    let cell = |n: usize, events: usize| CrossedCell {
        of: format!("{n}"),
        n,
        events: Some(events),
        rate: Rate::of(events, n),
    };
    // A cell without rows says nothing that could be hidden.
    let all = suppressed(vec![cell(100, 20), cell(90, 30), cell(0, 0)], 10);
    assert_eq!(events(&all), [Some(20), Some(30), Some(0)]);
    // A single small one would follow from the total: the next smallest goes with it.
    let one = suppressed(vec![cell(100, 20), cell(90, 30), cell(9, 9), cell(100, 25)], 10);
    assert_eq!(events(&one), [None, Some(30), None, Some(25)]);
    assert_eq!(one[2].rate, Rate::Suppressed { fewer_than: 10 });
    let two = suppressed(vec![cell(100, 20), cell(90, 9), cell(9, 9)], 10);
    assert_eq!(events(&two), [Some(20), None, None]);
    // 1 suppresses none.
    assert_eq!(events(&suppressed(vec![cell(5, 2), cell(1, 0)], 1)), [Some(2), Some(0)]);
}

#[test]
fn time_goes_by_quarter_and_over_many_years_by_year() {
    let of = |day: &dyn Fn(usize) -> Date| {
        let mut parts = thirds(80);
        parts.dates = Some((0..80).map(day).map(Some).collect());
        let cohort = Cohort::new(parts).unwrap();
        (Crossed::of(&cohort, &cohort.outcomes()[0], 1).periods.unwrap(), cohort)
    };
    let (quarters, cohort) = of(&|row| date(2024, 1 + (row % 12) as i8, 28));
    let names: Vec<&str> = quarters.iter().map(|period| period.cell.of.as_str()).collect();
    assert_eq!(names, ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]);
    assert_eq!(quarters.iter().map(|period| period.cell.n).collect::<Vec<_>>(), [21, 21, 20, 18]);
    let unknown = |row: usize| {
        let codes = cohort.answers().row(row).iter().zip(cohort.instrument().indicators());
        codes.filter(|(code, indicator)| **code == indicator.unknown()).count()
    };
    let first: usize = (0..80).filter(|row| row % 12 < 3).map(unknown).sum();
    assert!(close(&[quarters[0].share_unknown], &[first as f64 / 63.0], 1e-12));
    assert!(quarters.iter().any(|period| (period.share_unknown - quarters[0].share_unknown).abs() > 1e-3));
    let (years, _) = of(&|row| date(2020 + (row % 5) as i16, 12, 31));
    let names: Vec<&str> = years.iter().map(|period| period.cell.of.as_str()).collect();
    assert_eq!(names, ["2020", "2021", "2022", "2023", "2024"]);
}

#[test]
fn excluded_rows_are_in_no_cell() {
    let mut parts = thirds(60);
    parts.outcomes[0].status[..30].fill(Status::Excluded);
    let cohort = Cohort::new(parts).unwrap();
    let crossed = Crossed::of(&cohort, &cohort.outcomes()[0], 1);
    assert!(crossed.indicators.iter().all(|i| i.answers.iter().map(|cell| cell.n).sum::<usize>() == 30));
}

#[test]
fn rows_without_a_day_are_counted_by_themselves() {
    let of = |day: &dyn Fn(usize) -> Option<Date>| {
        let mut parts = thirds(90);
        parts.dates = Some((0..90).map(day).collect());
        Description::of(&Cohort::new(parts).unwrap(), 1)
    };
    let day = |row: usize| date(2025, 1 + (row / 45 * 3) as i8, 1);
    let told = |description: &Description| -> Vec<(String, usize, Option<usize>)> {
        let periods = description.crossed[0].periods.as_ref().unwrap();
        periods.iter().map(|p| (p.cell.of.clone(), p.cell.n, p.cell.events)).collect()
    };
    let cell = |of: &str, n, events| (of.to_owned(), n, Some(events));
    let known = of(&|row| Some(day(row)));
    assert_eq!(told(&known), [cell("2025-Q1", 45, 15), cell("2025-Q2", 45, 15)]);
    assert!(known.render().contains("\ndates        2025-01-01 to 2025-04-01\n"));
    // Rows 0 to 5 and 45 have none.
    let partly = of(&|row| (row > 5 && row != 45).then(|| day(row)));
    assert_eq!(told(&partly), [cell("2025-Q1", 39, 13), cell("2025-Q2", 44, 14), cell("unknown", 7, 3)]);
    assert_eq!((partly.undated, partly.dates), (7, known.dates));
    let page = partly.render();
    assert!(page.contains("\ndates        2025-01-01 to 2025-04-01; 7 rows have no day\n"), "{page}");
}

#[test]
fn the_page_fits_eighty_columns() {
    let mut parts = thirds(120);
    parts.dates = Some(vec![Some(date(2025, 5, 1)); 120]);
    let page = Description::of(&Cohort::new(parts).unwrap(), 10).render();
    let crossed = &page[page.find("\nanswers by outcome `again`").unwrap()..];
    assert!(crossed.lines().all(|line| line.chars().count() <= 80), "{crossed}");
    // 40 rows each with `absent`, `present` and `unknown` to A; the events are those of one answer only.
    assert!(crossed.contains("  A"), "{crossed}");
    assert!(crossed.contains("fewer than 10"), "{crossed}");
    assert!(crossed.contains("  2025-Q2"), "{crossed}");
}

/// 500 rows of a form of one indicator with 40 answers: answer `k` has the more rows the smaller `k` is, the last ten have none.
fn towns() -> Cohort {
    use crate::testing::{Question, Scale, instrument, one_outcome};
    let question = Question::new("town", crate::Polarity::Neutral, Scale::of(40));
    let code = |row: usize| if row % 25 == 7 { 40 } else { (row * row % 31 * (row % 30) / 30) as u8 };
    let answers = crate::Answers::from_codes(instrument("small", &[question]), (0..500).map(code).collect());
    let status = |row: usize| if row.is_multiple_of(3) { Status::Event } else { Status::NoEvent };
    let cases = (0..500).map(|row| format!("c{row}")).collect();
    let status = (0..500).map(status).collect();
    Cohort::new(one_outcome(answers.unwrap(), cases, "again", status)).unwrap()
}

#[test]
fn of_many_answers_the_most_frequent_ones_are_shown_and_the_others_together() {
    let cohort = towns();
    let crossed = Crossed::of(&cohort, &cohort.outcomes()[0], 1);
    let cells = &crossed.indicators[0].answers;
    assert_eq!(cells.len(), SHOWN + 2);
    let codes: Vec<usize> = cohort.answers().rows().map(|row| usize::from(row[0])).collect();
    let n = |code: usize| codes.iter().filter(|of| **of == code).count();
    let code = |cell: &CrossedCell| cell.of[1..].parse::<usize>().unwrap();
    let shown: Vec<usize> = cells[..SHOWN].iter().map(code).collect();
    for cell in &cells[..SHOWN] {
        let events = (0..500).filter(|&row| codes[row] == code(cell) && row % 3 == 0).count();
        assert_eq!((cell.n, cell.events), (n(code(cell)), Some(events)));
    }
    let least = shown.iter().map(|&code| n(code)).min().unwrap();
    let others: Vec<usize> = (0..40).filter(|code| !shown.contains(code) && n(*code) > 0).collect();
    assert!(others.iter().all(|&code| n(code) <= least) && others.len() > 5);
    let rest = &cells[SHOWN];
    assert_eq!(rest.of, format!("{} other answers", others.len()));
    assert_eq!(rest.n, others.iter().map(|&code| n(code)).sum::<usize>());
    let events = (0..500).filter(|&row| others.contains(&codes[row]) && row % 3 == 0).count();
    assert_eq!(rest.events, Some(events));
    assert_eq!((cells[SHOWN + 1].of.as_str(), cells[SHOWN + 1].n), ("unknown", n(40)));

    let page = Description::of(&cohort, 1).render();
    let line = page.lines().find(|line| line.starts_with("  town  ")).unwrap();
    assert!(line.contains(&format!("{} of 40 answers occur: a0 ", others.len() + SHOWN)), "{line}");
    assert!(
        line.contains(&format!(", {} other answers {}, unknown {} (", others.len(), rest.n, n(40))),
        "{line}"
    );
}
