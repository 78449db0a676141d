//! The way that an alias has come, and the way back.

use amparo_models::ModelRef;
use amparo_models::registry::{Move, Which};

use crate::App;
use crate::api_error::ApiError;

/// Every move of an alias, in order.
pub(super) async fn of(app: &App, alias: &ModelRef) -> Result<Vec<Move>, ApiError> {
    let model = alias.model().to_owned();
    let mut moves = app.ask(move |registry| registry.history(&model)).await?;
    moves.retain(|one| one.alias == name(alias));
    Ok(moves)
}

/// What an alias is called; of a number, nothing is.
pub(super) fn name(alias: &ModelRef) -> &str {
    match alias.which() {
        Which::Alias(name) => name,
        Which::Version(_) => "",
    }
}

/// The version that an alias goes back to: the one before on its way, from which all that was withdrawn is taken away.
pub(super) fn before(history: &[Move]) -> Option<u32> {
    let way = way(history);
    way.len().checked_sub(2).map(|at| way[at])
}

/// Whether the last move took a version back.
pub(super) fn withdrew(history: &[Move], version: u32) -> bool {
    history
        .split_last()
        .is_some_and(|(last, earlier)| last.from == Some(version) && before(earlier) == Some(last.version))
}

/// The versions that led to the present one: who goes back to the one before has withdrawn the last.
fn way(history: &[Move]) -> Vec<u32> {
    let mut way: Vec<u32> = Vec::new();
    for one in history {
        if way.len() > 1 && way[way.len() - 2] == one.version {
            way.pop();
        } else {
            way.push(one.version);
        }
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(versions: &[u32]) -> Vec<Move> {
        let mut from = None;
        let one = |version: &u32| Move {
            alias: "champion".to_owned(),
            version: *version,
            digest: String::new(),
            from: from.replace(*version),
            verdict: None,
            by: "b".to_owned(),
            reason: "r".to_owned(),
            at: String::new(),
            previous: None,
        };
        versions.iter().map(one).collect()
    }

    #[test]
    fn the_way_back_never_leads_to_what_was_withdrawn() {
        for (moves, expected) in [
            (&[][..], None),
            (&[1], None),
            (&[1, 2], Some(1)),
            (&[1, 2, 3], Some(2)),
            (&[1, 2, 3, 2], Some(1)),
            (&[1, 2, 3, 2, 1], None),
            (&[1, 2, 1], None),
            (&[1, 2, 1, 3], Some(1)),
            (&[1, 2, 3, 1], Some(3)),
        ] {
            assert_eq!(before(&history(moves)), expected, "{moves:?}");
        }
    }

    #[test]
    fn a_step_back_is_known_again() {
        assert!(withdrew(&history(&[1, 2, 3, 2]), 3));
        assert!(!withdrew(&history(&[1, 2, 3, 2]), 2));
        assert!(!withdrew(&history(&[1, 2, 3]), 2), "a step forward");
        assert!(!withdrew(&history(&[1]), 1));
    }
}
