//! The store over a small server of our own, which does wrong what it is told to; `.ci/oracles/s3.py` has a real one.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod server;

use amparo_models::registry::{ModelRef, conformance};
use amparo_models::testing::small;
use amparo_models::{Registry, Version};

use super::*;
use server::{Fault, Server};

/// A registry's store on a server.
fn on(server: &Server, prefix: &str) -> Result<S3, Error> {
    let settings = AmazonS3Builder::new()
        .with_endpoint(format!("http://{}", server.address))
        .with_allow_http(true)
        .with_access_key_id("a-key-id")
        .with_secret_access_key("a-secret");
    let bucket = Bucket { name: "bucket".to_owned(), prefix: prefix.to_owned() };
    S3::connected(settings, bucket)
}

fn files(of: &[(&str, &[u8])]) -> FolderFiles {
    of.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

fn line(line: &[u8]) -> Entry<'_> {
    Entry { line, beside: None }
}

fn said<T: fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_bucket_is_a_store() {
    let (server, n) = (Server::start(Fault::None), std::cell::Cell::new(0));
    conformance::check(|| {
        n.set(n.get() + 1);
        let store = on(&server, &format!("at/{}", n.get())).unwrap();
        store.check().unwrap();
        store
    });
    assert!(server.keys().iter().all(|key| !key.contains(".probe")), "the probe cleans up");
    conformance::check(|| on(&Server::start(Fault::None), "").unwrap());
}

/// `.ci/oracles/s3.py` starts a server and names it.
#[test]
fn a_real_server_is_a_store() {
    let Ok(address) = std::env::var("AMPARO_S3_SERVER") else {
        eprintln!("skipped: AMPARO_S3_SERVER names no `s3://bucket/prefix`");
        return;
    };
    let n = std::cell::Cell::new(0);
    conformance::check(|| {
        n.set(n.get() + 1);
        let place = format!("{address}/{}", n.get());
        let crate::Address::S3(bucket) = crate::Address::parse(place.as_ref()).unwrap() else {
            panic!("{place}")
        };
        let store = S3::open(bucket).unwrap();
        store.check().unwrap();
        store
    });
    eprintln!("the suite ran on {address}");
}

#[test]
fn a_version_is_the_same_in_a_bucket_and_in_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(Fault::None);
    let draft = small::draft("small", -3.0);
    let in_folder = Registry::create(dir.path()).unwrap().publish(&draft).unwrap();
    let in_bucket = Registry::on(on(&server, "r").unwrap()).publish(&draft).unwrap();
    assert_eq!(in_folder.digest(), in_bucket.digest());
    let (folder, bucket) =
        (amparo_models::registry::Folder::open(dir.path()).unwrap(), on(&server, "r").unwrap());
    let files = folder.get_folder("small/1").unwrap();
    assert_eq!(bucket.get_folder("small/1").unwrap(), files);
    assert!(files.len() > 10);
}

#[test]
fn a_store_that_does_not_honour_conditions_is_refused_in_words() {
    for (fault, expected) in [
        (
            Fault::IgnoresCreate,
            "a put that may only create (`If-None-Match: *`) was done although the object was there",
        ),
        (
            Fault::IgnoresMatch,
            "a put that may only replace what was read (`If-Match`) was done although the object had changed",
        ),
        (Fault::IsNotAtomic, "of 8 puts at the same time that may only create one object"),
        (Fault::GivesNoTag, "it gives an object no entity tag"),
        (Fault::TagsAlike, "was done although the object had changed"),
    ] {
        let server = Server::start(fault);
        let store = on(&server, "r").unwrap();
        let error = said(store.check());
        assert!(
            error.starts_with("store `s3://bucket/r`: ") && error.contains(expected),
            "{fault:?}: {error}"
        );
        assert!(server.keys().is_empty(), "{fault:?} leaves {:?}", server.keys());
    }
}

#[test]
fn an_answer_that_is_lost_makes_nobody_lose_and_nothing_twice() {
    let server = Server::start(Fault::LosesAnswers);
    let store = on(&server, "r").unwrap();
    assert!(store.put_new("m/1", &files(&[("a", b"1")])).unwrap(), "ours was put");
    assert!(!store.put_new("m/1", &files(&[("a", b"1")])).unwrap(), "the same by somebody else was not");
    assert!(store.append("m/log", b"", line(b"1\n")).unwrap());
    assert!(store.append("m/log", b"1\n", line(b"2\n")).unwrap());
    assert!(!store.append("m/log", b"1\n", line(b"3\n")).unwrap());
    assert_eq!(store.log("m/log").unwrap(), b"1\n2\n");
    assert!(store.cut("m/log", b"1\n2\n", 2, "m/kept").unwrap());
    assert_eq!(store.log("m/log").unwrap(), b"1\n");
    assert_eq!(store.put_secret("a.key", b"7").unwrap(), b"7");
}

#[test]
fn what_can_no_longer_be_put_is_refused_though_every_answer_is_lost() {
    let server = Server::start(Fault::None);
    let store = on(&server, "r").unwrap();
    assert!(store.append("m/log", b"", line(b"1\n")).unwrap());
    server.set(Fault::LosesAllAnswers);
    assert!(store.append("m/log", b"1\n", line(b"2\n")).unwrap(), "ours was put");
    assert!(!store.append("m/log", b"1\n", line(b"3\n")).unwrap(), "the log is another one by now");
    assert_eq!(store.put_secret("a.key", b"7").unwrap(), b"7");
    assert_eq!(store.put_secret("a.key", b"8").unwrap(), b"7", "the first one stays");
    server.set(Fault::None);
    assert_eq!(store.log("m/log").unwrap(), b"1\n2\n");
}

#[test]
fn what_a_killed_publisher_leaves_is_not_seen_and_in_nobodys_way() {
    let server = Server::start(Fault::DropsIndexes);
    let store = on(&server, "r").unwrap();
    let put = files(&[("a", b"1"), ("b", b"2")]);
    assert!(said(store.put_new("m/1", &put)).starts_with("cannot write `s3://bucket/r/m/1/.index.json`: "));
    assert_eq!(server.keys().len(), 2, "its files are there: {:?}", server.keys());
    assert!(store.list("").unwrap().is_empty() && store.list("m").unwrap().is_empty());
    assert_eq!(store.get("m/1/a").unwrap(), None);
    assert!(said(store.get_folder("m/1")).starts_with("cannot list `s3://bucket/r/m/1`: "));
    server.set(Fault::None);
    assert!(store.put_new("m/1", &put).unwrap(), "its number is not taken");
    assert_eq!((store.list("m").unwrap(), store.get_folder("m/1").unwrap()), (vec!["1".to_owned()], put));
}

#[test]
fn a_file_that_was_changed_or_removed_is_named() {
    let server = Server::start(Fault::None);
    let store = on(&server, "r").unwrap();
    store.put_new("m/1", &files(&[("a", b"1")])).unwrap();
    let key = server.keys().into_iter().find(|key| key.ends_with("/a")).unwrap();
    server.change(&key, |bytes| bytes.push(b'x'));
    for error in [said(store.get("m/1/a")), said(store.get_folder("m/1"))] {
        assert!(error.starts_with("`s3://bucket/r/m/1/a` has digest "), "{error}");
    }
    server.change("r/m/1/.index.json", |bytes| *bytes = br#"{"edition": 2}"#.to_vec());
    assert_eq!(
        said(store.get_folder("m/1")),
        "`s3://bucket/r/m/1/.index.json` is not the index of a folder: it is of edition 2, expected 1"
    );
}

#[test]
fn a_store_that_is_busy_is_asked_again_and_not_for_ever() {
    let server = Server::start(Fault::IsBusyTwice);
    let store = on(&server, "r").unwrap();
    assert!(store.append("m/log", b"", line(b"1\n")).unwrap());
    server.set(Fault::IsBusy);
    let (before, begun) = (server.n_requests(), Instant::now());
    let error = said(store.log("m/log"));
    assert_eq!(error, "cannot read `s3://bucket/r/m/log`: 503 Service Unavailable (SlowDown)");
    assert_eq!(server.n_requests() - before, 3);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn nothing_that_is_secret_is_told() {
    let server = Server::start(Fault::Forbids);
    let error = said(on(&server, "r"));
    let expected = format!(
        "cannot open `s3://bucket/r`: 403 Forbidden (SignatureDoesNotMatch); the endpoint is http://{}",
        server.address
    );
    assert_eq!(error, expected);
    server.set(Fault::None);
    let told = format!("{:?}", Registry::on(on(&server, "r").unwrap()));
    assert!(
        told.contains("s3://bucket/r") && !told.contains("a-secret") && !told.contains("a-key-id"),
        "{told}"
    );
    let settings = AmazonS3Builder::new().with_endpoint("http://user:a-secret@127.0.0.1:1");
    let bucket = Bucket { name: "bucket".to_owned(), prefix: String::new() };
    let error = said(S3::connected(settings, bucket));
    assert!(
        error.contains("the endpoint holds a user name or a password") && !error.contains("a-secret"),
        "{error}"
    );
}

#[test]
fn a_store_that_cannot_be_reached_is_one_error() {
    // A port that was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = |settings: AmazonS3Builder| {
        let settings = settings.with_endpoint(format!("http://{gone}")).with_allow_http(true);
        let bucket = Bucket { name: "bucket".to_owned(), prefix: String::new() };
        said(S3::connected(settings, bucket))
    };
    let keys = AmazonS3Builder::new().with_access_key_id("k").with_secret_access_key("s");
    let error = settings(keys);
    assert!(error.starts_with("cannot open `s3://bucket`: Connection refused"), "{error}");
    assert!(error.ends_with(&format!("; the endpoint is http://{gone}")), "{error}");
    let nowhere = AmazonS3Builder::new().with_metadata_endpoint(format!("http://{gone}"));
    let error = settings(nowhere);
    assert!(error.contains("no credentials: `AWS_ACCESS_KEY_ID`"), "{error}");
}

#[test]
fn publishers_at_the_same_time_take_different_numbers() {
    let server = Server::start(Fault::None);
    let published: Vec<Version> = std::thread::scope(|scope| {
        let publish = |at: u8| {
            let server = &server;
            scope.spawn(move || {
                let registry = Registry::on(on(server, "r").unwrap());
                registry.publish(&small::draft("small", -3.0 + f64::from(at))).unwrap()
            })
        };
        let publishing: Vec<_> = (0..4).map(publish).collect();
        publishing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let registry = Registry::on(on(&server, "r").unwrap());
    assert_eq!(registry.versions("small").unwrap(), [1, 2, 3, 4]);
    for version in published {
        let reference = ModelRef::version("small", version.manifest().version).unwrap();
        assert_eq!(
            registry.load(&reference).unwrap().digest(),
            version.digest(),
            "what was promised is there"
        );
    }
    let left = server.keys().iter().filter(|key| key.starts_with("r/.files/")).count();
    let one = server.keys().iter().filter(|key| key.starts_with("r/.files/small/1/")).count();
    assert_eq!(left, 4 * one, "who came second removes its files");
}

#[test]
fn a_mark_holds_for_a_moment_only() {
    let server = Server::start(Fault::None);
    let (ours, theirs) = (on(&server, "r").unwrap(), on(&server, "r").unwrap());
    let before = ours.mark("m/log").unwrap();
    let requests = server.n_requests();
    assert_eq!(ours.mark("m/log").unwrap(), before);
    assert_eq!(server.n_requests(), requests, "it was not asked for again");
    assert!(theirs.append("m/log", b"", line(b"1\n")).unwrap());
    assert_eq!(ours.mark("m/log").unwrap(), before, "for a moment, the move of somebody else is not seen");
    std::thread::sleep(MARK_HOLDS);
    let after = ours.mark("m/log").unwrap();
    assert_ne!(after, before);
    assert!(ours.append("m/log", b"1\n", line(b"2\n")).unwrap());
    assert_ne!(ours.mark("m/log").unwrap(), after, "our own is seen at once");
}
