use std::os::unix::fs::symlink;

use super::{draft, registry};
use crate::ModelRef;

#[test]
fn a_linked_model_is_listed_like_any_other() {
    let (dir, registry) = registry(1);
    // Moved to a larger disk, say, and linked from where it was.
    let (place, elsewhere) = (registry.location().join("vpr"), dir.path().join("elsewhere"));
    std::fs::rename(&place, &elsewhere).unwrap();
    assert_eq!(registry.list().unwrap(), []);
    symlink(&elsewhere, &place).unwrap();
    let listed = || -> Vec<(String, Vec<u32>)> {
        registry.list().unwrap().into_iter().map(|model| (model.name, model.versions)).collect()
    };
    assert_eq!(listed(), [("vpr".to_owned(), vec![1])]);
    registry.load(&ModelRef::version("vpr", 1).unwrap()).unwrap();
    // The next version is the next one, and stands where the link leads.
    assert_eq!(registry.publish(&draft("vpr")).unwrap().manifest().version, 2);
    assert!(elsewhere.join("2").is_dir());

    // So is a version that is linked.
    std::fs::rename(elsewhere.join("2"), dir.path().join("two")).unwrap();
    assert_eq!(listed(), [("vpr".to_owned(), vec![1])]);
    symlink(dir.path().join("two"), elsewhere.join("2")).unwrap();
    assert_eq!(listed(), [("vpr".to_owned(), vec![1, 2])]);
    registry.load(&ModelRef::version("vpr", 2).unwrap()).unwrap();
    assert_eq!(registry.publish(&draft("vpr")).unwrap().manifest().version, 3);
}

#[test]
fn a_link_that_is_no_folder_is_none() {
    let (dir, registry) = registry(1);
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    symlink(&file, registry.location().join("file")).unwrap();
    symlink(dir.path().join("nowhere"), registry.location().join("nowhere")).unwrap();
    // A folder that holds itself.
    symlink(registry.location(), registry.location().join("around")).unwrap();
    symlink("vpr", registry.location().join("other")).unwrap();
    let names: Vec<String> = registry.list().unwrap().into_iter().map(|model| model.name).collect();
    assert_eq!(names, ["other", "vpr"]);
    // Under another name it is listed, and refused when it is read: it says itself what it is.
    let error = registry.load(&ModelRef::version("other", 1).unwrap()).unwrap_err().to_string();
    assert!(error.contains("it is vpr@1, expected other@1"), "{error}");
}
