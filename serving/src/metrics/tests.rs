#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_models::Registry;
use amparo_models::registry::Memory;
use amparo_models::testing::small::draft;
use prometheus_client::encoding::prometheus_text;

use super::unknowns::STEP;
use super::*;

fn version() -> Version {
    let registry = Registry::on(Memory::default());
    registry.publish(&draft("vpr", -3.0)).unwrap();
    registry.load(&"vpr@1".parse().unwrap()).unwrap()
}

fn text(metrics: &Metrics) -> String {
    let mut text = String::new();
    prometheus_text::encode(&mut text, &metrics.0.registry).unwrap();
    text
}

#[test]
fn unknown_answers_are_told_when_many_forms_stand_behind_them() {
    let (metrics, version) = (Metrics::new(), version());
    let codes: Vec<u8> = version.instrument().indicators().iter().map(|i| i.unknown()).collect();
    let known = [0; 3];
    for _ in 1..STEP {
        metrics.proposed(&version, "high", &codes);
    }
    assert!(!text(&metrics).contains("indicator="), "a single form could be read off");
    metrics.proposed(&version, "high", &known);
    let told = text(&metrics);
    for indicator in ["A", "B", "C"] {
        let line = format!(
            r#"amparo_unknown_answers_total{{instrument="small",indicator="{indicator}"}} {}"#,
            STEP - 1
        );
        assert!(told.contains(&format!("{line}\n")), "{told}");
    }
    assert!(told.contains(&format!("amparo_forms_total{{instrument=\"small\"}} {STEP}\n")), "{told}");
    // What comes then is gathered anew.
    metrics.proposed(&version, "high", &codes);
    assert!(text(&metrics).contains(&format!("amparo_forms_total{{instrument=\"small\"}} {STEP}\n")));
}

#[test]
fn a_registry_with_many_versions_does_not_make_many_series() {
    let metrics = Metrics::new();
    for number in 1..=VERSIONS as u32 {
        assert!(metrics.tells_apart("vpr", number));
    }
    assert!(
        metrics.tells_apart("vpr", 1)
            && !metrics.tells_apart("vpr", 1000)
            && !metrics.tells_apart("other", 1)
    );
}

#[test]
fn a_request_is_counted_once_in_each_family() {
    let metrics = Metrics::new();
    let route: Arc<str> = "/v1/assessments".into();
    metrics.answered("POST", &route, 201, None, Duration::from_millis(3));
    metrics.answered("POST", &route, 422, Some("invalid_request"), Duration::from_millis(300));
    let told = text(&metrics);
    for line in [
        r#"amparo_http_requests_total{method="POST",route="/v1/assessments",status="201"} 1"#,
        r#"amparo_http_requests_total{method="POST",route="/v1/assessments",status="422"} 1"#,
        r#"amparo_http_request_duration_seconds_count{method="POST",route="/v1/assessments"} 2"#,
        r#"amparo_http_request_duration_seconds_bucket{method="POST",route="/v1/assessments",le="0.0025"} 0"#,
        r#"amparo_http_request_duration_seconds_bucket{method="POST",route="/v1/assessments",le="0.005"} 1"#,
        r#"amparo_http_request_duration_seconds_bucket{method="POST",route="/v1/assessments",le="+Inf"} 2"#,
        r#"amparo_refusals_total{code="invalid_request"} 1"#,
    ] {
        assert!(told.contains(&format!("{line}\n")), "{line}: {told}");
    }
}
