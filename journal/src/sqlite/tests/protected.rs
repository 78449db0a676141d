//! What the database itself refuses, and that it is asked to.

use super::*;

#[tokio::test]
async fn the_database_itself_refuses_change() {
    let (_dir, store, log) = filled(2).await;
    for sql in [
        "UPDATE entries SET body = ''",
        "UPDATE entries SET case_id = 'c'",
        "UPDATE entries SET salt = NULL",
        "UPDATE entries SET tree = x''",
        "DELETE FROM entries",
        "REPLACE INTO entries SELECT sequence, kind, id, NULL, '', NULL, x'', '', NULL, '', '', NULL FROM entries",
        "REPLACE INTO entries SELECT 9, kind, id, NULL, '', NULL, x'', '', NULL, '', '', NULL FROM entries LIMIT 1",
    ] {
        let error = try_to(&store, sql).await.unwrap_err().to_string();
        assert!(error.contains("the log is append-only: no entry is "), "{sql}: {error}");
    }
    execute(&store, "INSERT INTO dictionaries VALUES (1, '', x'00')").await;
    for sql in [
        "UPDATE dictionaries SET bytes = x'01'",
        "DELETE FROM dictionaries",
        "REPLACE INTO dictionaries VALUES (1, '', x'01')",
    ] {
        let error = try_to(&store, sql).await.unwrap_err().to_string();
        assert!(error.contains("the log is append-only: no dictionary is "), "{sql}: {error}");
    }
    assert_eq!(log.verify().await.unwrap().entries, 2);
}

#[tokio::test]
async fn a_log_that_lost_its_triggers_is_not_opened() {
    let refused = async |sql: &'static str| {
        let (dir, store, log) = filled(1).await;
        execute(&store, sql).await;
        log.close().await.unwrap();
        Log::open(&address(&dir)).await.unwrap_err()
    };
    let error = refused("DROP TRIGGER entries_are_not_removed").await;
    let Error::Unprotected { triggers, .. } = &error else { panic!("{error}") };
    assert_eq!(triggers, &["entries_are_not_removed"]);
    let error = error.to_string();
    assert!(
        error.ends_with("log.sqlite` lacks its append-only triggers `entries_are_not_removed`"),
        "{error}"
    );

    // A trigger of that name that lets everything pass.
    let sql = "DROP TRIGGER entries_are_not_changed; DROP TRIGGER entries_are_not_replaced;
        CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries BEGIN SELECT 1; END";
    let Error::Unprotected { triggers, .. } = refused(sql).await else { panic!() };
    assert_eq!(triggers, ["entries_are_not_changed", "entries_are_not_replaced"]);
}
