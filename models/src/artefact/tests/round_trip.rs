use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{draft, draft_of, files, message, write, written};
use crate::explain::OrReason;
use crate::testing;
use crate::{OutcomeModel, Version};

/// Score, probability and values of a row, as bits.
fn bits(part: &OutcomeModel, row: &[u8]) -> Vec<u64> {
    let score = part.score(row);
    let explanation = part.explain(row).unwrap().total;
    let mut numbers =
        vec![score, part.calibrate(score).probability, part.calibrate(score).high, explanation.base];
    let OrReason::Value(stability) = part.stability(row, &explanation) else { panic!("enough cases") };
    let OrReason::Value(percentiles) = part.percentiles(&explanation) else { panic!("enough rows") };
    numbers.extend(stability.values.iter().flat_map(|v| [v.sd, v.rank_from as f64, v.rank_to as f64]));
    numbers.extend(percentiles.iter().map(|at| at.percentile));
    numbers.extend(explanation.values);
    numbers.into_iter().map(f64::to_bits).collect()
}

#[test]
fn a_version_read_back_answers_every_form_to_the_same_bit() {
    let draft = draft("vpr");
    let version = Version::load(written(&draft).path()).unwrap();
    let forms = testing::all_forms(&draft.instrument);
    assert_eq!(forms.len(), 3 * 4 * 5 * 3);
    let (lethality, read_back) = (draft.lethality.unwrap(), version.lethality().unwrap());
    for form in forms {
        assert_eq!(bits(version.recidivism(), &form), bits(&draft.recidivism, &form));
        assert_eq!(bits(read_back, &form), bits(&lethality, &form));
        assert_ne!(bits(read_back, &form), bits(&draft.recidivism, &form));
    }
}

#[test]
fn every_family_survives() {
    let mut draw = testing::Draw::new(5);
    let instrument = testing::instrument(6);
    // Drawn tables have no direction.
    let exempt: BTreeSet<String> = instrument.indicators().iter().map(|i| i.id.clone()).collect();
    for scorer in testing::scorers(&mut draw, &instrument) {
        let family = scorer.family().to_owned();
        let draft = draft_of(instrument.clone(), scorer, &exempt);
        let version = Version::load(written(&draft).path()).unwrap();
        assert_eq!(version.manifest().family, family);
        assert_eq!(version.recidivism().scorer(), draft.recidivism.scorer());
        assert_eq!(version.recidivism().background(), draft.recidivism.background());
        assert_eq!(version.recidivism().population(), draft.recidivism.population());
        assert!(version.manifest().monotone.is_empty());
        for _ in 0..50 {
            let form = testing::form(&mut draw, &instrument);
            assert_eq!(bits(version.recidivism(), &form), bits(&draft.recidivism, &form));
        }
    }
}

#[test]
fn texts_and_record_come_back_as_they_were() {
    let draft = draft("vpr");
    let version = Version::load(written(&draft).path()).unwrap();
    assert_eq!(version.protocol(), &draft.protocol);
    assert_eq!(version.instrument(), &draft.instrument);
    assert_eq!(version.config(), draft.config_toml);
    assert_eq!(version.card(), draft.card_md);
    let manifest = version.manifest();
    assert_eq!(manifest.training, draft.training);
    assert_eq!(manifest.monotone, ["I1", "I2", "I3"]);
    assert_eq!(manifest.outcomes.lethality.as_deref(), Some("homicide"));
    let parts = [Some(&draft.recidivism), draft.lethality.as_ref()];
    let cells = parts.iter().flatten().map(|part| part.smallest_cell());
    assert_eq!(Some(manifest.smallest_cell), cells.min());
}

#[test]
fn a_version_assesses() {
    let version = Version::load(written(&draft("vpr")).path()).unwrap();
    assert_eq!(version.assess(&[0, 2, 0, 0]).unwrap().level, "low");
    assert_eq!(version.assess(&[1, 0, 3, 1]).unwrap().level, "high");
}

#[test]
fn the_same_draft_gives_the_same_bytes_whenever_and_under_whatever_number() {
    let first = draft("vpr");
    let mut later = draft("vpr");
    later.published_at = "2027-01-01T00:00:00+01:00".to_owned();
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(&first, 1, a.path());
    write(&later, 7, b.path());
    let read = |dir: &Path, name: &str| fs::read(dir.join(name)).unwrap();
    let names: Vec<String> =
        fs::read_dir(&a).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 13);
    for name in names {
        let same = read(a.path(), &name) == read(b.path(), &name);
        assert_eq!(same, name != "manifest.json", "{name}");
    }
    let (a, b) = (Version::load(a.path()).unwrap(), Version::load(b.path()).unwrap());
    assert_eq!(a.manifest().content_digest, b.manifest().content_digest);
    assert_ne!(a.digest(), b.digest());
    let again = Version::load(written(&first).path()).unwrap();
    assert_eq!(again.digest(), a.digest());
}

/// Were `content_digest` blind to something, this would fail.
#[test]
fn another_draft_has_another_content_digest() {
    let digest = |change: &dyn Fn(&mut crate::Draft)| {
        let mut draft = draft("vpr");
        change(&mut draft);
        Version::load(written(&draft).path()).unwrap().manifest().content_digest.clone()
    };
    let same = digest(&|_| {});
    assert_eq!(same, digest(&|_| {}));
    let others = [
        digest(&|d| d.name = "vpr2".to_owned()),
        digest(&|d| d.lethality = None),
        digest(&|d| d.config_toml.push('\n')),
        digest(&|d| d.card_md.push('\n')),
        digest(&|d| d.training.horizon_days = None),
        digest(&|d| d.training.notes.clear()),
    ];
    let distinct: BTreeSet<&String> = others.iter().chain([&same]).collect();
    assert_eq!(distinct.len(), others.len() + 1);
}

#[test]
fn a_version_without_a_population_says_so() {
    let mut draft = draft("vpr");
    let part = &draft.recidivism;
    let learned = part.learned().unwrap().clone();
    draft.recidivism = OutcomeModel::new(
        part.outcome().to_owned(),
        part.scorer().clone(),
        part.calibrator().clone(),
        part.background().clone(),
        &draft.instrument,
        &draft.not_monotone,
    )
    .unwrap()
    .with_learned(learned, &draft.instrument)
    .unwrap();
    let version = Version::load(written(&draft).path()).unwrap();
    let explanation = version.recidivism().explain(&[0; 4]).unwrap().total;
    let stability = version.recidivism().stability(&[0; 4], &explanation);
    assert_eq!(stability, OrReason::undefined(crate::Reason::PopulationNotKept));
    assert!(version.lethality().unwrap().percentile(0.0).value().is_some());
}

#[test]
fn a_version_is_the_same_wherever_its_files_come_from() {
    let draft = draft("vpr");
    let (from_folder, from_files) =
        (Version::load(written(&draft).path()).unwrap(), Version::from_files(files(&draft, 1)).unwrap());
    assert_eq!(from_files.digest(), from_folder.digest());
    assert_eq!(from_files.manifest(), from_folder.manifest());
    assert_eq!(from_files.config(), from_folder.config());
    assert_eq!(from_files.card(), from_folder.card());
    for form in testing::all_forms(&draft.instrument) {
        assert_eq!(bits(from_files.recidivism(), &form), bits(from_folder.recidivism(), &form));
        assert_eq!(from_files.assess(&form).unwrap(), from_folder.assess(&form).unwrap());
    }
}

#[test]
fn a_wrong_byte_is_refused_wherever_the_files_come_from() {
    let good = files(&draft("vpr"), 1);
    for name in good.keys() {
        let mut wrong = good.clone();
        *wrong.get_mut(name).unwrap().last_mut().unwrap() ^= 1;
        let said = message(Version::from_files(wrong));
        assert!(said.contains(&format!("version/{name}`")), "{name}: {said}");
        let mut missing = good.clone();
        missing.remove(name);
        let said = message(Version::from_files(missing));
        assert!(said.contains(&format!("`{name}` missing")), "{name}: {said}");
    }
    let mut more = good.clone();
    more.insert("notes.txt".to_owned(), Vec::new());
    assert!(message(Version::from_files(more)).contains("`notes.txt` found, which no version holds"));
    assert_eq!(message(Version::from_files(good)), "no error");
}
