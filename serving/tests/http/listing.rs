use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Service, form_with};

/// Twelve proposals of three cases and two units, each fourth one confirmed.
async fn filled() -> Service {
    let service = Service::start().await;
    for k in 0..12 {
        let mut form = form_with("case_id", json!(format!("c-{}", k % 3)));
        form["officer"] = json!({"id": "o", "unit": format!("u-{}", k % 2)});
        form["model"] = json!(format!("vpr@{}", 1 + k % 2));
        if k % 2 == 0 {
            form["answers"] = json!({"A": "absent", "B": "absent", "C": "absent"});
        }
        let made = service.post("/v1/assessments", &form).await;
        if k % 4 == 0 {
            let level = json!({"officer": {"id": "o"}, "level": made.json()["level"]});
            let path = format!("{}/confirmation", made.headers["location"].to_str().unwrap());
            assert_eq!(service.post(&path, &level).await.status, 201);
        }
    }
    service
}

async fn page(service: &Service, query: &str) -> (Vec<Value>, Option<String>) {
    let reply = service.get(&format!("/v1/assessments?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text);
    assert_eq!(reply.headers["cache-control"], "no-store");
    let page = reply.json();
    (page["proposals"].as_array().unwrap().clone(), page["next"].as_str().map(str::to_owned))
}

/// As a time: of two texts, the one with fewer decimals may come later in the alphabet.
fn time_of(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn time(value: &Value) -> jiff::Timestamp {
    time_of(value.as_str().unwrap())
}

#[tokio::test]
async fn proposals_are_found_by_all_that_is_asked() {
    let service = filled().await;
    let (all, next) = page(&service, "").await;
    assert_eq!((all.len(), next), (12, None));
    let (oldest, _) = page(&service, "order=oldest").await;
    assert_eq!(oldest, all.iter().rev().cloned().collect::<Vec<_>>());
    let shown =
        service.get(&format!("/v1/assessments/{}", all[0]["proposal_id"].as_str().unwrap())).await.json();
    for field in ["proposal_id", "case_id", "created_at", "model", "version", "level"] {
        assert_eq!(all[0][field], shown[field], "{field}");
    }
    let at = all[5]["created_at"].as_str().unwrap().to_owned();
    type Filter<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let asked: [(String, Filter<'_>); 9] = [
        ("case_id=c-1".to_owned(), Box::new(|p| p["case_id"] == "c-1")),
        ("unit=u-0".to_owned(), Box::new(|p| p["unit"] == "u-0")),
        ("level=high".to_owned(), Box::new(|p| p["level"] == "high")),
        ("model=vpr&version=2".to_owned(), Box::new(|p| p["version"] == 2)),
        ("confirmed=true".to_owned(), Box::new(|p| p["confirmed"] == true)),
        (
            "confirmed=false&case_id=c-2".to_owned(),
            Box::new(|p| p["confirmed"] == false && p["case_id"] == "c-2"),
        ),
        (format!("from={at}"), Box::new(|p| time(&p["created_at"]) >= time_of(&at))),
        (format!("to={at}"), Box::new(|p| time(&p["created_at"]) < time_of(&at))),
        ("model=other".to_owned(), Box::new(|_| false)),
    ];
    for (query, is_wanted) in asked {
        let expected: Vec<Value> = all.iter().filter(|p| is_wanted(p)).cloned().collect();
        assert!(query == "model=other" || !expected.is_empty() && expected.len() < 12, "{query}");
        assert_eq!(page(&service, &query).await.0, expected, "{query}");
    }
}

#[tokio::test]
async fn pages_fit_together_whatever_is_written_meanwhile() {
    let service = filled().await;
    for (order, limit) in [("newest", 1), ("newest", 5), ("oldest", 3)] {
        let (before, _) = page(&service, &format!("order={order}&limit=500")).await;
        let (mut found, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let rest = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let (proposals, next) = page(&service, &format!("order={order}&limit={limit}{rest}")).await;
            assert!(proposals.len() <= limit);
            found.extend(proposals);
            cursor = next;
            if cursor.is_none() || found.len() > 100 {
                break;
            }
            if found.len() < 12 {
                service.post("/v1/assessments", &form_with("case_id", json!("c-new"))).await;
            }
        }
        let ids: BTreeSet<&str> = found.iter().map(|p| p["proposal_id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), found.len(), "nothing comes twice");
        assert_eq!(found[..before.len()], before, "{order}");
        assert_eq!(found.len() == before.len(), order == "newest");
    }
}

#[tokio::test]
async fn a_cursor_of_another_question_is_refused_with_all_that_is_wrong() {
    let service = filled().await;
    let (_, next) = page(&service, "unit=u-0&limit=2").await;
    let next = next.unwrap();
    assert_eq!(page(&service, &format!("unit=u-0&limit=3&cursor={next}")).await.0.len(), 3);
    let other = filled().await;
    let of_other = page(&other, "unit=u-0&limit=2").await.1.unwrap();
    let changed = next.replacen('-', "0-", 1);
    for (query, fields) in [
        (format!("unit=u-1&cursor={next}"), vec!["cursor"]),
        (format!("unit=u-0&order=oldest&cursor={next}"), vec!["cursor"]),
        (format!("unit=u-0&cursor={of_other}"), vec!["cursor"]),
        (format!("unit=u-0&cursor={changed}"), vec!["cursor"]),
        ("cursor=x".to_owned(), vec!["cursor"]),
        (
            "limit=0&version=-1&from=yesterday&confirmed=yes&order=up&x=1&unit=".to_owned(),
            vec!["limit", "version", "from", "confirmed", "order", "x", "unit"],
        ),
        (
            "limit=501&limit=1&case_id=a%00&to=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z".to_owned(),
            vec!["limit", "limit", "case_id", "to"],
        ),
    ] {
        let reply = service.get(&format!("/v1/assessments?{query}")).await;
        let said: Vec<Value> =
            reply.json()["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
        assert_eq!(
            (reply.status.as_u16(), said),
            (422, fields.iter().map(|f| json!(f)).collect()),
            "{query}"
        );
    }
}
