//! Erasing in the database: what it lets through, what is left in its files, and a log of the edition before.

use super::*;
use crate::{Criterion, Ground, Statement};

fn ground() -> Ground {
    Ground { reason: "asked for".to_owned(), by: "dpo".to_owned(), at: jiff::Timestamp::UNIX_EPOCH }
}

async fn erase(log: &Log, case: &str) -> Entry {
    let selection = log.select(&Criterion::Case(case.to_owned())).await.unwrap();
    log.erase(selection.erasures(&ground()).remove(0)).await.unwrap()
}

/// A proposal for a case, under a key, its body plain or packed.
fn of_case(case: &str, k: usize) -> Record {
    let filling = if k % 2 == 1 { "the same words again, ".repeat(100) } else { String::new() };
    Record {
        id: format!("{k:06}"),
        idempotency_key: Some(format!("key-{k}-of-{case}")),
        body: format!(r#"{{"request":{{"case_id":"{case}"}},"answer":"{filling}"}}"#),
        ..record("")
    }
}

const GONE: &str = "idempotency_key = NULL, request_digest = NULL, salt = NULL, body = NULL, dictionary = NULL, case_id = NULL";

#[tokio::test]
async fn the_database_lets_an_erasure_through_and_nothing_else() {
    let (place, log) = filled(0).await;
    for k in 0..6 {
        log.append(of_case(&format!("case-{}", k % 2), k)).await.unwrap();
    }
    let expected = "the log is append-only: no row of amparo_log_entries is changed or removed";
    let refused = async |sql: String| assert_eq!(place.try_to(&sql).await.unwrap_err(), expected, "{sql}");
    let erasing = |sequence: i64| format!("UPDATE amparo_log_entries SET {GONE} WHERE sequence = {sequence}");
    refused(erasing(1)).await;
    let said = Statement::read(&erase(&log, "case-0").await).unwrap().unwrap();
    assert_eq!(said.erased.to_string(), "1, 3, 5");
    for sequence in [1, 2, 7] {
        refused(erasing(sequence)).await;
    }
    // With an entry that names entry 2, in the same transaction and in no other.
    let body = serde_json::to_string(&Statement { erased: crate::Ranges::of([2]), ..said }).unwrap();
    let insert = format!(
        "INSERT INTO amparo_log_entries (sequence, kind, id, tree, body, previous, hash)
        VALUES (8, 'erasure', 'e', '', convert_to('{body}', 'UTF8'), '', '')"
    );
    for (part, whole) in [
        ("body = NULL", "body = body"),
        ("salt = NULL", "salt = salt"),
        ("case_id = NULL", "case_id = NULL, id = 'x'"),
        ("case_id = NULL", "case_id = NULL, tree = ''"),
    ] {
        refused(format!("BEGIN; {insert}; {}; COMMIT", erasing(2).replace(part, whole))).await;
    }
    refused(format!("BEGIN; {insert}; {}; COMMIT", erasing(4))).await;
    place.execute(&format!("BEGIN; {insert}; {}; ROLLBACK", erasing(2))).await;
    place.execute(&insert).await;
    refused(erasing(2)).await;
}

#[tokio::test]
async fn a_role_that_may_only_append_erases_nothing() {
    let (place, log) = filled(0).await;
    log.append(of_case("case-0", 0)).await.unwrap();
    let role = format!("service_of_{}", place.name);
    place
        .execute(&format!(
            "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {0} TO {role};
            GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO {role};
            GRANT INSERT ON amparo_log_entries, amparo_log_dictionaries, amparo_log_proposals TO {role};
            GRANT UPDATE ON amparo_log_proposals TO {role}",
            place.name
        ))
        .await;
    let user = place.address.find("//").unwrap() + 2;
    let host = place.address.find('@').unwrap();
    let address = format!("{}{role}{}", &place.address[..user], &place.address[host..]);
    let service = Log::open(&address).await.unwrap();
    let selection = service.select(&Criterion::Case("case-0".to_owned())).await.unwrap();
    let error = service.erase(selection.erasures(&ground()).remove(0)).await.unwrap_err().to_string();
    assert!(error.contains("permission denied for table amparo_log_entries"), "{error}");
    assert_eq!(service.verify().await.unwrap(), log.verify().await.unwrap());
    assert_eq!(log.verify().await.unwrap().entries, 1);
}

/// The tables as the edition before made them, with a dictionary trained on bodies as they are.
async fn of_edition_before(place: &Place, log: &Log) {
    let codec = Codec::default();
    let entries = log.entries(1, 999).await.unwrap();
    let bodies: Vec<&str> = entries.iter().filter_map(|entry| entry.body.as_deref()).collect();
    let dictionary = zstd::dict::from_samples(&bodies, 16_384).unwrap();
    assert!(dictionary.windows(12).any(|part| part == b"\"case-unique"), "the dictionary holds no case");
    codec.learn(1, &dictionary);
    let client = place.client().await;
    client
        .batch_execute(
            "ALTER TABLE amparo_log_entries DISABLE TRIGGER USER; ALTER TABLE amparo_log_dictionaries DISABLE TRIGGER USER;
            ALTER TABLE amparo_log_entries DROP CONSTRAINT amparo_log_entries_dictionary_check;
            DELETE FROM amparo_log_dictionaries",
        )
        .await
        .unwrap();
    let digest = crate::canonical::sha256_of(&dictionary);
    client
        .execute("INSERT INTO amparo_log_dictionaries VALUES (1, $1, $2)", &[&digest, &dictionary])
        .await
        .unwrap();
    for entry in &entries {
        let packed = codec.pack(entry.body().unwrap()).unwrap();
        let (body, number) = table::kept(Some(&packed));
        let sql = "UPDATE amparo_log_entries SET body = $1, dictionary = $2 WHERE sequence = $3";
        client.execute(sql, &[&body, &number, &entry.sequence]).await.unwrap();
    }
    client
        .batch_execute(
            "ALTER TABLE amparo_log_entries ALTER COLUMN request_digest SET NOT NULL, ALTER COLUMN body SET NOT NULL;
            DROP TRIGGER amparo_log_entries_are_not_changed ON amparo_log_entries;
            CREATE TRIGGER amparo_log_entries_are_not_changed BEFORE UPDATE OR DELETE ON amparo_log_entries
                FOR EACH ROW EXECUTE FUNCTION amparo_log_refuses();
            DROP FUNCTION amparo_log_erases();
            ALTER TABLE amparo_log_entries ENABLE ALWAYS TRIGGER amparo_log_entries_are_not_changed;
            ALTER TABLE amparo_log_entries ENABLE ALWAYS TRIGGER amparo_log_entries_are_not_emptied;
            ALTER TABLE amparo_log_dictionaries ENABLE ALWAYS TRIGGER amparo_log_dictionaries_are_not_changed;
            ALTER TABLE amparo_log_dictionaries ENABLE ALWAYS TRIGGER amparo_log_dictionaries_are_not_emptied;
            DROP TABLE amparo_log_proposals;
            UPDATE amparo_log SET edition = 1",
        )
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_the_edition_before_is_migrated_by_its_owner() {
    let (place, log) = filled(0).await;
    for k in 0..120 {
        let body = super::packed::body(k).replace(r#""case_id":"c"#, r#""case_id":"case-unique-"#);
        log.append(Record { body, ..record(&format!("p{k}")) }).await.unwrap();
    }
    let (before, verified) = (log.entries(1, 999).await.unwrap(), log.verify().await.unwrap());
    of_edition_before(&place, &log).await;
    log.close().await.unwrap();
    // It is read as it is, and migrated when it is opened for writing.
    let reader = Log::read(&place.address).await.unwrap();
    assert_eq!(
        (reader.verify().await.unwrap(), reader.entries(1, 999).await.unwrap() == before),
        (verified.clone(), true)
    );
    let migrated = Log::open(&place.address).await.unwrap();
    assert_eq!(migrated.verify().await.unwrap(), verified);
    assert!(migrated.entries(1, 999).await.unwrap() == before);
    let old = "SELECT count(*) FROM amparo_log_dictionaries WHERE number <= 1000000";
    let packed = "SELECT count(*) FROM amparo_log_entries WHERE dictionary = 1000001";
    let edition = "SELECT edition::bigint FROM amparo_log";
    let numbers = [place.number(old).await, place.number(packed).await, place.number(edition).await];
    assert_eq!(numbers, [0, 120, 3]);
    let listed = "SELECT count(*) FROM amparo_log_proposals WHERE unit IS NULL";
    assert_eq!(place.number(listed).await, 120);
    let holds =
        "SELECT count(*) FROM amparo_log_dictionaries WHERE position('case-unique'::bytea IN bytes) > 0";
    assert_eq!(place.number(holds).await, 0);
    // A program of that edition may not write what is packed with its dictionary.
    let sql = "INSERT INTO amparo_log_entries (sequence, kind, id, tree, body, dictionary, previous, hash)
        VALUES (999, 'proposal', 'x', '', '', 1, '', '')";
    assert!(place.try_to(sql).await.unwrap_err().contains("violates check constraint"));
    erase(&migrated, "case-unique-7").await;
    migrated.scrub().await.unwrap();
    assert_eq!(migrated.verify().await.unwrap().erased, 1);
    // The second time there is nothing to migrate.
    assert_eq!(Log::open(&place.address).await.unwrap().verify().await.unwrap().entries, 121);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_list_gains_it_from_the_bodies() {
    let (place, log) = filled(0).await;
    for k in 0..30 {
        let body = format!(
            r#"{{"request":{{"case_id":"c{k}","officer":{{"unit":"u{}"}}}},"answer":{{"level":"high"}}}}"#,
            k % 3
        );
        log.append(Record { body, ..record(&format!("p{k}")) }).await.unwrap();
    }
    log.append(Record { kind: crate::CONFIRMATION, ..record("p4/confirmation") }).await.unwrap();
    let verified = log.verify().await.unwrap();
    let of_unit = crate::Search { unit: Some("u1".to_owned()), ..Default::default() };
    let page = crate::Page { after: None, newest_first: true, limit: 99 };
    let listed = log.list(&of_unit, page).await.unwrap();
    assert_eq!(listed.iter().filter(|listed| listed.confirmation == Some(31)).count(), 1);
    log.close().await.unwrap();
    let old = "DROP TABLE amparo_log_proposals; UPDATE amparo_log SET edition = 2";
    place.execute(old).await;
    let of_the_edition = format!(
        "CREATE OR REPLACE FUNCTION amparo_log_erases() RETURNS trigger LANGUAGE plpgsql AS $text${}$text$",
        schema::ERASURE_WITHOUT_OWN_VIEWS
    );
    let Err(Error::Unprotected { .. }) = Log::open(&place.address).await else {
        panic!("it is of another edition")
    };
    place.execute(&of_the_edition).await;
    // It is read as it is, and listed once it was opened for writing.
    let reader = Log::read(&place.address).await.unwrap();
    assert_eq!(reader.verify().await.unwrap(), verified);
    let error = reader.list(&of_unit, page).await.unwrap_err();
    assert!(matches!(error, Error::WithoutListing { edition: 2, .. }), "{error}");
    let migrated = Log::open(&place.address).await.unwrap();
    assert_eq!(migrated.list(&of_unit, page).await.unwrap(), listed);
    assert_eq!(migrated.verify().await.unwrap(), verified);
}
