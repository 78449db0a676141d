//! A small tracking server in memory, that can misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The n-th call from now, from 0, is done, and its answer is lost.
    LosesAnswer(usize),
    /// The n-th call from now is lost before anything is done.
    LosesCall(usize),
    /// Every call is refused as unknown hosts are, in plain text.
    Forbids,
    /// Every answer is a page of HTML.
    Page,
    /// Every answer is JSON of something else.
    OtherJson,
    /// Every answer leads elsewhere.
    Redirects,
    /// Every answer dribbles, and never ends.
    Dribbles,
    /// Texts are cut at ten characters.
    CutsTexts,
    /// Artefacts lose their last byte.
    CutsArtefacts,
}

/// What it holds.
#[derive(Debug, Default)]
pub struct State {
    pub experiments: Vec<String>,
    /// Runs by id.
    pub runs: BTreeMap<String, Run>,
    pub artefacts: BTreeMap<String, Vec<u8>>,
    /// Versions of models: name, run, source, tags.
    pub versions: Vec<(String, Value)>,
    pub models: BTreeMap<String, Model>,
    /// Routes that were called, with their authorization.
    pub calls: Vec<(String, Option<String>)>,
}

#[derive(Debug, Default)]
pub struct Model {
    pub tags: BTreeMap<String, Value>,
    pub aliases: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
pub struct Run {
    pub experiment: String,
    pub status: String,
    pub params: BTreeMap<String, Value>,
    pub tags: BTreeMap<String, Value>,
    /// Every value that was logged.
    pub metrics: Vec<Value>,
    pub datasets: Vec<Value>,
}

pub struct Server {
    pub address: SocketAddr,
    pub state: Arc<Mutex<State>>,
    pub fault: Arc<Mutex<Fault>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (state, fault) = (Arc::<Mutex<State>>::default(), Arc::new(Mutex::new(Fault::None)));
        let (s, f) = (Arc::clone(&state), Arc::clone(&fault));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (s, f) = (Arc::clone(&s), Arc::clone(&f));
                thread::spawn(move || answer(stream, &s, &f));
            }
        });
        Self { address, state, fault }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>, fault: &Mutex<Fault>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut authorization) = (0, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let now = {
        let mut fault = fault.lock().unwrap();
        let now = *fault;
        match &mut *fault {
            Fault::LosesAnswer(0) | Fault::LosesCall(0) => *fault = Fault::None,
            Fault::LosesAnswer(n) | Fault::LosesCall(n) => *n -= 1,
            _ => {}
        }
        now
    };
    let mut out = stream;
    match now {
        Fault::LosesCall(0) => return None,
        Fault::Forbids => {
            return reply(&mut out, 403, b"Invalid Host header - possible DNS rebinding attack detected");
        }
        Fault::Page => return reply(&mut out, 200, b"<html>Sign in</html>"),
        Fault::OtherJson => return reply(&mut out, 200, b"[1, 2]"),
        Fault::Redirects => {
            let text = b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.example/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            return out.write_all(text).ok();
        }
        Fault::Dribbles => {
            out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").ok()?;
            loop {
                out.write_all(b" ").ok()?;
                thread::sleep(Duration::from_millis(20));
            }
        }
        _ => {}
    }
    let mut state = state.lock().unwrap();
    state.calls.push((format!("{method} {target}"), authorization));
    let (status, bytes) = state.call(&method, &target, &body, now);
    drop(state);
    if now == Fault::LosesAnswer(0) { None } else { reply(&mut out, status, &bytes) }
}

fn reply(out: &mut TcpStream, status: u16, bytes: &[u8]) -> Option<()> {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", bytes.len());
    out.write_all(head.as_bytes()).ok()?;
    out.write_all(bytes).ok()
}

fn tags(of: &Value) -> BTreeMap<String, Value> {
    let pairs = of.as_array().cloned().unwrap_or_default();
    pairs.iter().map(|pair| (pair["key"].as_str().unwrap().to_owned(), pair["value"].clone())).collect()
}

fn listed(pairs: &BTreeMap<String, Value>) -> Vec<Value> {
    pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

impl State {
    fn call(&mut self, method: &str, target: &str, body: &[u8], fault: Fault) -> (u16, Vec<u8>) {
        if let Some(path) = target.strip_prefix("/api/2.0/mlflow-artifacts/artifacts/") {
            let path = percent_decode_str(path).decode_utf8().unwrap().into_owned();
            return match (method, self.artefacts.get(&path)) {
                ("PUT", _) => {
                    let kept = if fault == Fault::CutsArtefacts { body.len() - 1 } else { body.len() };
                    self.artefacts.insert(path, body[..kept].to_vec());
                    (200, Vec::new())
                }
                (_, Some(bytes)) => (200, bytes.clone()),
                _ => refusal(404, "RESOURCE_DOES_NOT_EXIST"),
            };
        }
        let (route, query) = target.split_once('?').unwrap_or((target, ""));
        let query: BTreeMap<&str, String> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key, percent_decode_str(value).decode_utf8().unwrap().into_owned()))
            .collect();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let route = route.strip_prefix("/api/2.0/mlflow/").unwrap();
        match self.route(method, route, &query, &body, fault) {
            Ok(value) => (200, value.to_string().into_bytes()),
            Err((status, code)) => refusal(status, code),
        }
    }

    fn route(
        &mut self,
        method: &str,
        route: &str,
        query: &BTreeMap<&str, String>,
        body: &Value,
        fault: Fault,
    ) -> Result<Value, (u16, &'static str)> {
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        Ok(match route {
            "experiments/get-by-name" => {
                let found = self.experiments.iter().position(|name| *name == query["experiment_name"]);
                let id = found.ok_or((404, "RESOURCE_DOES_NOT_EXIST"))?;
                json!({"experiment": {"experiment_id": id.to_string(), "lifecycle_stage": "active"}})
            }
            "experiments/create" => {
                self.experiments.push(text("name"));
                json!({"experiment_id": (self.experiments.len() - 1).to_string()})
            }
            "runs/search" => {
                let filter = text("filter");
                let is_it = |run: &Run| {
                    let id = run.tags["amparo.run"].as_str().unwrap();
                    filter == format!("tags.`amparo.run` = '{id}'")
                };
                let found = self.runs.iter().filter(|(_, run)| is_it(run));
                json!({"runs": found.map(|(id, run)| run.shown(id)).collect::<Vec<_>>()})
            }
            "runs/create" => {
                let id = format!("run{}", self.runs.len());
                let run =
                    Run { experiment: text("experiment_id"), tags: tags(&body["tags"]), ..Run::default() };
                let shown = run.shown(&id);
                self.runs.insert(id, run);
                json!({"run": shown})
            }
            "runs/get" => json!({"run": self.runs[&query["run_id"]].shown(&query["run_id"])}),
            "runs/log-batch" => {
                let run = self.runs.get_mut(&text("run_id")).unwrap();
                let cut = |(key, value): (String, Value)| match value.as_str() {
                    Some(long) if fault == Fault::CutsTexts => {
                        (key, json!(long.chars().take(10).collect::<String>()))
                    }
                    _ => (key, value),
                };
                run.params.extend(tags(&body["params"]).into_iter().map(cut));
                run.tags.extend(tags(&body["tags"]).into_iter().map(cut));
                run.metrics.extend(body["metrics"].as_array().cloned().unwrap_or_default());
                json!({})
            }
            "runs/log-inputs" => {
                let run = self.runs.get_mut(&text("run_id")).unwrap();
                run.datasets.extend(body["datasets"].as_array().unwrap().clone());
                json!({})
            }
            "runs/update" => {
                self.runs.get_mut(&text("run_id")).unwrap().status = text("status");
                json!({})
            }
            "registered-models/create" => {
                if self.models.contains_key(&text("name")) {
                    return Err((400, "RESOURCE_ALREADY_EXISTS"));
                }
                self.models.insert(text("name"), Model::default());
                json!({})
            }
            "registered-models/get" => {
                json!({"registered_model": {"tags": listed(&self.models[&query["name"]].tags)}})
            }
            "registered-models/set-tag" => {
                let tag = body["value"].clone();
                self.models.get_mut(&text("name")).unwrap().tags.insert(text("key"), tag);
                json!({})
            }
            "registered-models/alias" if method == "POST" => {
                self.models.get_mut(&text("name")).unwrap().aliases.insert(text("alias"), text("version"));
                json!({})
            }
            "registered-models/alias" => {
                json!({"model_version": {"version": self.models[&query["name"]].aliases[&query["alias"]]}})
            }
            "model-versions/search" => {
                let of = |name: &str| query["filter"] == format!("name='{name}'");
                let found = self.versions.iter().filter(|(name, _)| of(name)).map(|(_, version)| version);
                json!({"model_versions": found.collect::<Vec<_>>()})
            }
            "model-versions/create" => {
                let mut version = body.clone();
                version["version"] = json!((self.versions.len() + 1).to_string());
                self.versions.push((text("name"), version.clone()));
                json!({"model_version": version})
            }
            "model-versions/get" => {
                let at: usize = query["version"].parse().unwrap();
                json!({"model_version": self.versions[at - 1].1})
            }
            "model-versions/set-tag" => {
                let at: usize = text("version").parse().unwrap();
                let held = self.versions[at - 1].1["tags"].as_array_mut().unwrap();
                held.retain(|tag| tag["key"] != body["key"]);
                held.push(json!({"key": body["key"], "value": body["value"]}));
                json!({})
            }
            other => unreachable!("{other}"),
        })
    }
}

impl Run {
    fn shown(&self, id: &str) -> Value {
        let uri = format!("mlflow-artifacts:/{}/{id}/artifacts", self.experiment);
        json!({
            "info": {"run_id": id, "artifact_uri": uri, "status": self.status},
            "data": {"params": listed(&self.params), "tags": listed(&self.tags), "metrics": self.metrics},
            "inputs": {"dataset_inputs": self.datasets},
        })
    }
}

fn refusal(status: u16, code: &str) -> (u16, Vec<u8>) {
    (status, json!({"error_code": code, "message": "no"}).to_string().into_bytes())
}
