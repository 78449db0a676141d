//! Configs from before the candidates were a list.
//!
//! They had one section for each of three models, `[points]`, `[logistic]` and `[boosted]`, and hybrids of the points with one
//! of the other two. They are not read any more; whoever has one is shown how it is written now.

use toml::{Table, Value};

/// The sections that held a model, in the order in which the models were published.
const MODELS: [&str; 3] = ["points", "logistic", "boosted"];

/// The sections of such a config as they are written now; `None` if the config has none of them.
pub(super) fn sections(config: &Table) -> Option<String> {
    let models: Vec<String> = MODELS.iter().filter_map(|name| candidate(name, config.get(*name)?)).collect();
    if models.is_empty() {
        return None;
    }
    let hybrids = config.get("hybrid").and_then(Value::as_array).into_iter().flatten();
    let hybrids = hybrids.filter_map(Value::as_table).map(hybrid);
    Some(models.into_iter().chain(hybrids).collect::<Vec<_>>().join("\n"))
}

fn candidate(name: &str, section: &Value) -> Option<String> {
    let parameters = lines(section.as_table()?);
    Some(format!("[[candidate]]\nname = \"{name}\"\nfamily = \"{name}\"\n{parameters}"))
}

/// All hybrids were of the points.
fn hybrid(section: &Table) -> String {
    let baseline = if section.contains_key("baseline") { "" } else { "baseline = \"points\"\n" };
    format!("[[hybrid]]\n{baseline}{}", lines(section))
}

fn lines(section: &Table) -> String {
    section.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
}
