//! Which store an address means, and how an address is shown.

/// Whether an address is that of a PostgreSQL database.
pub(crate) fn is_postgres(address: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme))
}

/// An address without what must not be seen of it: a password, and all parameters, one of which may be the password.
pub(crate) fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let place = rest.split_once('?').map_or(rest, |(place, _)| place);
    match rest.rfind('@') {
        None => format!("{scheme}://{place}"),
        Some(at) if at < place.len() => {
            let user = rest[..at].split_once(':').map_or(&rest[..at], |(user, _)| user);
            format!("{scheme}://{user}{}", &place[at..])
        }
        // Where the password ends is not to be told.
        Some(_) => format!("{scheme}://…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (address, expected) in [
            ("postgres://u:secret@host:5432/db?sslmode=require", "postgres://u@host:5432/db"),
            ("postgresql://u@/db?host=/run", "postgresql://u@/db"),
            ("postgres://host/db?password=secret", "postgres://host/db"),
            ("postgres://u:sec:ret@host/db", "postgres://u@host/db"),
            // Not as an address is written, and seen no more for that.
            ("postgres://u:sec@ret@host/db", "postgres://u@host/db"),
            ("postgres://u:sec/ret@host/db", "postgres://u@host/db"),
            ("postgres://u:sec?ret@host/db", "postgres://…"),
            ("postgres://host/db?password=sec@ret", "postgres://…"),
            ("postgre://u:secret@host/db", "postgre://u@host/db"),
            ("sqlite:///var/log.sqlite", "sqlite:///var/log.sqlite"),
            ("a@b:c.sqlite", "a@b:c.sqlite"),
        ] {
            assert_eq!(shown(address), expected);
        }
    }

    #[test]
    fn an_address_of_postgresql_says_so() {
        assert!(is_postgres("postgres://host/db") && is_postgres("postgresql:///db"));
        assert!(!is_postgres("postgres.sqlite") && !is_postgres("sqlite:postgres://x"));
    }
}
