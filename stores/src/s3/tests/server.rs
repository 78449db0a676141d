//! A small object store that speaks S3, and does wrong what it is told to.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use amparo_models::artefact::sha256;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// `If-None-Match: *` is not looked at.
    IgnoresCreate,
    /// `If-Match` is not looked at.
    IgnoresMatch,
    /// Looks whether the object is there, and then takes its time.
    IsNotAtomic,
    /// No object has an entity tag.
    GivesNoTag,
    /// All objects have the same entity tag.
    TagsAlike,
    /// Does as it is told and hangs up, once for each conditional put.
    LosesAnswers,
    /// The same every time, also where it refuses.
    LosesAllAnswers,
    /// Answers every request by 503.
    IsBusy,
    /// Answers the first two attempts of each request by 503.
    IsBusyTwice,
    /// Refuses every request, and repeats what it was sent.
    Forbids,
    /// Refuses every put that would make files a folder by hanging up, without doing it.
    DropsIndexes,
}

/// What one object holds.
type Bytes = Vec<u8>;

#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    fault: Fault,
    objects: BTreeMap<String, Bytes>,
    /// How often each request was made.
    seen: BTreeMap<String, u32>,
}

/// Method, key or query, headers in lower case, body.
struct Request {
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

impl Server {
    /// Listens until the test ends.
    pub fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { fault, objects: BTreeMap::new(), seen: BTreeMap::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&shared);
                // A client that hangs up is no concern of the store.
                thread::spawn(move || answer(&mut stream.unwrap(), &state).unwrap_or_default());
            }
        });
        Self { address, state }
    }

    /// From here on something else is wrong with it.
    pub fn set(&self, fault: Fault) {
        self.state.lock().unwrap().fault = fault;
    }

    /// Keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.state.lock().unwrap().objects.keys().cloned().collect()
    }

    /// Changes an object behind everybody's back.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Bytes)) {
        change(self.state.lock().unwrap().objects.get_mut(key).unwrap());
    }

    /// How many requests were made.
    pub fn n_requests(&self) -> u32 {
        self.state.lock().unwrap().seen.values().sum()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, rest) = line.trim().split_once(' ')?;
    let target = rest.split(' ').next()?.to_owned();
    let (method, mut headers) = (method.to_owned(), BTreeMap::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, target, headers, body })
}

fn answer(stream: &mut TcpStream, shared: &Mutex<State>) -> Option<()> {
    let request = read(stream)?;
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let key = path.strip_prefix("/bucket").unwrap().trim_start_matches('/').to_owned();
    let mut state = shared.lock().unwrap();
    let seen = state.seen.entry(format!("{} {}", request.method, request.target)).or_default();
    *seen += 1;
    let seen = *seen;
    let is_conditional = ["if-match", "if-none-match"].iter().any(|name| request.headers.contains_key(*name));
    match state.fault {
        Fault::IsBusy => return reply(stream, "503 Slow Down", &[], b"<Error><Code>SlowDown</Code></Error>"),
        Fault::IsBusyTwice if seen <= 2 => {
            return reply(stream, "503 Slow Down", &[], b"<Error><Code>SlowDown</Code></Error>");
        }
        Fault::Forbids => {
            let sent = &request.headers["authorization"];
            let body = format!(
                "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>{sent}</StringToSign></Error>"
            );
            return reply(stream, "403 Forbidden", &[], body.as_bytes());
        }
        Fault::DropsIndexes if key.ends_with("/.index.json") && request.method == "PUT" => return None,
        _ => {}
    }
    if key.is_empty() {
        return reply(stream, "200 OK", &[], list(&state.objects, query).as_bytes());
    }
    match request.method.as_str() {
        "PUT" => {
            let is_lost = is_conditional
                && (state.fault == Fault::LosesAllAnswers || state.fault == Fault::LosesAnswers && seen == 1);
            if !holds(&request, &key, &state) {
                if state.fault == Fault::LosesAllAnswers {
                    return None;
                }
                return reply(
                    stream,
                    "412 Precondition Failed",
                    &[],
                    b"<Error><Code>PreconditionFailed</Code></Error>",
                );
            }
            if state.fault == Fault::IsNotAtomic {
                // Whoever asks meanwhile finds nothing.
                drop(state);
                thread::sleep(Duration::from_millis(50));
                state = shared.lock().unwrap();
            }
            let tag = tag(&request.body, state.fault);
            state.objects.insert(key, request.body);
            if is_lost { None } else { reply(stream, "200 OK", &tag, b"") }
        }
        "DELETE" => {
            state.objects.remove(&key);
            reply(stream, "204 No Content", &[], b"")
        }
        method => match state.objects.get(&key) {
            None => reply(stream, "404 Not Found", &[], b"<Error><Code>NoSuchKey</Code></Error>"),
            Some(bytes) => {
                let mut headers = tag(bytes, state.fault);
                headers.push("last-modified: Mon, 02 Mar 2026 08:00:00 GMT".to_owned());
                if method == "HEAD" {
                    headers.push(format!("content-length: {}", bytes.len()));
                    return head(stream, "200 OK", &headers);
                }
                reply(stream, "200 OK", &headers, bytes)
            }
        },
    }
}

/// Whether the conditions of a put hold, as far as they are looked at.
fn holds(request: &Request, key: &str, state: &State) -> bool {
    let there = state.objects.get(key);
    let creates = request.headers.contains_key("if-none-match");
    if creates && there.is_some() && state.fault != Fault::IgnoresCreate {
        return false;
    }
    let Some(expected) = request.headers.get("if-match").filter(|_| state.fault != Fault::IgnoresMatch)
    else {
        return true;
    };
    let header = format!("etag: {expected}");
    there.is_some_and(|bytes| tag(bytes, state.fault).contains(&header))
}

fn tag(bytes: &[u8], fault: Fault) -> Vec<String> {
    match fault {
        Fault::GivesNoTag => Vec::new(),
        Fault::TagsAlike => vec!["etag: \"same\"".to_owned()],
        _ => vec![format!("etag: \"{}\"", &sha256(bytes)[..32])],
    }
}

fn list(objects: &BTreeMap<String, Bytes>, query: &str) -> String {
    let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
    let prefix = prefix.replace("%2F", "/").replace("%2f", "/");
    let inside = objects.keys().filter_map(|key| key.strip_prefix(&prefix));
    let folders: BTreeSet<&str> = inside.filter_map(|rest| Some(rest.split_once('/')?.0)).collect();
    let folders: String = folders
        .iter()
        .map(|name| format!("<CommonPrefixes><Prefix>{prefix}{name}/</Prefix></CommonPrefixes>"))
        .collect();
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{folders}</ListBucketResult>")
}

fn reply(stream: &mut TcpStream, status: &str, headers: &[String], body: &[u8]) -> Option<()> {
    let mut headers = headers.to_vec();
    headers.push(format!("content-length: {}", body.len()));
    head(stream, status, &headers)?;
    stream.write_all(body).ok()
}

fn head(stream: &mut TcpStream, status: &str, headers: &[String]) -> Option<()> {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    stream.write_all(format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n").as_bytes()).ok()
}
