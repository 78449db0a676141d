//! What the log holds and what comes out now, field by field.

use std::collections::BTreeMap;

use amparo_datasets::Text;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A field of the proposal that came out differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// `recidivism.probability`, `explanation.values.3.value`, `receipt.version_digest`.
    pub field: String,
    /// What the log says; null if it says nothing.
    pub logged: Value,
    /// What came out now; null if nothing did.
    pub replayed: Value,
}

/// Fields that every edition leaves out where they have nothing to say: one that the log lacks is no new field.
const LEFT_OUT: [&str; 7] = [
    "lethality",
    "baseline",
    "ask_first",
    "next_level.up",
    "next_level.down",
    "next_level.held_by",
    "explanation.interactions",
];

/// What came out of a comparison so far.
#[derive(Default)]
pub(super) struct Compared {
    pub differences: Vec<Difference>,
    /// Of an earlier edition, which wrote words where a reason has its code now.
    pub text_differences: Vec<Difference>,
    pub additions: Vec<String>,
    /// The words of each reason now, by its place.
    reasons: BTreeMap<String, Text>,
}

impl Compared {
    /// Of data whose reasons are said in these words now.
    pub fn of_edition(reasons: &BTreeMap<String, Text>) -> Self {
        Self { reasons: reasons.clone(), ..Self::default() }
    }

    pub fn fields(&mut self, at: &str, logged: Map<String, Value>, mut now: Map<String, Value>) {
        let path = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
        for (field, logged) in logged {
            match now.remove(&field) {
                Some(replayed) => self.values(path(&field), logged, replayed),
                None => self.differ(path(&field), logged, Value::Null),
            }
        }
        for (field, replayed) in now {
            let field = path(&field);
            if LEFT_OUT.contains(&field.as_str()) {
                self.differ(field, Value::Null, replayed);
            } else {
                self.additions.push(field);
            }
        }
    }

    fn values(&mut self, at: String, logged: Value, replayed: Value) {
        if let Some(said) = self.reasons.get(&at).filter(|_| logged.get("code").is_none()) {
            return self.words_of_earlier_edition(at, logged, said.clone());
        }
        match (logged, replayed) {
            (Value::Object(logged), Value::Object(replayed)) => self.fields(&at, logged, replayed),
            (Value::Array(logged), Value::Array(replayed)) if logged.len() == replayed.len() => {
                for (n, (logged, replayed)) in logged.into_iter().zip(replayed).enumerate() {
                    self.values(format!("{at}.{n}"), logged, replayed);
                }
            }
            // As they are written: compared as numbers, -0 and 0 would be the same.
            (Value::Number(logged), Value::Number(replayed))
                if logged.to_string() == replayed.to_string() => {}
            (logged @ Value::Number(_), replayed) => self.differ(at, logged, replayed),
            (logged, replayed) if logged == replayed => {}
            (logged, replayed) => self.differ(at, logged, replayed),
        }
    }

    /// Both languages, or the English sentence alone, where the reason has its code now.
    fn words_of_earlier_edition(&mut self, field: String, logged: Value, said: Text) {
        let both = json!({ "es": said.es, "en": said.en });
        if logged != both && logged.as_str() != Some(&said.en) {
            self.text_differences.push(Difference { field, logged, replayed: both });
        }
    }

    fn differ(&mut self, field: String, logged: Value, replayed: Value) {
        self.differences.push(Difference { field, logged, replayed });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(logged: Value, replayed: Value) -> (Vec<Difference>, Vec<String>) {
        let mut compared = Compared::default();
        compared.values("p".to_owned(), logged, replayed);
        (compared.differences, compared.additions)
    }

    #[test]
    fn what_only_the_present_edition_says_is_an_addition_at_any_depth() {
        let logged = json!({"a": {"low": 0.1}, "list": [{"x": 1}, {"x": 2}]});
        let now = json!({"a": {"low": 0.1, "gap": 0.0}, "list": [{"x": 1, "y": 3}, {"x": 2}], "b": null});
        let (differences, additions) = compared(logged, now);
        assert_eq!(
            (differences, additions),
            (vec![], ["p.a.gap", "p.list.0.y", "p.b"].map(String::from).into())
        );
    }

    #[test]
    fn what_the_log_holds_must_come_out_again() {
        let differs = |logged: Value, replayed: Value, field: &str, values: (Value, Value)| {
            let expected = Difference { field: field.to_owned(), logged: values.0, replayed: values.1 };
            assert_eq!(compared(logged, replayed), (vec![expected], vec![]));
        };
        let next = f64::from_bits(0.3_f64.to_bits() + 1);
        differs(json!({"a": {"b": 0.3}}), json!({"a": {"b": next}}), "p.a.b", (json!(0.3), json!(next)));
        differs(json!({"a": {"b": 1}}), json!({"a": {}}), "p.a.b", (json!(1), json!(null)));
        differs(json!({"a": null}), json!({}), "p.a", (json!(null), json!(null)));
        differs(json!({"a": {"b": 1}}), json!({"a": 1}), "p.a", (json!({"b": 1}), json!(1)));
        differs(json!([1, 2]), json!([1, 2, 3]), "p", (json!([1, 2]), json!([1, 2, 3])));
        differs(json!([1, 2]), json!([1, 3]), "p.1", (json!(2), json!(3)));
        let (differences, _) = compared(json!(0.0), json!(-0.0));
        assert_eq!(differences.len(), 1, "zero and minus zero are different bits");
    }

    #[test]
    fn a_field_that_every_edition_may_leave_out_is_no_new_one() {
        let mut compared = Compared::default();
        let field = |name: &str| Map::from_iter([(name.to_owned(), json!({"level": "high"}))]);
        compared.fields("next_level", Map::new(), field("up"));
        compared.fields("", Map::new(), field("lethality"));
        let fields: Vec<&str> = compared.differences.iter().map(|d| d.field.as_str()).collect();
        assert_eq!((fields, compared.additions), (vec!["next_level.up", "lethality"], vec![]));
    }

    #[test]
    fn words_of_an_earlier_edition_are_compared_with_the_words_of_the_reason() {
        let said = Text { es: "no".to_owned(), en: "none".to_owned() };
        let reasons = BTreeMap::from([("p.why".to_owned(), said)]);
        let compared = |logged: Value| {
            let mut compared = Compared::of_edition(&reasons);
            let now = json!({"why": {"code": "highest_level"}, "x": 0.3});
            compared.values("p".to_owned(), json!({"why": logged, "x": 0.3}), now);
            (compared.differences.len(), compared.text_differences.len(), compared.additions.len())
        };
        assert_eq!(compared(json!({"code": "highest_level"})), (0, 0, 0));
        assert_eq!(compared(json!({"es": "no", "en": "none"})), (0, 0, 0));
        assert_eq!(compared(json!("none")), (0, 0, 0));
        assert_eq!(compared(json!({"es": "no", "en": "nothing"})), (0, 1, 0));
        assert_eq!(compared(json!("nothing")), (0, 1, 0));
        // Another reason is no matter of words.
        assert_eq!(compared(json!({"code": "lowest_level"})), (1, 0, 0));
    }
}
