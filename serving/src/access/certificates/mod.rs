//! Callers who are known by the certificate that they present: a table says who they are.

mod names;
mod table;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use super::Caller;
use super::peer::PeerCertificate;
use crate::unrecognised::Unrecognised;
use crate::watched::Watched;
use names::Names;
use table::Table;

/// Who may ask by certificate.
#[derive(Debug)]
pub(crate) struct Certificates(Watched<Table>);

impl Certificates {
    /// Reads the table, which is read again when it changes.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn open(path: PathBuf) -> Result<Self, String> {
        let paths = vec![path.clone()];
        Watched::open("clients", paths, move || Table::read(&path)).map(Self)
    }

    /// The caller of a certificate that an authority of ours signed.
    pub fn caller(&self, certificate: &PeerCertificate) -> Result<Arc<Caller>, Unrecognised> {
        let refused = |why| Err(Unrecognised::Invalid(why));
        let Some(names) = Names::of(&certificate.der) else {
            return refused("the certificate of the client cannot be read");
        };
        let now = SystemTime::now();
        // It was in date when the connection began, which may be long ago.
        if now > names.until {
            return refused("the certificate of the client has expired");
        }
        let table = self.0.now();
        let mut rows = table.rows(&names.all);
        match (rows.next(), rows.next()) {
            (Some(row), None) if row.until.is_none_or(|until| now < until) => Ok(Arc::clone(&row.caller)),
            (Some(_), None) => refused("what the table of clients says of this certificate has expired"),
            (Some(_), Some(_)) => refused("several rows of the table of clients name this certificate"),
            (None, _) => refused("no row of the table of clients names this certificate"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::access::Role;
    use crate::tls::testing::{CLIENT, EXPIRED, der};

    const TABLE: &str = r#"
        [[clients]]
        name = "dns:platform.police.example"
        roles = ["platform"]
        institution = "police"
        unit = "u-7"
        officers = ["u-7:*"]
    "#;

    fn with(table: &str) -> Result<Arc<Caller>, Unrecognised> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clients.toml");
        std::fs::write(&path, table).unwrap();
        Certificates::open(path).unwrap().caller(&PeerCertificate { der: der(CLIENT) })
    }

    fn why(table: &str) -> String {
        with(table).unwrap_err().to_string()
    }

    #[test]
    fn a_certificate_is_the_caller_that_the_table_says() {
        let caller = with(TABLE).unwrap();
        assert_eq!(caller.id, "certificate:dns:platform.police.example");
        assert_eq!(caller.roles.iter().collect::<Vec<_>>(), [&Role::Platform]);
        assert_eq!((caller.institution.as_deref(), caller.unit.as_deref()), (Some("police"), Some("u-7")));
        assert!(caller.speaks_for("u-7:o-1") && !caller.speaks_for("o-1"));
        for name in [
            "subject:CN=case platform\\, police,O=Police",
            "uri:spiffe://police.example/platform",
            "email:it@police.example",
        ] {
            let table = TABLE.replace("dns:platform.police.example", &name.replace('\\', "\\\\"));
            assert_eq!(with(&table).unwrap().id, format!("certificate:{name}"));
        }
    }

    #[test]
    fn what_the_table_does_not_say_for_sure_is_nobody() {
        let other = TABLE.replace("platform.police", "platform.other");
        assert!(why(&other).contains("no row"));
        assert!(why("").contains("no row"));
        // A name counts as what it is.
        assert!(why(&TABLE.replace("dns:", "uri:")).contains("no row"));
        let two =
            format!("{TABLE}{}", TABLE.replace("dns:platform.police.example", "email:it@police.example"));
        assert!(why(&two).contains("several rows"));
        let dated = |year: u32| format!("{TABLE}\nexpires = {year}-01-01T00:00:00Z");
        assert!(why(&dated(2020)).contains("has expired") && with(&dated(2100)).is_ok());
    }

    #[test]
    fn a_certificate_that_expired_meanwhile_is_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clients.toml");
        std::fs::write(&path, TABLE).unwrap();
        let certificates = Certificates::open(path).unwrap();
        let of = |der| certificates.caller(&PeerCertificate { der }).unwrap_err().to_string();
        assert!(of(der(EXPIRED)).contains("certificate of the client has expired"));
        assert!(of(vec![1]).contains("cannot be read"));
    }
}
