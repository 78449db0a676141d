//! Puts a service under load, and says what it bore: requests a second, and how long they took.
//!
//! ```text
//! cargo bench -p amparo-serving --bench load -- http://127.0.0.1:8080/v1/assessments bodies.jsonl
//!     --connections=8 --seconds=10 --rate=500
//! ```
//! Each connection sends one request after the other and keeps alive. With `--rate`, requests are due at fixed times, divided among
//! the connections, and the time of each counts from when it was due, not from when a connection was free: a service that
//! stands still is not measured by the few requests that it lets through. The answer is one line of JSON.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

struct Load {
    host: String,
    requests: Vec<Vec<u8>>,
    connections: usize,
    time: Duration,
    /// Time between two requests of all connections together.
    pace: Option<Duration>,
    next: AtomicUsize,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    taken: Vec<Duration>,
    /// Answers that were none of 2xx.
    refused: usize,
    bytes: usize,
}

fn main() -> ExitCode {
    // `cargo bench` adds a flag of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match load(&args).and_then(|load| run(&load)) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn load(args: &[String]) -> Result<Load, Fault> {
    let flag = |name: &str| args.iter().find_map(|arg| arg.strip_prefix(&format!("--{name}=")));
    let [url, bodies] = args.iter().filter(|arg| !arg.starts_with("--")).collect::<Vec<_>>()[..] else {
        return Err("expected an address and a file with one body a line".into());
    };
    let rest = url.strip_prefix("http://").ok_or("expected an address that begins with http://")?;
    let (host, path) = rest.split_once('/').ok_or("expected a path in the address")?;
    let text = std::fs::read_to_string(bodies)?;
    let request = |body: &str| {
        let length = body.len();
        format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    };
    let rate: Option<f64> = flag("rate").map(str::parse).transpose()?;
    Ok(Load {
        host: host.to_owned(),
        requests: text.lines().map(request).collect(),
        connections: flag("connections").map_or(Ok(1), str::parse)?,
        time: Duration::from_secs_f64(flag("seconds").map_or(Ok(5.0), str::parse)?),
        pace: rate.map(|rate| Duration::from_secs_f64(1.0 / rate)),
        next: AtomicUsize::new(0),
    })
}

fn run(load: &Load) -> Result<String, Fault> {
    let began = Instant::now();
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..load.connections).map(|_| scope.spawn(|| connection(load, began))).collect();
        let joined =
            threads.into_iter().map(|t| t.join().map_err(|_| Fault::from("a connection panicked"))?);
        joined.collect::<Result<_, _>>()
    })?;
    let seconds = began.elapsed().as_secs_f64();
    let mut taken: Vec<Duration> = seen.iter().flat_map(|seen| seen.taken.iter().copied()).collect();
    taken.sort_unstable();
    let last = taken.len().checked_sub(1).ok_or("no request was answered")?;
    let ms = |share: f64| taken[(share * last as f64).round() as usize].as_secs_f64() * 1e3;
    let (requests, refused) = (taken.len(), seen.iter().map(|seen| seen.refused).sum::<usize>());
    let (rate, bytes) =
        (requests as f64 / seconds, seen.iter().map(|seen| seen.bytes).sum::<usize>() / requests);
    let (p50, p99, most) = (ms(0.5), ms(0.99), ms(1.0));
    Ok(format!(
        r#"{{"requests":{requests},"refused":{refused},"rate":{rate:.1},"p50_ms":{p50:.3},"p99_ms":{p99:.3},"max_ms":{most:.3},"bytes":{bytes}}}"#
    ))
}

fn connection(load: &Load, began: Instant) -> Result<Seen, Fault> {
    let stream = TcpStream::connect(&load.host)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
    let mut writer = stream;
    let mut seen = Seen::default();
    loop {
        let number = load.next.fetch_add(1, Ordering::Relaxed);
        let due = match load.pace {
            Some(pace) => began + pace.mul_f64(number as f64),
            None => Instant::now(),
        };
        if due.duration_since(began) >= load.time {
            return Ok(seen);
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        writer.write_all(&load.requests[number % load.requests.len()])?;
        let (status, length) = answer(&mut reader)?;
        seen.taken.push(due.elapsed());
        seen.refused += usize::from(!(200..300).contains(&status));
        seen.bytes += length;
    }
}

/// Reads an answer to its end; gives its status and the length of its body.
fn answer(reader: &mut BufReader<TcpStream>) -> Result<(u16, usize), Fault> {
    let mut line = String::new();
    let mut status = None;
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err("the connection was closed".into());
        }
        let head = line.trim_end();
        if status.is_none() {
            status = Some(head.split(' ').nth(1).ok_or("no status")?.parse()?);
        } else if head.is_empty() {
            break;
        } else if let Some((name, value)) = head.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    std::io::copy(&mut reader.by_ref().take(length as u64), &mut std::io::sink())?;
    Ok((status.ok_or("no status")?, length))
}
