use std::collections::BTreeSet;

use amparo_journal::{Listed, Page, Search, Summary};
use axum::Json;
use axum::extract::{Query, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::asking::unavailable;
use super::cursor;
use crate::access::Asker;
use crate::api_error::{ApiError, Detail, ErrorBody};
use crate::reads::{self, Read};
use crate::{App, rfc3339};

/// Most proposals on a page.
const MOST: u32 = 500;

/// Proposals on a page of which no length is asked.
const USUAL: u32 = 50;

/// Largest number of a version that is looked for, as the document has it.
const LARGEST: u32 = i32::MAX.unsigned_abs();

/// Longest text that proposals are found by, in characters.
const LONGEST: usize = 128;

/// A page of proposals.
#[derive(Serialize, ToSchema)]
pub(crate) struct Proposals {
    /// Each of them in short.
    proposals: Vec<ListedProposal>,
    /// Where the next page begins; null if nothing follows now. It holds for the same question only.
    next: Option<String>,
}

/// A proposal in short.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListedProposal {
    /// Its id.
    proposal_id: String,
    /// Its place in the log.
    log_sequence: i64,
    /// Its case.
    case_id: String,
    /// When it was made, RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Timestamp>,
    /// The model that answered.
    model: Option<String>,
    /// The exact version of it.
    version: Option<u32>,
    /// The proposed level; null while it is withheld.
    level: Option<String>,
    /// Pseudonym of the officer's unit; null if the platform did not say it.
    unit: Option<String>,
    /// The institution that asked for it; null where nothing is known of the caller's.
    institution: Option<String>,
    /// Whether an officer has confirmed it.
    confirmed: bool,
    /// Whether it is withheld until the officer's own level is recorded.
    withheld: bool,
    /// The proposal that this one replaces, because its form was filled in wrongly; null if none.
    replaces: Option<String>,
    /// The proposal that counts in the place of this one; null if none.
    replaced_by: Option<String>,
}

/// List proposals.
///
/// Those of the caller's institution, in short, page by page. Pages fit together whatever is written meanwhile: nothing is left out and nothing comes twice.
/// With `order=newest`, what is made after the first page was read is not on the pages after it. Erased proposals are not listed.
#[utoipa::path(
    get,
    path = "/v1/assessments",
    operation_id = "listAssessments",
    tag = "assessments",
    params(
        ("case_id" = Option<String>, Query, min_length = 1, max_length = 128, description = "of this case"),
        ("from" = Option<String>, Query, format = DateTime, description = "made at this time or later, RFC 3339"),
        ("to" = Option<String>, Query, format = DateTime, description = "made before this time, RFC 3339"),
        ("level" = Option<String>, Query, min_length = 1, max_length = 128, description = "of this proposed level; a proposal that is withheld is not found by it"),
        ("model" = Option<String>, Query, min_length = 1, max_length = 128, description = "answered by this model: `vpr`"),
        ("version" = Option<u32>, Query, minimum = 1, maximum = 2147483647, description = "answered by a version of this number"),
        ("unit" = Option<String>, Query, min_length = 1, max_length = 128, description = "of an officer of this unit"),
        ("confirmed" = Option<bool>, Query, description = "confirmed by an officer, or not"),
        ("order" = Option<String>, Query, pattern = "^(newest|oldest)$", description = "which come first. Default: `newest`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "most proposals on the page. Default: 50"),
        ("cursor" = Option<String>, Query, min_length = 1, max_length = 200, description = "`next` of the page before, with the same question otherwise; `limit` may differ"),
    ),
    responses(
        (status = 200, description = "one page", body = Proposals),
        (status = 422, description = "`invalid_request`: each parameter that is wrong is named in `details`", body = ErrorBody),
        (status = 503, description = "`log_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Asker(caller): Asker,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<Proposals>, ApiError> {
    let mut asked = Asked::of(query.0);
    asked.search.institution = caller.sees_only();
    asked.search.without_withheld_levels = !caller.sees_withheld();
    let question = cursor::Question::of(&app, &asked.search, asked.newest_first).await?;
    let after = match &asked.cursor {
        None => None,
        Some(cursor) => {
            let after = question.place(cursor);
            if after.is_none() {
                let message = "cursor is none of this question, expected `next` of a page of the same one";
                asked.details.push(Detail::new("cursor", message));
            }
            after
        }
    };
    if !asked.details.is_empty() {
        return Err(ApiError::Invalid { details: asked.details });
    }
    // One more shows whether something follows.
    let page = Page { after, newest_first: asked.newest_first, limit: asked.limit + 1 };
    let mut found = app.log().list(&asked.search, page).await.map_err(unavailable)?;
    let follows = found.len() > asked.limit as usize;
    found.truncate(asked.limit as usize);
    let next = found.last().filter(|_| follows).map(|last| question.cursor(last.sequence));
    let shows_withheld = caller.sees_withheld();
    if !found.is_empty() {
        let told: Vec<String> = found.iter().map(|listed| listed.proposal_id.clone()).collect();
        let (case_id, query) = (asked.search.case_id.as_deref(), asked.told());
        reads::logged(&app, &caller, Read::Found { query: &query, case_id, told: &told }).await?;
    }
    let proposals = found.into_iter().map(|listed| ListedProposal::of(listed, shows_withheld)).collect();
    Ok(Json(Proposals { proposals, next }))
}

impl ListedProposal {
    fn of(listed: Listed, shows_withheld: bool) -> Self {
        let withheld = listed.is_withheld();
        let Summary { created_at, level, model, version, unit, institution, replaces, .. } = listed.summary;
        Self {
            proposal_id: listed.proposal_id,
            log_sequence: listed.sequence,
            case_id: listed.case_id.unwrap_or_default(),
            created_at: created_at.and_then(|at| Timestamp::from_millisecond(at).ok()),
            model,
            version,
            level: level.filter(|_| !withheld || shows_withheld),
            unit,
            institution,
            confirmed: listed.confirmation.is_some(),
            withheld,
            replaces,
            replaced_by: listed.replaced_by,
        }
    }
}

/// What the query asks, and all that is wrong with it.
struct Asked {
    search: Search,
    newest_first: bool,
    limit: u32,
    cursor: Option<String>,
    details: Vec<Detail>,
}

impl Asked {
    fn of(query: Vec<(String, String)>) -> Self {
        let mut asked = Self {
            search: Search::default(),
            newest_first: true,
            limit: USUAL,
            cursor: None,
            details: Vec::new(),
        };
        let mut given = BTreeSet::new();
        for (name, value) in query {
            let said = asked.read(&name, value);
            let twice = !given.insert(name.clone());
            let problem = said.err().or(twice.then(|| format!("parameter `{name}` is given twice")));
            asked.details.extend(problem.map(|problem| Detail::new(name, problem)));
        }
        if let (Some(from), Some(to)) = (asked.search.from, asked.search.to)
            && from >= to
        {
            asked.details.push(Detail::new("to", "to is not after from, expected a later time"));
        }
        asked
    }

    /// What was asked, as it is logged with what was told; without the case, which is told apart.
    fn told(&self) -> serde_json::Value {
        let Search { from, to, level, model, version, unit, confirmed, .. } = &self.search;
        let order = if self.newest_first { "newest" } else { "oldest" };
        serde_json::json!({
            "from": from, "to": to, "level": level, "model": model, "version": version, "unit": unit,
            "confirmed": confirmed, "order": order, "limit": self.limit,
        })
    }

    /// Takes over a parameter.
    fn read(&mut self, name: &str, value: String) -> Result<(), String> {
        let search = &mut self.search;
        match name {
            "case_id" => search.case_id = Some(text(name, value)?),
            "level" => search.level = Some(text(name, value)?),
            "model" => search.model = Some(text(name, value)?),
            "unit" => search.unit = Some(text(name, value)?),
            "cursor" => self.cursor = Some(text("cursor", value)?),
            "from" => search.from = Some(milliseconds(name, &value)?),
            "to" => search.to = Some(milliseconds(name, &value)?),
            "version" => search.version = Some(number(name, &value, LARGEST)?),
            "limit" => self.limit = number(name, &value, MOST)?,
            "confirmed" => {
                search.confirmed = Some(match value.as_str() {
                    "true" => true,
                    "false" => false,
                    _ => return Err(format!("{name} is {}, expected `true` or `false`", shown(&value))),
                });
            }
            "order" => {
                self.newest_first = match value.as_str() {
                    "newest" => true,
                    "oldest" => false,
                    _ => return Err(format!("{name} is {}, expected `newest` or `oldest`", shown(&value))),
                };
            }
            _ => {
                return Err(format!(
                    "parameter `{name}` is unknown, expected one of `case_id`, `from`, `to`, `level`, `model`, `version`, `unit`, `confirmed`, `order`, `limit`, `cursor`"
                ));
            }
        }
        Ok(())
    }
}

/// A text that proposals may be found by. It is not repeated: it may be the id of a case.
fn text(name: &str, value: String) -> Result<String, String> {
    let longest = if name == "cursor" { 200 } else { LONGEST };
    let length = value.chars().count();
    if !(1..=longest).contains(&length) {
        return Err(format!("{name} has {length} characters, expected 1 to {longest}"));
    }
    if value.chars().any(char::is_control) {
        return Err(format!("{name} has a control character, expected none"));
    }
    Ok(value)
}

/// A time as milliseconds, the next one if it lies between two: what is made then is found, and nothing before.
fn milliseconds(name: &str, value: &str) -> Result<i64, String> {
    let wrong = || format!("{name} is no RFC 3339 time, expected one like `2025-03-01T09:30:00Z`");
    let at = rfc3339::timestamp(value).ok_or_else(wrong)?;
    let whole = at.as_millisecond();
    Ok(whole + i64::from(Timestamp::from_millisecond(whole).is_ok_and(|below| below < at)))
}

fn number(name: &str, value: &str, most: u32) -> Result<u32, String> {
    let wrong = || format!("{name} is {}, expected a whole number from 1 to {most}", shown(value));
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|number| digits && (1..=most).contains(number)).ok_or_else(wrong)
}

fn shown(value: &str) -> String {
    if value.is_empty() { "empty".to_owned() } else { format!("`{value}`") }
}
