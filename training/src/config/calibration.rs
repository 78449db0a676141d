//! Which calibrator a config asks for.

use amparo_models::artefact::CalibrationRecord;
use serde::{Deserialize, Serialize};

use crate::calibrate::Method;

/// One method of calibration, or several of which each candidate takes the one that loses least on rows it was not fitted on.
///
/// In a config: `"platt"`, `["platt", "beta"]`, or `"best"` for all there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Calibration {
    /// This one.
    One(Method),
    /// The best of these, two or more, in the order in which the first of equals is taken.
    Among(Vec<Method>),
    /// The best of all.
    Best,
}

/// As it stands in a config.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected the name of a method of calibration, or a list of such names")]
enum Written {
    One(String),
    Among(Vec<String>),
}

/// The word for all methods.
const BEST: &str = "best";

impl Calibration {
    /// The methods to compare, or the only one.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        match self {
            Self::One(method) => std::slice::from_ref(method),
            Self::Among(methods) => methods,
            Self::Best => &Method::ALL,
        }
    }

    /// What a version was calibrated by, as it records that.
    ///
    /// # Errors
    /// A method that does not exist, in words.
    pub fn of_record(record: &CalibrationRecord) -> Result<Self, String> {
        Self::try_from(match record.tried.is_empty() {
            true => Written::One(record.method.clone()),
            false => Written::Among(record.tried.iter().map(|tried| tried.method.clone()).collect()),
        })
    }

    /// What is written as a name or a list of names, as a command line has it: `best`, `platt,beta`.
    ///
    /// # Errors
    /// All that is wrong with it, in words.
    pub fn named(text: &str) -> Result<Self, String> {
        let mut names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        Self::try_from(match names.len() {
            1 => Written::One(names.remove(0)),
            _ => Written::Among(names),
        })
    }
}

impl TryFrom<Written> for Calibration {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let names = match &written {
            Written::One(name) if name == BEST => return Ok(Self::Best),
            Written::One(name) => std::slice::from_ref(name),
            Written::Among(names) => names,
        };
        let known = Method::ALL.map(Method::name).join(", ");
        let mut problems = Vec::new();
        let mut methods: Vec<Method> = Vec::new();
        for name in names {
            match Method::ALL.into_iter().find(|method| method.name() == name) {
                Some(method) if methods.contains(&method) => {
                    problems.push(format!("`{name}` is listed twice"))
                }
                Some(method) => methods.push(method),
                None => problems.push(format!("`{name}` is none of {known}")),
            }
        }
        if names.is_empty() {
            problems.push(format!("the list is empty, expected one or more of {known}"));
        }
        if !problems.is_empty() {
            let or_best = match written {
                Written::One(_) => format!(", expected one of them, {BEST}, or a list of them"),
                Written::Among(_) => String::new(),
            };
            return Err(format!("`calibration`: {}{or_best}", problems.join("; ")));
        }
        Ok(match (written, methods.first()) {
            (Written::One(_), Some(method)) => Self::One(*method),
            _ => Self::Among(methods),
        })
    }
}

impl From<Calibration> for Written {
    fn from(calibration: Calibration) -> Self {
        match calibration {
            Calibration::One(method) => Self::One(method.name().to_owned()),
            Calibration::Among(methods) => Self::Among(methods.iter().map(|m| m.name().to_owned()).collect()),
            Calibration::Best => Self::One(BEST.to_owned()),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Only {
        calibration: Calibration,
    }

    #[test]
    fn a_name_a_list_and_the_word_best_are_read_and_written_as_they_were() {
        for (text, expected) in [
            ("calibration = \"venn_abers\"\n", vec![Method::VennAbers]),
            ("calibration = [\"beta\", \"platt\"]\n", vec![Method::Beta, Method::Platt]),
            ("calibration = [\"beta\"]\n", vec![Method::Beta]),
            ("calibration = \"best\"\n", Method::ALL.to_vec()),
        ] {
            let read: Only = toml::from_str(text).unwrap();
            assert_eq!(read.calibration.methods(), expected);
            assert_eq!(toml::to_string(&read).unwrap(), text);
        }
        assert_eq!(Calibration::named("best"), Ok(Calibration::Best));
        assert_eq!(Calibration::named("platt"), Ok(Calibration::One(Method::Platt)));
        let among = Calibration::Among(vec![Method::Platt, Method::VennAbers]);
        assert_eq!(Calibration::named("platt, venn_abers"), Ok(among));
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let refused = |text: &str| toml::from_str::<Only>(text).unwrap_err().to_string();
        let known = "platt, platt_smoothed, beta, isotonic, venn_abers";
        let one = format!(
            "`calibration`: `plat` is none of {known}, expected one of them, best, or a list of them"
        );
        assert!(refused("calibration = \"plat\"").contains(&one), "{}", refused("calibration = \"plat\""));
        let list = refused("calibration = [\"best\", \"beta\", \"beta\"]");
        let expected = format!("`calibration`: `best` is none of {known}; `beta` is listed twice");
        assert!(list.contains(&expected), "{list}");
        let empty = refused("calibration = []");
        assert!(empty.contains(&format!("the list is empty, expected one or more of {known}")), "{empty}");
        let number = refused("calibration = 3");
        assert!(number.contains("expected the name of a method of calibration, or a list"), "{number}");
    }
}
