//! Databases that are no log of this edition, and roles that may not do what they would have to.

use super::*;

#[tokio::test]
async fn a_log_that_is_not_there_is_not_made_by_a_reader() {
    let place = Place::fresh().await;
    let error = Log::read(&place.address).await.unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error}");
    assert_eq!(
        place
            .number("SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(current_schema())")
            .await,
        0
    );
    let shown = crate::address::shown(&server());
    assert_eq!(error.to_string(), format!("no log at `{shown}`"));
}

#[tokio::test]
async fn foreign_and_newer_databases_are_refused() {
    for (sql, told) in [
        ("UPDATE amparo_log SET edition = 4", "is of edition 4, expected a log of edition 3"),
        ("DELETE FROM amparo_log", "is a log with 0 editions, expected a log of edition 3"),
        (
            "DROP TABLE amparo_log; CREATE TABLE amparo_log (id bigint)",
            "is another program's table `amparo_log`, expected a log of edition 3",
        ),
        ("DROP TABLE amparo_log", "is a database with tables of a log, but without `amparo_log`, expected"),
        ("DROP TABLE amparo_log_entries", "is a database without the table `amparo_log_entries`, expected"),
        (
            "DROP TABLE amparo_log_proposals",
            "is a database without the table `amparo_log_proposals`, expected",
        ),
        (
            "ALTER TABLE amparo_log_entries ADD COLUMN more text",
            "is a database without the table `amparo_log_entries`, expected",
        ),
        (
            "CREATE RULE away AS ON INSERT TO amparo_log_entries DO INSTEAD NOTHING",
            "is a database without the table `amparo_log_entries`, expected",
        ),
    ] {
        let (place, log) = filled(1).await;
        log.close().await.unwrap();
        place.execute(sql).await;
        for opened in [Log::open(&place.address).await, Log::read(&place.address).await] {
            let error = opened.unwrap_err();
            assert!(matches!(error, Error::Format { .. }), "{sql}: {error}");
            assert!(error.to_string().contains(told), "{sql}: {error}");
        }
    }
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let place = Place::fresh().await;
    let name = format!("ascii_{}", place.name);
    let made = "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'";
    place.execute(&format!("CREATE DATABASE {name} {made}")).await;
    let (start, _) =
        server().rsplit_once('/').map(|(start, end)| (start.to_owned(), end.to_owned())).unwrap();
    let error = Log::open(&format!("{start}/{name}")).await.unwrap_err().to_string();
    assert!(error.ends_with("the database is encoded in SQL_ASCII, expected UTF8"), "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_one_error() {
    for (address, told) in [
        ("postgres://u:secret@127.0.0.1:1/db", "error connecting to server: Connection refused"),
        ("postgres://u:secret@%2Fnowhere/db", "error connecting to server: No such file or directory"),
    ] {
        let error = Log::open(address).await.unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains("secret"), "{error}");
    }
    let (start, _) =
        server().rsplit_once('/').map(|(start, end)| (start.to_owned(), end.to_owned())).unwrap();
    let error = Log::open(&format!("{start}/nowhere")).await.unwrap_err().to_string();
    assert!(error.ends_with(r#"database "nowhere" does not exist (SQLSTATE 3D000)"#), "{error}");
}

/// The least that a service and a reader need, as `docs/operations.md` says.
#[tokio::test]
async fn a_role_needs_no_more_than_it_is_said_to() {
    let (place, log) = filled(2).await;
    log.close().await.unwrap();
    let name = &place.name;
    place
        .execute(&format!(
            "CREATE ROLE {name}_service LOGIN; CREATE ROLE {name}_reader LOGIN;
             GRANT USAGE ON SCHEMA {name} TO {name}_service, {name}_reader;
             GRANT SELECT ON amparo_log, amparo_log_entries, amparo_log_dictionaries, amparo_log_proposals
                TO {name}_service, {name}_reader;
             GRANT INSERT ON amparo_log_entries, amparo_log_dictionaries, amparo_log_proposals TO {name}_service;
             GRANT UPDATE ON amparo_log_proposals TO {name}_service"
        ))
        .await;
    let start = server();
    let host = start.split_once('@').unwrap().1;
    let of = |role: &str| {
        with(&format!("postgres://{name}_{role}@{host}"), &format!("options=-csearch_path={name}"))
    };
    let service = Log::open(&of("service")).await.unwrap();
    service.writable().await.unwrap();
    service.append(record("p2")).await.unwrap();
    let reader = Log::read(&of("reader")).await.unwrap();
    assert_eq!(reader.verify().await.unwrap().entries, 3);
    let error = Log::open(&of("reader")).await.unwrap_err().to_string();
    assert!(error.ends_with("the role may not insert into `amparo_log_entries`"), "{error}");
    place.execute(&format!("REVOKE INSERT ON amparo_log_entries FROM {name}_service")).await;
    let error = service.writable().await.unwrap_err().to_string();
    assert!(error.ends_with("the role may not insert into it any more"), "{error}");
    let error = service.append(record("p3")).await.unwrap_err().to_string();
    assert!(error.ends_with("the role may not insert into `amparo_log_entries`"), "{error}");
    place.execute(&format!("GRANT INSERT ON amparo_log_entries TO {name}_service")).await;
    // A moment later than the last attempt.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(
        matches!(service.append(record("p3")).await.unwrap(), Appended::Written(entry) if entry.sequence == 4)
    );
}
