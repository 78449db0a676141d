//! What came of replaying many proposals, in an amount of memory that does not grow with them.

use serde::Serialize;

use super::Replay;

/// Examples that are kept whole, and ids that are kept of each name.
const EXAMPLES: usize = 5;

/// What came of one proposal.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was made before the time that was asked about.
    Earlier,
    /// It was erased, and nobody knows when it was made.
    Erased,
    /// It was computed again.
    Replayed(Box<Replay>),
    /// It could not be computed again.
    NotReplayed {
        /// The proposal.
        proposal_id: String,
        /// Why not.
        problem: String,
    },
}

/// What came of many.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Tally {
    /// Proposals that were made before the time that was asked about. Those below are the others.
    pub earlier: u64,
    /// Proposals that were erased, whenever they were made. Those below are the others.
    pub erased: u64,
    /// All others: the sum of the next three.
    pub proposals: u64,
    /// Proposals whose data came out as the log has them, to the last bit.
    pub same: u64,
    /// Proposals whose data came out differently.
    pub different: u64,
    /// Proposals that could not be computed again.
    pub not_replayed: u64,
    /// Proposals whose words came out differently, whether their data did or not.
    pub text_different: u64,
    /// Proposals of which this edition says more than the log.
    pub added_to: u64,
    /// The fields that differ, in the order in which they were found; 200 at most.
    pub fields: Vec<Named>,
    /// The same of words.
    pub text_fields: Vec<Named>,
    /// Why proposals could not be computed again; 200 reasons at most.
    pub problems: Vec<Named>,
    /// Proposals that could not be computed for reasons beyond those.
    pub other_problems: u64,
    /// The first five proposals that differ, with both values of every field.
    pub examples: Vec<Replay>,
}

/// A field or a problem, and the proposals that have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named {
    /// `recidivism.probability`; a problem in words.
    pub name: String,
    /// Number of proposals.
    pub proposals: u64,
    /// Ids of the first five.
    pub examples: Vec<String>,
}

impl Tally {
    /// Different fields and problems that are named at most; proposals with others are counted all the same.
    pub const NAMES: usize = 200;

    /// Counts what came of one more proposal.
    pub fn add(&mut self, outcome: Outcome) {
        let replay = match outcome {
            Outcome::Earlier => {
                self.earlier += 1;
                return;
            }
            Outcome::Erased => {
                self.erased += 1;
                return;
            }
            Outcome::NotReplayed { proposal_id, problem } => {
                self.proposals += 1;
                self.not_replayed += 1;
                let named = count(&mut self.problems, &problem, &proposal_id);
                self.other_problems += u64::from(!named);
                return;
            }
            Outcome::Replayed(replay) => *replay,
        };
        self.proposals += 1;
        self.added_to += u64::from(!replay.additions.is_empty());
        self.text_different += u64::from(!replay.text_differences.is_empty());
        for difference in &replay.text_differences {
            count(&mut self.text_fields, &difference.field, &replay.proposal_id);
        }
        if replay.differences.is_empty() {
            self.same += 1;
            return;
        }
        self.different += 1;
        for difference in &replay.differences {
            count(&mut self.fields, &difference.field, &replay.proposal_id);
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(replay);
        }
    }

    /// Whether every proposal, but those that were erased or not asked about, was computed again and came out the same.
    pub fn all_the_same(&self) -> bool {
        self.same == self.proposals
    }
}

/// Counts a proposal under a name, unless too many are known already.
fn count(named: &mut Vec<Named>, name: &str, proposal_id: &str) -> bool {
    let known = match named.iter().position(|known| known.name == name) {
        Some(at) => &mut named[at],
        None if named.len() < Tally::NAMES => {
            named.push(Named { name: name.to_owned(), proposals: 0, examples: Vec::new() });
            let last = named.len() - 1;
            &mut named[last]
        }
        None => return false,
    };
    known.proposals += 1;
    if known.examples.len() < EXAMPLES {
        known.examples.push(proposal_id.to_owned());
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Difference;
    use super::*;

    fn differing(id: usize, fields: &[&str], words: &[&str]) -> Outcome {
        let differences = |fields: &[&str]| {
            let differ = |field: &&str| Difference {
                field: (*field).to_owned(),
                logged: json!(1),
                replayed: json!(2),
            };
            fields.iter().map(differ).collect()
        };
        Outcome::Replayed(Box::new(Replay {
            proposal_id: format!("p{id}"),
            model: "m".to_owned(),
            version: 1,
            logged_code_version: "then".to_owned(),
            code_version: "now".to_owned(),
            differences: differences(fields),
            text_differences: differences(words),
            additions: Vec::new(),
        }))
    }

    fn not_replayed(id: usize, problem: String) -> Outcome {
        Outcome::NotReplayed { proposal_id: format!("p{id}"), problem }
    }

    #[test]
    fn every_proposal_is_counted_once() {
        let mut tally = Tally::default();
        assert!(tally.all_the_same(), "of none, none differs");
        tally.add(Outcome::Earlier);
        tally.add(Outcome::Erased);
        tally.add(differing(1, &[], &["text.en"]));
        assert!(tally.all_the_same(), "a corrected glossary is no other proposal");
        for id in 2..10 {
            tally.add(differing(id, &["level", "recidivism.probability"], &[]));
        }
        tally.add(not_replayed(10, "no version".to_owned()));
        assert!(!tally.all_the_same());
        let counts =
            [tally.earlier, tally.erased, tally.proposals, tally.same, tally.different, tally.not_replayed];
        assert_eq!(counts, [1, 1, 10, 1, 8, 1]);
        let named = |named: &[Named]| -> Vec<(String, u64, usize)> {
            named.iter().map(|n| (n.name.clone(), n.proposals, n.examples.len())).collect()
        };
        let expected = ["level", "recidivism.probability"].map(|field| (field.to_owned(), 8, 5));
        assert_eq!(named(&tally.fields), expected);
        assert_eq!(named(&tally.text_fields), [("text.en".to_owned(), 1, 1)]);
        assert_eq!(named(&tally.problems), [("no version".to_owned(), 1, 1)]);
        assert_eq!(tally.problems[0].examples, ["p10"]);
        assert_eq!(tally.examples.len(), 5);
        assert_eq!(tally.examples[0].proposal_id, "p2");
    }

    #[test]
    fn one_that_cannot_be_replayed_is_enough_for_a_no() {
        let mut tally = Tally::default();
        tally.add(differing(1, &[], &[]));
        tally.add(not_replayed(2, "no version".to_owned()));
        assert!(!tally.all_the_same());
    }

    #[test]
    fn memory_is_bounded_and_counts_are_not() {
        let mut tally = Tally::default();
        for id in 0..1_000 {
            tally.add(not_replayed(id, format!("problem {id}")));
            tally.add(differing(id, &[&format!("field.{id}")], &[]));
        }
        assert_eq!((tally.not_replayed, tally.different, tally.proposals), (1_000, 1_000, 2_000));
        assert_eq!(tally.other_problems, 800);
        assert_eq!((tally.problems.len(), tally.fields.len(), tally.examples.len()), (200, 200, 5));
    }
}
