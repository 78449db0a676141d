//! How the program is run, and what of it a test looks at.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use serde_json::Value;

/// Rows of the cohort that the tests share: few, as this build is not optimised.
pub const ROWS: usize = 2_000;

/// What a run of the program left.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Fails unless the program succeeded.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// Where the program is: the one that was built with the tests, or the one that the variable names, such as a release build of the same
/// code, which takes a fraction of the time.
pub fn program() -> PathBuf {
    std::env::var_os("AMPARO_TEST_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_amparo").into(), PathBuf::from)
}

/// The program that was built with the tests: it lacks the features that the other one may have.
pub fn without_features() -> Command {
    alone(env!("CARGO_BIN_EXE_amparo").as_ref())
}

/// The program, with nothing of the caller's environment that it would heed.
pub fn amparo() -> Command {
    alone(&program())
}

fn alone(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AMPARO_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the program in a folder.
pub fn run_in<S: AsRef<OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> Ran {
    ran(amparo().args(args).current_dir(dir))
}

/// Runs a command to its end.
pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Every file below a folder with its bytes, and every folder with nothing.
pub fn listing(dir: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(dir).unwrap().to_owned();
            if path.is_dir() {
                found.insert(name, None);
                open.push(path);
            } else {
                found.insert(name, Some(fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// Copies a folder with all below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for (name, bytes) in listing(from) {
        match bytes {
            None => fs::create_dir_all(to.join(name)).unwrap(),
            Some(bytes) => {
                fs::create_dir_all(to.join(&name).parent().unwrap()).unwrap();
                fs::write(to.join(name), bytes).unwrap();
            }
        }
    }
}

/// The folder and the words of one `quickstart --no-serve`, made once for all tests; nobody writes into it.
pub fn quickstart() -> &'static (PathBuf, Ran) {
    static MADE: LazyLock<(PathBuf, Ran)> = LazyLock::new(|| {
        let dir = scratch().join("q");
        let args = ["quickstart", "--rows", &ROWS.to_string(), "--no-serve", "--dir", dir.to_str().unwrap()];
        (dir.clone(), run_in(dir.parent().unwrap(), args).succeeded())
    });
    &MADE
}

/// A folder of its own that outlives the tests, as statics are never dropped; what earlier runs left is removed.
fn scratch() -> PathBuf {
    const PREFIX: &str = "quickstart-";
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(home).unwrap();
    for entry in fs::read_dir(home).unwrap().flatten() {
        let made = entry.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::now());
        let old = made.elapsed().is_ok_and(|age| age > Duration::from_secs(3600));
        if old && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            // Another run of the tests may be at it, too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    tempfile::Builder::new().prefix(PREFIX).tempdir_in(home).unwrap().keep()
}

/// The path of a real table; `None`, said aloud, where it is absent and not demanded.
pub fn real_data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if path.is_file() {
        return Some(path);
    }
    let required = std::env::var("AMPARO_REAL_DATA").is_ok_and(|value| value == "required");
    assert!(!required, "`{}` is absent", path.display());
    eprintln!("skipped: `{}` is absent", path.display());
    None
}
