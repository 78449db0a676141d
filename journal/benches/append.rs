//! How many entries a second a log takes, and how long each takes, by the number of clients that append at a time.
//!
//! ```text
//! cargo bench -p amparo-journal --features postgres --bench append -- sqlite:/tmp/log.sqlite postgres://user@host/db
//!     --clients=1,8,32 --seconds=3 --rounds=3 --body=30000
//! ```
//! Entries of all rounds go into the logs that are named, each with a body as long as a proposal's that is packed as one is. Rounds take
//! turns, so that what else the machine does meets all logs alike; the rate told is the median of the rounds. One line of JSON for each
//! log and number of clients.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use amparo_journal::{Appended, Log, PROPOSAL, Record};

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    // `cargo bench` adds a flag of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Fault::from).and_then(|runtime| runtime.block_on(run(&args))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &[String]) -> Result<(), Fault> {
    let flag = |name: &str| args.iter().find_map(|arg| arg.strip_prefix(&format!("--{name}=")));
    let addresses: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    if addresses.is_empty() {
        return Err("expected the address of a log".into());
    }
    let clients: Vec<usize> =
        flag("clients").unwrap_or("1,8,32").split(',').map(str::parse).collect::<Result<_, _>>()?;
    let time = Duration::from_secs_f64(flag("seconds").map_or(Ok(3.0), str::parse)?);
    let rounds: usize = flag("rounds").map_or(Ok(3), str::parse)?;
    let length: usize = flag("body").map_or(Ok(30_000), str::parse)?;
    let mut logs = Vec::new();
    for address in addresses {
        let log = Log::open(address).await?;
        // A dictionary is learned before anything is measured.
        for k in 0..400 {
            log.append(record("first", k, length)).await?;
        }
        logs.push(log);
    }
    for clients in clients {
        let mut rates = vec![Vec::new(); logs.len()];
        let mut times = vec![Vec::new(); logs.len()];
        for _ in 0..rounds {
            for (place, log) in logs.iter().enumerate() {
                let taken = round(log, clients, time, length).await?;
                rates[place].push(taken.len() as f64 / time.as_secs_f64());
                times[place].extend(taken);
            }
        }
        for (place, log) in logs.iter().enumerate() {
            rates[place].sort_by(f64::total_cmp);
            times[place].sort();
            let of = |share: f64| {
                times[place][(share * (times[place].len() - 1) as f64) as usize].as_secs_f64() * 1e3
            };
            println!(
                r#"{{"log":"{}","clients":{clients},"entries_a_second":{:.0},"milliseconds":{{"p50":{:.2},"p99":{:.2}}}}}"#,
                log.place(),
                rates[place][rounds / 2],
                of(0.5),
                of(0.99)
            );
        }
    }
    for log in logs {
        log.close().await?;
    }
    Ok(())
}

/// How long each entry took of those that clients appended one after the other.
async fn round(log: &Log, clients: usize, time: Duration, length: usize) -> Result<Vec<Duration>, Fault> {
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move {
                let (mut taken, began) = (Vec::new(), Instant::now());
                while began.elapsed() < time {
                    let id = amparo_journal::tree::Salt::draw()?.0.to_string();
                    let record = record(&id, taken.len(), length);
                    let asked = Instant::now();
                    match log.append(record).await? {
                        Appended::Written(_) => taken.push(asked.elapsed()),
                        other => return Err(Fault::from(format!("found {other:?}, expected an entry"))),
                    }
                }
                Ok(taken)
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(all)
}

/// A body like a proposal's: words that are those of every other one, and numbers of its own.
fn record(id: &str, k: usize, length: usize) -> Record {
    let mut body = format!(r#"{{"request":{{"case_id":"case-{}"}},"answer":["#, k % 1000);
    let mut n = 0_usize;
    while body.len() < length {
        let (word, value) = (n * 7_368_787 % 1_000_003, ((n + 31) * (k + 7) * 7919 % 1_000_003) as f64 / 1e6);
        body.push_str(&format!(
            r#"{{"indicator":"I{n:03}","words":"the words of {word} are always the same {}","value":{value}}},"#,
            word * 13
        ));
        n += 1;
    }
    body.push_str("0]}");
    Record {
        kind: PROPOSAL,
        id: format!("{id}-{k}"),
        idempotency_key: Some(format!("key-{id}-{k}")),
        request_digest: amparo_journal::canonical::sha256(id),
        body,
    }
}
