//! A client of the service: assesses the form in a file, and shows the proposal again by its id.
//!
//! ```text
//! cargo run -p amparo-serving --example client -- http://127.0.0.1:8080 amparo-quickstart/case.json
//! ```
#![expect(clippy::print_stdout, reason = "a program")]

mod types;

use types::{AssessmentRequest, Proposal};
use ureq::Agent;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [service, file] = &args[..] else {
        return Err("expected the address of the service and a file with a form".into());
    };
    let request: AssessmentRequest = serde_json::from_slice(&std::fs::read(file)?)?;
    // An error of the service is an answer, which says what was wrong.
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    // The same key with the same form is answered with the same proposal, however often it is sent.
    let mut made = agent
        .post(format!("{service}/v1/assessments"))
        .content_type("application/json")
        .header("idempotency-key", format!("example-{}", std::process::id()))
        .send(serde_json::to_vec(&request)?)?;
    let text = made.body_mut().read_to_string()?;
    if !made.status().is_success() {
        return Err(format!("the service answered {}: {text}", made.status()).into());
    }
    let proposal: Proposal = serde_json::from_str(&text)?;
    let path = format!("{service}/v1/assessments/{}", proposal.proposal_id);
    let shown = agent.get(path).call()?.body_mut().read_to_string()?;
    if shown != text {
        return Err("the proposal is shown with other bytes than it was answered with".into());
    }
    println!("{}", serde_json::to_string(&proposal)?);
    Ok(())
}
