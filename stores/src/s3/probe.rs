//! Whether a store keeps what a registry needs of it: that a put which may only create does not write over, that a put which must
//! replace what was read replaces nothing else, and that of several at once one is done.
//!
//! Some stores that speak S3 answer a conditional put as done without looking at its condition. On such a store two versions would be
//! published under one number, and moves of aliases be lost, without a word.

use amparo_models::Error;
use bytes::Bytes;
use object_store::PutMode;
use tokio::task::JoinSet;

use super::objects::Objects;

/// Writers who create one object at the same time.
const WRITERS: u8 = 8;

/// Refuses a store that does not honour conditional puts. What is written for it is removed again.
///
/// # Errors
/// [`Error::Invalid`] that says what was found; [`Error::Io`], also if nothing may be written there.
pub(super) async fn check(objects: &Objects, name: &str) -> Result<(), Error> {
    let (file, crowd) = (format!(".probe/{name}"), format!(".probe/{name}-at-once"));
    let found = found(objects, &file, &crowd).await;
    // What was found is what is told. What cannot be removed lies where nobody looks.
    let _removed = (objects.remove(&file).await, objects.remove(&crowd).await);
    match found? {
        None => Ok(()),
        Some(found) => {
            let what = format!("store `{}`", objects.location().display());
            Err(Error::invalid(
                what,
                format!(
                    "{found}; a registry needs a store that honours conditional puts, or it would lose what others wrote"
                ),
            ))
        }
    }
}

/// What is wrong with the store, if anything is.
async fn found(objects: &Objects, file: &str, crowd: &str) -> Result<Option<String>, Error> {
    let put = async |text: &'static str, mode| {
        objects.put_if(file, Bytes::from_static(text.as_bytes()), mode, |now| now == text.as_bytes()).await
    };
    let is = async |text: &str| {
        Ok::<_, Error>(objects.get(file).await?.filter(|now| now.bytes == text.as_bytes()))
    };
    let says = |problem: &str| Ok(Some(problem.to_owned()));

    if !put("1", PutMode::Create).await? {
        return says("it refused to create an object that was not there (`If-None-Match: *`)");
    }
    if put("2", PutMode::Create).await? {
        return says(
            "a put that may only create (`If-None-Match: *`) was done although the object was there",
        );
    }
    let Some(first) = is("1").await? else {
        return says("an object was changed by a put that was refused, or is not read back as it was put");
    };
    if first.version.e_tag.is_none() {
        return says("it gives an object no entity tag (`ETag`)");
    }
    if !put("3", PutMode::Update(first.version.clone())).await? {
        return says("it refused to replace an object that had not changed (`If-Match`)");
    }
    if put("4", PutMode::Update(first.version.clone())).await? {
        return says(
            "a put that may only replace what was read (`If-Match`) was done although the object had changed",
        );
    }
    let Some(second) = is("3").await? else {
        return says("an object was changed by a put that was refused, or is not read back as it was put");
    };
    if objects.tag(file).await? != second.version.e_tag || second.version.e_tag == first.version.e_tag {
        return says(
            "the entity tag of an object (`ETag`) does not change with it, or is another one for `HEAD` than for `GET`",
        );
    }
    objects.remove(file).await?;
    if put("5", PutMode::Update(second.version)).await? {
        return says(
            "a put that may only replace what was read (`If-Match`) was done although the object was gone",
        );
    }
    let done = at_once(objects, crowd).await?;
    Ok((done != 1).then(|| {
        format!("of {WRITERS} puts at the same time that may only create one object (`If-None-Match: *`), {done} were done")
    }))
}

/// How many of several writers are told that they created the same object.
async fn at_once(objects: &Objects, file: &str) -> Result<usize, Error> {
    let mut writing = JoinSet::new();
    for writer in 0..WRITERS {
        let (objects, file) = (objects.clone(), file.to_owned());
        writing.spawn(async move {
            let text = vec![writer];
            objects.put_if(&file, text.clone().into(), PutMode::Create, |now| now == text).await
        });
    }
    let mut done = 0;
    for told in writing.join_all().await {
        done += usize::from(told?);
    }
    Ok(done)
}
