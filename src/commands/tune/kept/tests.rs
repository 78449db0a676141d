use amparo_lab::tune::{FoldLosses, Scope};
use tempfile::tempdir;

use super::*;

fn finished(trial: usize) -> Finished {
    Finished {
        key: TrialKey { scope: Scope::Fold { repeat: 0, fold: 2 }, candidate: "trees".to_owned(), trial },
        parameters: "depth = 3\nrate = 0.1".parse().unwrap(),
        // Numbers that only a reader to the last bit gives back.
        losses: TrialLosses::Losses(vec![FoldLosses { log_loss: 0.1 + 0.2, brier: 1.0 / 3.0, weight: 17.0 }]),
    }
}

#[test]
fn trials_come_back_as_they_were_and_only_for_their_parameters() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("search.jsonl");
    let kept = Kept::open(&path, "digest").unwrap();
    kept.keep(finished(0)).unwrap();
    kept.keep(Finished { losses: TrialLosses::Failed("why".to_owned()), ..finished(1) }).unwrap();
    drop(kept);
    let again = Kept::open(&path, "digest").unwrap();
    assert_eq!(again.n_at_first(), 2);
    let one = finished(0);
    assert_eq!(again.losses(&one.key, &one.parameters), Some(one.losses.clone()));
    assert_eq!(again.losses(&finished(1).key, &one.parameters), Some(TrialLosses::Failed("why".to_owned())));
    assert_eq!(again.losses(&finished(2).key, &one.parameters), None);
    assert_eq!(again.losses(&one.key, &"depth = 4\nrate = 0.1".parse().unwrap()), None);
}

#[test]
fn half_a_line_is_cut_off_and_written_anew() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("search.jsonl");
    let kept = Kept::open(&path, "digest").unwrap();
    (0..3).for_each(|trial| kept.keep(finished(trial)).unwrap());
    drop(kept);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 7]).unwrap();
    let again = Kept::open(&path, "digest").unwrap();
    assert_eq!(again.n_at_first(), 2);
    again.keep(finished(2)).unwrap();
    drop(again);
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    // Not even the first line: the search begins.
    std::fs::write(&path, &whole[..5]).unwrap();
    assert_eq!(Kept::open(&path, "digest").unwrap().n_at_first(), 0);
}

#[test]
fn other_trials_and_other_files_are_refused_and_left_alone() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("search.jsonl");
    Kept::open(&path, "digest").unwrap().keep(finished(0)).unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = |digest: &str| Kept::open(&path, digest).err().unwrap().to_string();
    assert!(refused("another").contains("holds trials of another config, cohort or program"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    std::fs::write(&path, [&before[..], b"{\"key\": 1}\n"].concat()).unwrap();
    assert!(refused("digest").contains("line 3, is no trial"), "{}", refused("digest"));
    std::fs::write(&path, "a text of somebody's\n").unwrap();
    assert!(refused("digest").contains("holds trials of another"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a text of somebody's\n");
}

#[test]
fn two_searches_do_not_write_one_file() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("search.jsonl");
    let first = Kept::open(&path, "digest").unwrap();
    let refused = Kept::open(&path, "digest").err().unwrap().to_string();
    assert!(refused.contains("is open in another search"), "{refused}");
    drop(first);
    Kept::open(&path, "digest").unwrap();
}
