//! Sends a stream of forms to `POST /v1/assessments:batch`, and says how many lines were answered a second.
//!
//! ```text
//! cargo bench -p amparo-serving --bench batch -- http://127.0.0.1:8080 bodies.jsonl --rows=100000 --process=PID
//! ```
//! ```text
//! cargo bench -p amparo-serving --bench batch -- --serve=REGISTRY --log=FILE --listen=127.0.0.1:8080
//! ```
//! is a service to be measured so, built with no more than it needs. The forms of the file are sent again and again, while answers are read. With `--process`, the processor time that the service took is said for each row,
//! too: what it took does not depend on what else the machine does. The answer is one line of JSON.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::Instant;

use amparo_serving::{AccessConfig, Config, Limits};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Ticks of the processor's time in a second, as Linux counts for everybody.
const TICKS: f64 = 100.0;

fn main() -> ExitCode {
    // `cargo bench` adds a flag of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let flag = |name: &str| args.iter().find_map(|arg| arg.strip_prefix(&format!("--{name}=")));
    let done = match flag("serve") {
        Some(registry) => {
            serve(registry, flag("log").unwrap_or("batch.sqlite"), flag("listen").unwrap_or("127.0.0.1:8080"))
        }
        None => run(&args),
    };
    match done {
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

fn run(args: &[String]) -> Result<String, Fault> {
    let flag = |name: &str| args.iter().find_map(|arg| arg.strip_prefix(&format!("--{name}=")));
    let [url, bodies] = args.iter().filter(|arg| !arg.starts_with("--")).collect::<Vec<_>>()[..] else {
        return Err("expected an address and a file with one form a line".into());
    };
    let host = url.strip_prefix("http://").ok_or("expected an address that begins with http://")?;
    let rows: usize = flag("rows").map_or(Ok(20_000), str::parse)?;
    let process: Option<u32> = flag("process").map(str::parse).transpose()?;
    let forms: Vec<String> = std::fs::read_to_string(bodies)?.lines().map(str::to_owned).collect();
    if forms.is_empty() {
        return Err("expected a file with a form at least".into());
    }
    let before = process.map(processor_time).transpose()?;
    let begun = Instant::now();
    let stream = TcpStream::connect(host)?;
    let writing = stream.try_clone()?;
    let head = format!(
        "POST /v1/assessments:batch HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-ndjson\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    let writer = std::thread::spawn(move || write(writing, &head, &forms, rows));
    let (answered, refused, bytes) = read(stream)?;
    writer.join().map_err(|_| "writing panicked")??;
    let seconds = begun.elapsed().as_secs_f64();
    let after = process.map(processor_time).transpose()?;
    let a_row = before.zip(after).map(|(before, after)| (after - before) * 1e6 / answered as f64);
    let a_row = a_row.map_or(String::new(), |a_row| format!(r#","processor_microseconds_a_row":{a_row:.1}"#));
    Ok(format!(
        r#"{{"rows":{answered},"refused":{refused},"seconds":{seconds:.3},"rows_per_second":{:.0},"bytes_a_row":{:.0}{a_row}}}"#,
        answered as f64 / seconds,
        bytes as f64 / answered as f64,
    ))
}

fn serve(registry: &str, log: &str, listen: &str) -> Result<String, Fault> {
    let config = Config {
        registry: registry.into(),
        listen: listen.parse()?,
        health_listen: None,
        log: log.to_owned(),
        default_model: Some("vpr@champion".parse()?),
        challenger: None,
        shadow: None,
        case_numbers: Vec::new(),
        own_view_first: false,
        unlogged_models: Vec::new(),
        gate_keys: Vec::new(),
        access: AccessConfig::default(),
        tls: None,
        assessment_threads: Config::cores(),
        assessment_queue: Config::QUEUE,
        loaded_versions: Config::LOADED,
        connections: Limits::default(),
        otlp: None,
        grace: Config::GRACE,
    };
    let again = config.clone();
    let serving = amparo_serving::serve(config, |_| {}, Box::new(move || Ok(again.clone())));
    tokio::runtime::Runtime::new()?.block_on(serving)?;
    Ok("stopped".to_owned())
}

fn write(stream: TcpStream, head: &str, forms: &[String], rows: usize) -> Result<(), Fault> {
    let mut out = BufWriter::with_capacity(256 * 1024, stream);
    out.write_all(head.as_bytes())?;
    for form in forms.iter().cycle().take(rows) {
        write!(out, "{:x}\r\n{form}\n\r\n", form.len() + 1)?;
    }
    out.write_all(b"0\r\n\r\n")?;
    Ok(out.flush()?)
}

/// Lines that were answered, those that were refused, and bytes.
fn read(stream: TcpStream) -> Result<(usize, usize, usize), Fault> {
    let mut answer = BufReader::with_capacity(256 * 1024, stream);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(format!("found `{}`, expected 200", line.trim_end()).into());
    }
    while line != "\r\n" {
        line.clear();
        answer.read_line(&mut line)?;
    }
    let (mut answered, mut refused, mut bytes) = (0, 0, 0);
    let (mut part, mut begins) = (Vec::new(), true);
    loop {
        line.clear();
        answer.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim_end(), 16)?;
        part.resize(length + 2, 0);
        answer.read_exact(&mut part)?;
        if length == 0 {
            return Ok((answered, refused, bytes));
        }
        bytes += length;
        for piece in part[..length].split_inclusive(|byte| *byte == b'\n') {
            refused += usize::from(begins && piece.starts_with(b"{\"line\""));
            begins = piece.ends_with(b"\n");
            answered += usize::from(begins);
        }
    }
}

/// Seconds that a process has had of the processors.
fn processor_time(process: u32) -> Result<f64, Fault> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Behind the name, which may hold anything: fields 14 and 15.
    let (_, rest) = stat.rsplit_once(") ").ok_or("expected the state of a process")?;
    let ticks: Vec<f64> = rest.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS)
}
