//! The event within several numbers of days, on the page.

use super::super::render;
use super::markup;
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::number::{Numbers, Unit};

#[test]
fn every_number_is_on_the_page_in_both_languages() {
    let horizons = REPORT.horizons.as_ref().unwrap();
    for (lang, days) in [(Lang::En, "180 days"), (Lang::Es, "180 días")] {
        let numbers = Numbers { lang };
        let page = render(&REPORT, lang).unwrap();
        let start = page.find("id=\"horizons-rows\"").unwrap();
        let end = page[start..].rfind("id=\"horizons-fifths\"").unwrap();
        let end = start + end + page[start + end..].find("</table>").unwrap();
        let section = markup::text(&page[start..end]);
        assert!(section.contains(days));
        for at in &horizons.rows {
            for count in [at.events, at.without, at.lost] {
                assert!(section.contains(&numbers.rows(count)), "{count}");
            }
            assert!(section.contains(&numbers.value(Unit::Share, at.observed.value().unwrap())));
        }
        for one in &horizons.scored {
            assert!(section.contains(&one.name));
            for at in &one.at {
                match at.auc.value() {
                    Some(area) => assert!(section.contains(&numbers.value(Unit::Decimal, area))),
                    None => assert!(section.contains(&numbers.not_known(at.auc.reason().unwrap()))),
                }
                for share in at.by_fifth.iter().filter_map(|of| of.value()) {
                    assert!(section.contains(&numbers.value(Unit::Share, share)), "{share}");
                }
            }
        }
        assert!(!section.contains(&numbers.value(Unit::Decimal, 0.987_654)), "a wrong number would be seen");
    }
}

#[test]
fn without_follow_up_nothing_is_said() {
    let mut report = REPORT.clone();
    report.horizons = None;
    for lang in [Lang::En, Lang::Es] {
        let page = render(&report, lang).unwrap();
        assert!(!page.contains("horizons-rows") && !page.contains("lost from sight before"));
    }
}
