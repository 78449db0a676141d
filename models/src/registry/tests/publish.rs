use std::fs;
use std::thread;

use super::{draft, message, registry};
use crate::{ModelRef, Registry};

fn version(number: u32) -> ModelRef {
    ModelRef::version("vpr", number).unwrap()
}

#[test]
fn what_is_published_is_what_another_reader_finds() {
    let (_dir, registry) = registry(1);
    let draft = draft("vpr");
    let published = registry.publish(&draft).unwrap();
    let found = Registry::open(registry.location()).unwrap().load(&version(2)).unwrap();
    assert_eq!(found.digest(), published.digest());
    assert_eq!(found.manifest(), published.manifest());
    assert_eq!(&registry.manifest("vpr", 2).unwrap(), published.manifest());
    let row = [1, 0, 2, 2];
    assert_eq!(found.recidivism().score(&row).to_bits(), draft.recidivism.score(&row).to_bits());
    assert_eq!(registry.resolve(&version(2)).unwrap(), 2);
    assert_eq!(registry.versions("vpr").unwrap(), [1, 2]);
}

#[test]
fn the_same_draft_twice_has_two_numbers_and_one_content() {
    let (_dir, registry) = registry(2);
    let [one, two] = [1, 2].map(|number| registry.manifest("vpr", number).unwrap());
    assert_eq!(one.content_digest, two.content_digest);
    assert_ne!(one.seal, two.seal);
}

#[test]
fn publishers_at_the_same_time_never_overwrite_each_other() {
    const EACH: usize = 4;
    let (_dir, registry) = registry(0);
    let mut told: Vec<(u32, String)> = thread::scope(|scope| {
        let publish = |publisher: usize| {
            let registry = &registry;
            scope.spawn(move || {
                let mut draft = draft("vpr");
                draft.card_md = format!("publisher {publisher}");
                let publish = |_| registry.publish(&draft).unwrap();
                let told = (0..EACH).map(publish).map(|v| (v.manifest().version, v.digest().to_owned()));
                told.collect::<Vec<_>>()
            })
        };
        let running: Vec<_> = (0..4).map(publish).collect();
        running.into_iter().flat_map(|publisher| publisher.join().unwrap()).collect()
    });
    told.sort();
    let numbers: Vec<u32> = told.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=16).collect::<Vec<_>>());
    for (number, digest) in told {
        assert_eq!(registry.load(&version(number)).unwrap().digest(), digest);
    }
    assert_eq!(fs::read_dir(registry.location().join("vpr")).unwrap().count(), 16);
}

#[test]
fn numbers_go_on_after_a_gap_and_end_at_the_last() {
    let (_dir, registry) = registry(1);
    fs::create_dir(registry.location().join("vpr/7")).unwrap();
    assert_eq!(registry.publish(&draft("vpr")).unwrap().manifest().version, 8);
    fs::create_dir(registry.location().join("vpr/4294967295")).unwrap();
    assert!(message(registry.publish(&draft("vpr"))).contains("version 4294967295 is the last there can be"));
}

#[test]
fn what_a_killed_publisher_leaves_is_never_served() {
    let (_dir, registry) = registry(1);
    let model_dir = registry.location().join("vpr");
    let left = model_dir.join(".publishing-1-0");
    fs::create_dir(&left).unwrap();
    fs::copy(model_dir.join("1/model.json"), left.join("model.json")).unwrap();
    fs::create_dir(registry.location().join("lost+found")).unwrap();
    fs::create_dir_all(registry.location().join("began/.publishing-1-1")).unwrap();
    assert_eq!(registry.versions("vpr").unwrap(), [1]);
    let listed = registry.list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].name.as_str(), listed[0].versions.as_slice()), ("vpr", [1].as_slice()));
    assert_eq!(registry.publish(&draft("vpr")).unwrap().manifest().version, 2);
}

#[test]
fn a_draft_that_fails_leaves_nothing() {
    let (_dir, registry) = registry(0);
    let mut draft = draft("vpr");
    draft.training.horizon_days = Some(1);
    assert!(message(registry.publish(&draft)).contains("trained on 1 days"));
    assert!(!registry.location().join("vpr").exists());
    assert!(registry.list().unwrap().is_empty());
}

#[test]
fn a_version_does_not_answer_under_another_name_or_number() {
    let (_dir, registry) = registry(2);
    let dir = registry.location();
    fs::rename(dir.join("vpr/2"), dir.join("vpr/5")).unwrap();
    for said in [message(registry.load(&version(5))), message(registry.manifest("vpr", 5))] {
        assert!(said.contains("it is vpr@2, expected vpr@5"), "{said}");
    }
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let (_dir, registry) = registry(2);
    assert_eq!(message(registry.versions("compas")), "no model `compas` in the registry: it holds vpr");
    assert_eq!(message(registry.load(&version(3))), "no version `vpr@3` in the registry: the model has 1, 2");
    assert_eq!(
        message(registry.load(&"vpr@champion".parse().unwrap())),
        "no alias `vpr@champion` in the registry: the model has none"
    );
    assert!(message(registry.versions("../registry/vpr")).contains("is not allowed"));
}

#[test]
fn a_registry_that_cannot_be_written_says_so() {
    let (dir, registry) = registry(0);
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(
        message(Registry::open(&file)).contains("file` is not a registry: found a file, expected a folder")
    );
    assert!(message(Registry::create(&file)).contains("file` is not a registry"));
    assert!(message(Registry::create(file.join("inside"))).contains("cannot create `"));
    assert!(message(Registry::open(dir.path().join("nowhere"))).contains("cannot open `"));
    fs::write(registry.location().join("vpr"), "").unwrap();
    let said = message(registry.publish(&draft("vpr")));
    assert!(said.contains("cannot create `") && said.contains("registry/vpr`"), "{said}");
}
