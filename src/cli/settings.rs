//! What the service is told: by flags and the environment, and by a file, which can be read again while it runs.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use amparo_datasets::identity::CaseNumber;
use amparo_journal::VerifierKey;
use amparo_models::registry::ModelRef;
use amparo_serving::{AccessConfig, Challenger, Collector, Config, Limits, Rate, Share};
use clap::Args;
use serde::Deserialize;

use super::secured::TlsSettings;
use super::tokens::TokenSettings;
use crate::failure::Failure;

/// The settings, each of which may be missing. The flags are described to whoever types them, the file is of the same names.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: Option<PathBuf>,
    /// Address to listen on. Default: `127.0.0.1:8080`.
    #[arg(long, env = "AMPARO_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Second address, for health checks only, answered by a thread of its own: in time, however many requests wait. Default: none.
    #[arg(long, env = "AMPARO_HEALTH_LISTEN")]
    pub health_listen: Option<SocketAddr>,
    /// Log of proposals: a SQLite file, or `postgres://user@host/database` for several services on one log, in a build with the feature `postgres`;
    /// created if it does not exist. Keep it: audits replay it. Default: `sqlite:amparo-log.sqlite`.
    #[arg(long, env = "AMPARO_LOG", hide_env_values = true)]
    pub log: Option<String>,
    /// Public key of an owner of gates whom you trust (its text, `name+id+base64`): `champion` counts only where one of these keys has bound the
    /// gates that the version passed; see `amparo models bind`. Repeat the flag for several; in the environment, separate them by commas.
    #[arg(long = "gate-key", value_delimiter = ',', value_name = "KEY", env = "AMPARO_GATE_KEYS", value_parser = VerifierKey::parse)]
    #[serde(deserialize_with = "keys")]
    pub gate_keys: Vec<VerifierKey>,
    /// Version that answers requests which name none, for example `vpr@champion`. Without it, every request must name one.
    #[arg(long, env = "AMPARO_DEFAULT_MODEL")]
    #[serde(deserialize_with = "parsed")]
    pub default_model: Option<ModelRef>,
    /// Version that answers a share of the cases for which requests name no version, for example `vpr@challenger`. Which cases is decided by a hash of
    /// the case id and `--challenger-salt`, and stands in each proposal. Default: none.
    #[arg(long, env = "AMPARO_CHALLENGER")]
    #[serde(deserialize_with = "parsed")]
    pub challenger: Option<ModelRef>,
    /// Share of the cases that the challenger answers: 0 to 1, with at most four decimals.
    #[arg(long, value_name = "SHARE", env = "AMPARO_CHALLENGER_SHARE")]
    #[serde(deserialize_with = "share")]
    pub challenger_share: Option<Share>,
    /// Text that is hashed before the case id. Another one is another draw of the cases; it stands in each proposal.
    #[arg(long, value_name = "TEXT", env = "AMPARO_CHALLENGER_SALT")]
    pub challenger_salt: Option<String>,
    /// Version that scores what the default version answered, afterwards, and is never served, for example `vpr@shadow`. Default: none.
    #[arg(long, env = "AMPARO_SHADOW")]
    #[serde(deserialize_with = "parsed")]
    pub shadow: Option<ModelRef>,
    /// How case numbers are written, so that none is taken for a document of identity: `#` is a digit, `@` a letter, everything else stands for
    /// itself. Give it once for each way, for example `--case-number '####-####-@'`; in the environment, separate them by commas.
    #[arg(long = "case-number", value_delimiter = ',', env = "AMPARO_CASE_NUMBERS")]
    #[serde(deserialize_with = "all_parsed")]
    pub case_numbers: Vec<CaseNumber>,
    /// Demand the officer's own level before any proposal is shown: a request without it is answered with a ticket. Default: false, where each request says so.
    #[arg(long, env = "AMPARO_OWN_VIEW_FIRST", num_args = 0..=1, default_missing_value = "true")]
    pub own_view_first: Option<bool>,
    /// File of API keys, as `amparo access issue` writes it. Without it, nothing says who may ask, and the service listens on this machine only. Default:
    /// none.
    #[arg(long, value_name = "FILE", env = "AMPARO_ACCESS_KEYS")]
    pub access_keys: Option<PathBuf>,
    /// Requests a minute that each caller may send; one more is refused with 429 `too_many_requests`. Default: as many as it wants.
    #[arg(long, value_name = "REQUESTS", env = "AMPARO_RATE_LIMIT")]
    pub rate_limit: Option<NonZeroU32>,
    /// Requests that a caller may send at once, within `rate_limit`. Default: as many as in a minute.
    #[arg(long, value_name = "REQUESTS", env = "AMPARO_RATE_BURST")]
    pub rate_burst: Option<NonZeroU32>,
    #[command(flatten)]
    #[serde(flatten)]
    pub tls: TlsSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub tokens: TokenSettings,
    /// Version that the Open Inference Protocol (`/v2`) may ask for without a log, for tests: `vpr@shadow`. Only by this very name, and neither the
    /// default model nor a `champion`. Give it once for each; in the environment, separate them by commas.
    #[arg(long = "unlogged-model", value_delimiter = ',', env = "AMPARO_UNLOGGED_MODELS")]
    #[serde(deserialize_with = "all_parsed")]
    pub unlogged_models: Vec<ModelRef>,
    /// Number of assessments that are computed at the same time. Default: the number of available cores.
    #[arg(long, env = "AMPARO_ASSESSMENT_THREADS")]
    pub assessment_threads: Option<NonZeroUsize>,
    /// Number of requests that may wait, for their turn or for the log. When as many wait, the next one is refused with 503 `busy`. Default: 128.
    #[arg(long, env = "AMPARO_ASSESSMENT_QUEUE")]
    pub assessment_queue: Option<usize>,
    /// Number of versions that are kept in memory. The one that was asked for longest ago makes room for another; those that aliases lead to
    /// stay longest. Default: 8.
    #[arg(long, env = "AMPARO_LOADED_VERSIONS")]
    pub loaded_versions: Option<NonZeroUsize>,
    /// Number of connections that are open at most. When one more comes, the one that has been idle longest is closed. Default: 8192.
    #[arg(long, env = "AMPARO_CONNECTIONS")]
    pub connections: Option<NonZeroUsize>,
    /// Seconds after which a connection without a request is closed: more than your gateway keeps one. Default: 75.
    #[arg(long, value_name = "SECONDS", env = "AMPARO_IDLE_TIME")]
    pub idle_time: Option<NonZeroUsize>,
    /// Collector of traces (OpenTelemetry, OTLP over HTTP), for example `http://127.0.0.1:4318`. Default: none, and nothing is traced.
    #[arg(long, value_name = "URL", env = "AMPARO_OTLP")]
    #[serde(deserialize_with = "parsed")]
    pub otlp: Option<Collector>,
}

impl Settings {
    /// The settings of a file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
        toml::from_str(&text)
            .map_err(|e| Failure::Usage(format!("`{}` is no configuration: {e}", path.display())))
    }

    /// These, and those of a file where these say nothing.
    pub fn over(self, file: Self) -> Self {
        Self {
            registry: self.registry.or(file.registry),
            listen: self.listen.or(file.listen),
            health_listen: self.health_listen.or(file.health_listen),
            log: self.log.or(file.log),
            default_model: self.default_model.or(file.default_model),
            gate_keys: if self.gate_keys.is_empty() { file.gate_keys } else { self.gate_keys },
            challenger: self.challenger.or(file.challenger),
            challenger_share: self.challenger_share.or(file.challenger_share),
            challenger_salt: self.challenger_salt.or(file.challenger_salt),
            shadow: self.shadow.or(file.shadow),
            case_numbers: if self.case_numbers.is_empty() { file.case_numbers } else { self.case_numbers },
            own_view_first: self.own_view_first.or(file.own_view_first),
            access_keys: self.access_keys.or(file.access_keys),
            rate_limit: self.rate_limit.or(file.rate_limit),
            rate_burst: self.rate_burst.or(file.rate_burst),
            tls: self.tls.over(file.tls),
            tokens: self.tokens.over(file.tokens),
            unlogged_models: if self.unlogged_models.is_empty() {
                file.unlogged_models
            } else {
                self.unlogged_models
            },
            assessment_threads: self.assessment_threads.or(file.assessment_threads),
            assessment_queue: self.assessment_queue.or(file.assessment_queue),
            loaded_versions: self.loaded_versions.or(file.loaded_versions),
            connections: self.connections.or(file.connections),
            idle_time: self.idle_time.or(file.idle_time),
            otlp: self.otlp.or(file.otlp),
        }
    }

    /// The configuration, with the usual value for what nobody said; only the registry has none. All that contradicts itself is told at once.
    pub fn config(self) -> Result<Config, Failure> {
        let usual = Limits::default();
        let mut problems = Vec::new();
        let rate = self
            .rate_limit
            .map(|per_minute| Rate { per_minute, burst: self.rate_burst.unwrap_or(per_minute) });
        if self.rate_burst.is_some() && rate.is_none() {
            problems.push("`rate_burst` is set without `rate_limit`, within which it holds".to_owned());
        }
        if self.registry.is_none() {
            problems.push(
                "`registry` is missing: give it by `--registry`, by `AMPARO_REGISTRY` or in the file of `--config`".to_owned(),
            );
        }
        let challenger = self.challenger().unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        if self.shadow.is_some() && self.default_model.is_none() {
            problems.push(
                "`shadow` is given without `default_model`, the version that it stands beside".to_owned(),
            );
        }
        let (tls, clients) = self.tls.files(&mut problems);
        let provider = self.tokens.provider(&mut problems);
        let Some(registry) = self.registry.filter(|_| problems.is_empty()) else {
            return Err(Failure::Usage(problems.join("\n")));
        };
        Ok(Config {
            challenger,
            shadow: self.shadow,
            registry,
            listen: self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            health_listen: self.health_listen,
            log: self.log.unwrap_or_else(|| "sqlite:amparo-log.sqlite".to_owned()),
            gate_keys: self.gate_keys,
            default_model: self.default_model,
            case_numbers: self.case_numbers,
            access: AccessConfig { keys: self.access_keys, provider, clients, rate },
            tls,
            own_view_first: self.own_view_first.unwrap_or(false),
            unlogged_models: self.unlogged_models,
            assessment_threads: self.assessment_threads.unwrap_or_else(Config::cores),
            assessment_queue: self.assessment_queue.unwrap_or(Config::QUEUE),
            loaded_versions: self.loaded_versions.unwrap_or(Config::LOADED),
            connections: Limits {
                most: self.connections.unwrap_or(usual.most),
                idle: self.idle_time.map_or(usual.idle, |s| Duration::from_secs(s.get() as u64)),
                ..usual
            },
            otlp: self.otlp,
            grace: Config::GRACE,
        })
    }
}

impl Settings {
    /// The challenger, if there is one: all that says what it answers, and the version that answers the rest.
    fn challenger(&self) -> Result<Option<Challenger>, String> {
        let parts = (&self.challenger, self.challenger_share, &self.challenger_salt);
        let said = [
            ("challenger", parts.0.is_some()),
            ("challenger_share", parts.1.is_some()),
            ("challenger_salt", parts.2.is_some()),
        ];
        let (Some(version), Some(share), Some(salt)) = parts else {
            let missing: Vec<String> =
                said.iter().filter(|(_, is_said)| !is_said).map(|(name, _)| format!("`{name}`")).collect();
            return if missing.len() == said.len() {
                Ok(None)
            } else {
                Err(format!(
                    "{} is missing: `challenger`, `challenger_share` and `challenger_salt` are given together",
                    missing.join(" and ")
                ))
            };
        };
        if self.default_model.is_none() {
            return Err(
                "`challenger` is given without `default_model`, the version that answers the other cases"
                    .to_owned(),
            );
        }
        Challenger::new(version.clone(), share, salt).map(Some)
    }
}

/// A share of the file.
fn share<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Share>, D::Error> {
    let share = f64::deserialize(deserializer)?;
    Share::new(share).map(Some).map_err(serde::de::Error::custom)
}

/// A text of the file, read as a flag is.
pub(super) fn parsed<'de, D: serde::Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// Texts of the file, each read as a flag is.
pub(super) fn all_parsed<'de, D: serde::Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}

/// Public keys.
fn keys<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<VerifierKey>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| VerifierKey::parse(text).map_err(serde::de::Error::custom)).collect()
}

#[cfg(test)]
mod tests;
