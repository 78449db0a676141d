//! A service as a process of its own, and the least of a client.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::running::amparo;

/// Longest time that anything here waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// An `amparo serve` that answers; killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Held open, so that the service can speak.
    _out: BufReader<ChildStdout>,
    err: PathBuf,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

impl Server {
    /// Starts a service on a free port; its log stands in `dir`.
    pub fn start(registry: &Path, dir: &Path, model: &str) -> Self {
        let err = File::create(dir.join("serve.err")).unwrap();
        Self::start_with(registry, dir, model, err.into())
    }

    /// The same, its operational lines given to somebody.
    pub fn start_with(registry: &Path, dir: &Path, model: &str, stderr: Stdio) -> Self {
        let mut serve = amparo();
        serve
            .arg("serve")
            .arg("--registry")
            .arg(registry)
            .args(["--listen", "127.0.0.1:0", "--default-model", model])
            .args(["--log", &format!("sqlite:{}", dir.join("log.sqlite").display())]);
        Self::spawn(serve, dir, stderr)
    }

    /// Starts a service that a file tells everything.
    pub fn start_by(file: &Path, dir: &Path) -> Self {
        let mut serve = amparo();
        serve.arg("serve").arg("--config").arg(file);
        let err = File::create(dir.join("serve.err")).unwrap();
        Self::spawn(serve, dir, err.into())
    }

    fn spawn(mut serve: Command, dir: &Path, stderr: Stdio) -> Self {
        let err = dir.join("serve.err");
        let mut child = serve.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.strip_prefix("listening on http://").and_then(|rest| rest.split(',').next());
        let address = address.and_then(|address| address.parse().ok());
        let said = || std::fs::read_to_string(&err).unwrap_or_default();
        let address = address.unwrap_or_else(|| panic!("`{line}` says no address\n{}", said()));
        Self { child, address, _out: out, err }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").into_bytes())
    }

    pub fn post(&self, path: &str, body: &[u8]) -> Reply {
        self.send(&post(path, body))
    }

    fn send(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        reply(stream)
    }

    /// A connection that does not wait for ever.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks it to stop, as an operator would.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Asks it to read its configuration again, and waits until it has said something about it.
    pub fn hang_up(&self) -> String {
        let said = self.operational_log().len();
        self.signal("-HUP");
        let start = Instant::now();
        loop {
            let lines = self.operational_log().split_off(said);
            if let Some(line) = lines
                .lines()
                .find(|line| line.contains("configuration") || line.contains("nothing was changed"))
            {
                return line.to_owned();
            }
            assert!(start.elapsed() < PATIENCE, "it says nothing: {lines}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// What it says on standard error, if that is a pipe.
    pub fn take_stderr(&mut self) -> std::process::ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// Waits until it takes no new connection.
    pub fn wait_until_closed(&self) {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_ok() {
            assert!(start.elapsed() < Duration::from_secs(5), "a stopped service takes new connections");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end: {}", self.operational_log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it at once, without a word to it (SIGKILL).
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it has said on standard error.
    pub fn operational_log(&self) -> String {
        std::fs::read_to_string(&self.err).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails for one that has ended, which is just as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole request.
pub fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Reads an answer to its end.
pub fn reply(mut stream: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("no head in `{}`", String::from_utf8_lossy(&bytes));
    });
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
    assert!(!head.contains("transfer-encoding"), "{head}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, body: bytes[end + 4..].to_vec() }
}
