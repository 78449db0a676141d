//! What the database itself refuses, and that it is asked to.

use super::*;

#[tokio::test]
async fn the_database_itself_refuses_change() {
    let (place, log) = filled(2).await;
    place.execute("INSERT INTO amparo_log_dictionaries VALUES (1, '', '')").await;
    for (table, sql) in [
        ("entries", "UPDATE amparo_log_entries SET body = ''"),
        ("entries", "UPDATE amparo_log_entries SET salt = NULL WHERE sequence = 2"),
        ("entries", "DELETE FROM amparo_log_entries"),
        ("entries", "TRUNCATE amparo_log_entries"),
        (
            "entries",
            "INSERT INTO amparo_log_entries SELECT 1, kind, 'x', NULL, '', NULL, '', '', NULL, '', '' FROM amparo_log_entries LIMIT 1
             ON CONFLICT (sequence) DO UPDATE SET id = 'y'",
        ),
        // As if rows came from another server, for which usual triggers do not fire.
        ("entries", "SET session_replication_role = replica; DELETE FROM amparo_log_entries"),
        // Reached through another table.
        (
            "entries",
            "CREATE TABLE other (LIKE amparo_log_entries); ALTER TABLE amparo_log_entries INHERIT other; DELETE FROM other",
        ),
        ("dictionaries", "UPDATE amparo_log_dictionaries SET bytes = 'x'"),
        ("dictionaries", "DELETE FROM amparo_log_dictionaries"),
        ("dictionaries", "TRUNCATE amparo_log_dictionaries"),
    ] {
        let error = place.try_to(sql).await.unwrap_err();
        let expected = format!("the log is append-only: no row of amparo_log_{table} is changed or removed");
        assert_eq!(error, expected, "{sql}");
    }
    assert_eq!(log.verify().await.unwrap().entries, 2);
}

#[tokio::test]
async fn a_log_that_lost_its_triggers_is_not_opened() {
    let changed = "amparo_log_entries_are_not_changed";
    let emptied = "amparo_log_dictionaries_are_not_emptied";
    for (sql, lost) in [
        ("DROP TRIGGER amparo_log_entries_are_not_changed ON amparo_log_entries", vec![changed]),
        ("ALTER TABLE amparo_log_entries DISABLE TRIGGER amparo_log_entries_are_not_changed", vec![changed]),
        ("ALTER TABLE amparo_log_entries ENABLE TRIGGER amparo_log_entries_are_not_changed", vec![changed]),
        ("DROP TRIGGER amparo_log_dictionaries_are_not_emptied ON amparo_log_dictionaries", vec![emptied]),
        (
            "DROP TRIGGER amparo_log_entries_are_not_changed ON amparo_log_entries;
             CREATE TRIGGER amparo_log_entries_are_not_changed BEFORE UPDATE OR DELETE ON amparo_log_entries
                FOR EACH ROW WHEN (OLD.sequence > 9) EXECUTE FUNCTION amparo_log_refuses();
             ALTER TABLE amparo_log_entries ENABLE ALWAYS TRIGGER amparo_log_entries_are_not_changed",
            vec![changed],
        ),
        (
            "CREATE OR REPLACE FUNCTION amparo_log_refuses() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            vec!["amparo_log_entries_are_not_emptied", "amparo_log_dictionaries_are_not_changed", emptied],
        ),
        (
            "CREATE OR REPLACE FUNCTION amparo_log_erases() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            vec![changed],
        ),
        // As the edition before made it.
        (
            "CREATE OR REPLACE TRIGGER amparo_log_entries_are_not_changed BEFORE UPDATE OR DELETE ON amparo_log_entries
                FOR EACH ROW EXECUTE FUNCTION amparo_log_refuses();
             ALTER TABLE amparo_log_entries ENABLE ALWAYS TRIGGER amparo_log_entries_are_not_changed",
            vec![changed],
        ),
    ] {
        let (place, log) = filled(1).await;
        log.close().await.unwrap();
        place.execute(sql).await;
        for opened in [Log::open(&place.address).await, Log::read(&place.address).await] {
            let Err(Error::Unprotected { triggers, .. }) = opened else { panic!("{sql}") };
            assert_eq!(triggers, lost, "{sql}");
        }
    }
}
