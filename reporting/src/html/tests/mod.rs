#![expect(clippy::unwrap_used, reason = "tests")]

mod case_mix;
mod classes;
mod horizons;
mod markup;
mod named;
mod transition;
mod unknowns;
use amparo_evaluation::Error as Refused;
use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::{Reason, SmallCell};
use amparo_evaluation::report::{Band, Equivalence, Report, split_key};

use super::render;
use crate::Error;
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::number::{Numbers, Unit};

#[test]
fn pages_are_well_formed_and_every_drawing_is_named() {
    for lang in [Lang::En, Lang::Es] {
        let html = render(&REPORT, lang).unwrap();
        let names = markup::read(&html).unwrap();
        let count = |name: &str| names.iter().filter(|other| *other == name).count();
        assert!(count("svg") > 40, "{}", count("svg"));
        assert_eq!(html.matches("<svg role=\"img\" aria-labelledby=").count(), count("svg"));
        assert_eq!(html.matches("><title id=").count(), count("svg"));
        assert_eq!(count("desc"), count("svg"));
        assert_eq!(count("caption"), count("table"));
        assert_eq!((count("h1"), count("script"), count("img"), count("link")), (1, 0, 0, 0));
        assert!(html.contains(&format!("<html lang=\"{}\">", lang.pick("es", "en"))));
    }
}

#[test]
fn the_overall_table_is_complete() {
    for lang in [Lang::En, Lang::Es] {
        let numbers = Numbers { lang };
        let text = markup::text(&render(&REPORT, lang).unwrap());
        for one in &REPORT.scored {
            for (key, measure) in &one.overall {
                let unit = Unit::of(split_key(key).0);
                let parts = match measure {
                    Measure::Value { value, low, high, .. } => {
                        [numbers.value(unit, *value), numbers.interval(unit, (*low, *high))]
                    }
                    Measure::Point { value, reason, .. } => {
                        [numbers.value(unit, *value), numbers.reason(*reason)]
                    }
                    Measure::Undefined { reason } => [numbers.not_known(*reason), String::new()],
                };
                assert!(
                    parts.iter().all(|part| text.contains(part.as_str())),
                    "{} {key} {parts:?}",
                    one.name
                );
            }
        }
        // A wrong answer would fail: a number that is not in the report.
        assert!(!text.contains(&numbers.interval(Unit::Decimal, (0.123, 0.987))));
    }
}

#[test]
fn nothing_is_loaded_and_nothing_is_empty() {
    for lang in [Lang::En, Lang::Es] {
        let html = render(&REPORT, lang).unwrap();
        for forbidden in [
            "NaN",
            ">inf",
            ">-inf",
            ">\u{2212}inf",
            "http://",
            "https://",
            "src=",
            "@import",
            "url(",
            "<script",
            "<td></td>",
        ] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(!html.contains("<span class=\"value\"></span>"));
    }
}

#[test]
fn synthetic_cohorts_say_so_before_any_number() {
    let html = render(&REPORT, Lang::En).unwrap();
    let banner = html.find("SYNTHETIC DATA").unwrap();
    assert!(banner < html.find("id=\"summary\"").unwrap());
    let mut real = REPORT.clone();
    real.context.synthetic = None;
    assert!(!render(&real, Lang::En).unwrap().contains("SYNTHETIC DATA"));
}

#[test]
fn names_are_data_and_never_markup() {
    let hostile = "<script>alert(1)</script>\" onload='x' & \u{8}";
    let mut report = REPORT.clone();
    for difference in &mut report.differences {
        difference.name = difference.name.replace("vpr@hybrid-0.50", hostile);
    }
    report.scored[5].name = hostile.to_owned();
    report.context.cohort = hostile.to_owned();
    report.context.synthetic = Some(hostile.to_owned());
    for one in &mut report.scored {
        one.groups[0].group = hostile.to_owned();
        one.groups[0].rows[0].label = hostile.to_owned();
        one.groups[0].reference = hostile.to_owned();
        one.levels.iter_mut().take(1).for_each(|row| row.level = hostile.to_owned());
    }
    let html = render(&report, Lang::En).unwrap();
    assert!(markup::read(&html).is_ok(), "{:?}", markup::read(&html).err());
    assert!(!html.contains("<script") && !html.contains('\u{8}') && !html.contains("onload='"));
    assert!(html.contains("&lt;script&gt;"));
}

#[test]
fn equal_reports_give_equal_pages() {
    let json = serde_json::to_string(&*REPORT).unwrap();
    let again: Report = serde_json::from_str(&json).unwrap();
    assert_eq!(render(&REPORT, Lang::Es).unwrap(), render(&again, Lang::Es).unwrap());
    assert_ne!(render(&REPORT, Lang::Es).unwrap(), render(&REPORT, Lang::En).unwrap());
}

#[test]
fn what_is_not_finite_or_of_another_format_is_refused() {
    let mut report = REPORT.clone();
    report.scored[1]
        .overall
        .insert("auc".into(), Measure::Value { value: f64::NAN, low: 0.0, high: 1.0, n: 9, events: 3 });
    let Err(Error::Report(Refused::Invalid { problems, .. })) = render(&report, Lang::En) else {
        panic!("rendered")
    };
    assert_eq!(
        problems,
        ["`vpr@hybrid-0.00.auc` holds a number that is not finite, expected finite numbers"]
    );
    let mut report = REPORT.clone();
    report.format += 1;
    assert!(matches!(render(&report, Lang::En), Err(Error::Report(Refused::Format { .. }))));
}

#[test]
fn a_report_with_one_version_and_nothing_else_still_renders() {
    let mut report = REPORT.clone();
    report.scored.truncate(1);
    report.differences.clear();
    report.scored[0].groups.clear();
    report.scored[0].levels.clear();
    report.scored[0].reliability.clear();
    report.scored[0].curve.clear();
    report.scored[0].decision.clear();
    report.scored[0].workload.clear();
    report.reclassification.clear();
    report.agreement.clear();
    report.transitions.clear();
    let html = render(&report, Lang::En).unwrap();
    assert!(markup::read(&html).is_ok(), "{:?}", markup::read(&html).err());
    for said in [
        "No group variables were given.",
        "No levels were assigned.",
        "No version has a decision curve.",
        "No version has the same levels as the reference.",
        "No two scales have the same levels.",
    ] {
        assert!(html.contains(said), "{said}");
    }
    // Without a blend there is no transition, and nothing that leads to it.
    assert!(!html.contains("transition"));
}

#[test]
fn a_plot_without_any_value_has_no_axis() {
    let mut report = REPORT.clone();
    for one in &mut report.scored {
        for gap in one.groups.iter_mut().flat_map(|table| &mut table.gaps) {
            gap.measure = Measure::undefined(Reason::suppressed(10, SmallCell::Rows));
            (gap.simultaneous, gap.equivalence, gap.detectable, gap.change) = (None, None, None, None);
        }
    }
    let zeros = |report: &Report| render(report, Lang::En).unwrap().matches("class=\"zero\"").count();
    // What is left are the zeros of the differences between versions, which still have values.
    assert!(zeros(&report) < zeros(&REPORT), "{} {}", zeros(&report), zeros(&REPORT));
    let gaps = render(&report, Lang::En).unwrap();
    let gaps = &gaps[gaps.find("id=\"gap-0").unwrap()..];
    let first = &gaps[..gaps.find("</svg>").unwrap()];
    assert!(!first.contains("class=\"axis\"") && first.contains("suppressed"), "{first}");
}

#[test]
fn the_summary_says_what_the_numbers_say() {
    let value = |value, low, high| Measure::Value { value, low, high, n: 1_500, events: 200 };
    let text = |report: &Report| markup::text(&render(report, Lang::En).unwrap());
    let best = "vpr@hybrid-0.75";
    let mut report = REPORT.clone();
    report.context.subject = best.to_owned();
    let mut set = |name: &str, key: &str, measure: Measure| {
        let one = report.scored.iter_mut().find(|one| one.name == name).unwrap();
        one.overall.insert(key.to_owned(), measure);
    };
    set(best, "auc", value(0.9, 0.88, 0.92));
    set(best, "observed_expected", value(1.2, 1.1, 1.3));
    set(best, "calibration_slope", value(1.0, 0.9, 1.1));
    for difference in report.differences.iter_mut().filter(|one| one.name == best) {
        match difference.metric.as_str() {
            "auc" => difference.measure = value(0.01, -0.01, 0.03),
            "protection" => difference.measure = value(0.05, 0.02, 0.08),
            "overload" => difference.measure = value(0.04, 0.01, 0.07),
            _ => {}
        }
    }
    for gap in report.scored.iter_mut().flat_map(|one| &mut one.groups).flat_map(|table| &mut table.gaps) {
        gap.measure = value(0.0, -0.1, 0.1);
        gap.simultaneous = Some(Band { low: -0.14, high: 0.14 });
        gap.detectable = Some(0.2);
        gap.equivalence = gap.equivalence.map(|_| Equivalence::CannotTell);
    }
    for reclassification in
        report.reclassification.iter_mut().filter(|reclassification| reclassification.name == best)
    {
        (reclassification.up, reclassification.down) = (value(0.12, 0.1, 0.14), value(0.05, 0.04, 0.06));
        reclassification.by_group[0].up = value(0.3, 0.2, 0.4);
    }
    let quiet = text(&report);
    for said in [
        "The area under the ROC curve of vpr@hybrid-0.75 is 0.900 [0.880,\u{a0}0.920] (n\u{a0}=\u{a0}1,500",
        "it scores the first higher about 90 times in 100",
        "Area under the ROC curve of vpr@hybrid-0.75 minus that of vpr@points-1: +0.010 [\u{2212}0.010,\u{a0}0.030]; neither has been shown to rank cases better.",
        "Ratio of observed to expected events of vpr@hybrid-0.75: 1.200 [1.100,\u{a0}1.300]; it underestimates the risk on average.",
        "Calibration slope of vpr@hybrid-0.75: 1.000 [0.900,\u{a0}1.100]; its probabilities cannot be shown to be too extreme or too moderate.",
        "0 are present (beyond the margin), 0 are absent (within the margin) and ",
        "No difference can be told from zero. A difference that has not been shown is not shown to be absent.",
        "half of the differences could only have been detected from 20.0\u{a0}pp upwards",
        "Intervals are widened so that they hold at once",
        "more protection at the price of more overload",
        "Moves against vpr@points-1: 12.0% [10.0,\u{a0}14.0] of the cases move to a higher level and 5.0% [4.0,\u{a0}6.0] to a lower one.",
        "Of the cases with the outcome, 30.0% [20.0,\u{a0}40.0] move up",
        "Of the 8 versions compared, vpr@hybrid-0.75 has the largest area under the ROC curve.",
    ] {
        assert!(quiet.contains(said), "{said}");
    }
    // One gap beyond the margin is counted and told, rather than a larger one that is only told from zero.
    let table = &mut report.scored[6].groups[2];
    let at = table.gaps.iter().position(|gap| gap.metric == "recall@medium").unwrap();
    table.gaps[at].measure = value(-0.2, -0.3, -0.1);
    table.gaps[at].simultaneous = Some(Band { low: -0.39, high: -0.01 });
    let at = table.gaps.iter().position(|gap| gap.metric == "recall@high").unwrap();
    table.gaps[at].measure = value(0.15, 0.1, 0.2);
    table.gaps[at].simultaneous = Some(Band { low: 0.08, high: 0.22 });
    table.gaps[at].equivalence = Some(Equivalence::Present);
    let loud = text(&report);
    for said in [
        "1 are present (beyond the margin), 0 are absent (within the margin) and ",
        "The largest difference that can be told from zero is in age, \u{201c}under 25\u{201d} minus \u{201c}25-44\u{201d}: Recall, high or above, +15.0\u{a0}pp [10.0,\u{a0}20.0]; simultaneous interval [8.0,\u{a0}22.0]; n",
    ] {
        assert!(loud.contains(said) && !quiet.contains(said), "{said}");
    }
}

#[test]
fn levels_are_named_in_the_language_of_the_page() {
    let [en, es] = [Lang::En, Lang::Es].map(|lang| markup::text(&render(&REPORT, lang).unwrap()));
    assert!(en.contains("Level extreme of vpr@hybrid-1.00: proportion of the cases, "), "{en}");
    assert!(es.contains("Nivel extremo de vpr@hybrid-1.00: proporción de los casos, "), "{es}");
    assert!(es.contains("Sensibilidad, alto o más") && !es.contains("extreme"));
}

#[test]
fn every_part_of_the_report_is_drawn() {
    let html = render(&REPORT, Lang::En).unwrap();
    for id in ["reliability-0", "decision-0", "flow-0", "gap-0-recall", "transition-0-use", "levels-0"] {
        assert!(html.contains(&format!("<title id=\"{id}-title\">")), "{id}");
    }
    for class in
        ["band black", "band blue", "ribbon up", "ribbon down", "ribbon stay", "zone", "whisker blue"]
    {
        assert!(html.contains(&format!("class=\"{class}\"")), "{class}");
    }
    for table in [
        "reclassification",
        "reclassified",
        "agreement",
        "workload",
        "decision",
        "gaps-0",
        "spread-0",
        "penalised-0",
        "group-0",
    ] {
        assert!(html.contains(&format!("<caption id=\"{table}\">")), "{table}");
    }
    // The verdicts are words.
    for word in ["absent", "present", "cannot tell"] {
        assert!(
            html.contains(&format!(">{word}</text>")) || html.contains(&format!(">{word}</span>")),
            "{word}"
        );
    }
}

#[test]
fn nothing_says_that_multiplicity_is_ignored() {
    for lang in [Lang::En, Lang::Es] {
        let text = markup::text(&render(&REPORT, lang).unwrap());
        for gone in ["by chance alone", "por puro azar", "proves nothing", "no prueba"] {
            assert!(!text.contains(gone), "{gone}");
        }
    }
    let mut unstated = REPORT.clone();
    unstated.context.margin = None;
    unstated
        .scored
        .iter_mut()
        .flat_map(|one| &mut one.groups)
        .flat_map(|table| &mut table.gaps)
        .for_each(|gap| gap.equivalence = None);
    let text = markup::text(&render(&unstated, Lang::En).unwrap());
    assert!(
        text.contains("No margin was stated, so no difference can be called absent.")
            && !text.contains("beyond the margin")
    );
}

/// `AMPARO_PAGES=DIR cargo test -p amparo-evaluation pages_to_look_at` writes the made-up pages.
#[test]
fn pages_to_look_at() {
    let Some(dir) = std::env::var_os("AMPARO_PAGES") else { return };
    for (lang, name) in [(Lang::En, "report.html"), (Lang::Es, "report.es.html")] {
        std::fs::write(std::path::Path::new(&dir).join(name), render(&REPORT, lang).unwrap()).unwrap();
    }
}
