//! What verification finds in a database that somebody changed who may do everything.

use super::*;
use crate::tree::{Hash, Leaf, Node, Salt};

async fn tamper(place: &Place, sql: &str) {
    let (mut disable, mut enable) = (String::new(), String::new());
    for trigger in ["changed", "emptied"] {
        let trigger = format!("TRIGGER amparo_log_entries_are_not_{trigger};");
        disable.push_str(&format!("ALTER TABLE amparo_log_entries DISABLE {trigger}"));
        enable.push_str(&format!("ALTER TABLE amparo_log_entries ENABLE ALWAYS {trigger}"));
    }
    place.execute(&format!("{disable} {sql}; {enable}")).await;
}

#[tokio::test]
async fn each_kind_of_tampering_is_found_where_it_is() {
    for (sql, sequence) in [
        ("UPDATE amparo_log_entries SET body = 'other', dictionary = NULL WHERE sequence = 3", 3),
        ("UPDATE amparo_log_entries SET id = 'other' WHERE sequence = 4", 4),
        ("UPDATE amparo_log_entries SET idempotency_key = 'k' WHERE sequence = 2", 2),
        ("UPDATE amparo_log_entries SET request_digest = 'e' WHERE sequence = 1", 1),
        ("UPDATE amparo_log_entries SET kind = 'confirmation' WHERE sequence = 5", 5),
        ("UPDATE amparo_log_entries SET case_id = 'c' WHERE sequence = 2", 2),
        ("DELETE FROM amparo_log_entries WHERE sequence = 2", 2),
        ("DELETE FROM amparo_log_entries WHERE sequence = 1", 1),
        (
            "INSERT INTO amparo_log_entries SELECT -7, kind, 'x', NULL, '', NULL, '', '', NULL, previous, hash FROM amparo_log_entries LIMIT 1",
            1,
        ),
        ("UPDATE amparo_log_entries SET salt = NULL WHERE sequence = 3", 3),
        ("UPDATE amparo_log_entries SET salt = decode(repeat('00', 32), 'hex') WHERE sequence = 2", 2),
        ("UPDATE amparo_log_entries SET tree = '' WHERE sequence = 5", 5),
        ("UPDATE amparo_log_entries SET tree = substr(tree, 1, 32) WHERE sequence = 2", 2),
        ("UPDATE amparo_log_entries SET tree = '' WHERE sequence = 1", 1),
        ("UPDATE amparo_log_entries SET body = '\\xff', dictionary = NULL WHERE sequence = 3", 3),
        ("UPDATE amparo_log_entries SET dictionary = 1000009 WHERE sequence = 3", 3),
    ] {
        let (place, log) = filled(5).await;
        tamper(&place, sql).await;
        let error = log.verify().await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: at, .. } if at == sequence), "{sql}: {error}");
    }
}

#[tokio::test]
async fn an_entry_that_is_made_right_again_breaks_the_next_one() {
    let (place, log) = filled(3).await;
    let mut entry = log.find("p1").await.unwrap().unwrap();
    entry.body = Some("{}".to_owned());
    let forged = crate::hash(&entry).unwrap();
    let first = log.leaves(1, 1).await.unwrap().remove(0);
    let left = |node: Node| first.hash(node.level).ok_or(());
    let leaf = Leaf::grown(2, &forged, Salt(Hash([7; 32])), left).unwrap();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let (tree, salt) = (hex(&leaf.bytes()), hex(&[7; 32]));
    let forge = format!(
        "UPDATE amparo_log_entries SET body = '{{}}', dictionary = NULL, hash = '{forged}', tree = '\\x{tree}', salt = '\\x{salt}' WHERE sequence = 2"
    );
    tamper(&place, &forge).await;
    let error = log.verify().await.unwrap_err();
    assert!(matches!(error, Error::Chain { sequence: 3, .. }), "{error}");
}

#[tokio::test]
async fn nothing_is_added_to_a_tree_that_lost_a_part() {
    let (place, log) = filled(3).await;
    tamper(&place, "UPDATE amparo_log_entries SET tree = '' WHERE sequence = 2").await;
    let error = log.append(record("p3")).await.unwrap_err().to_string();
    assert!(
        error.ends_with("the next entry cannot be put into the tree: entry 2 lacks its part of it"),
        "{error}"
    );
    assert_eq!(log.entries(1, 9).await.unwrap().len(), 3);
}
