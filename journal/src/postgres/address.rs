//! Where the database is, and how connections to it are made.

use std::net::IpAddr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Connector;
use crate::Error;
use crate::address::shown;

/// How long the socket of a connection waits for the server, unless the address says so.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a server may be silent about what it was sent, or about whether it is there, unless the address says so.
const SILENCE: Duration = Duration::from_secs(10);

/// A database, as an address names it.
#[derive(Debug)]
pub(super) struct Target {
    /// The address without its secrets.
    pub place: String,
    pub config: Config,
    /// How connections are encrypted and the server is verified; `None` if they are not.
    pub tls: Option<Connector>,
}

impl Target {
    /// Reads an address, `postgres://user@host:port/database?parameter=value`, with the parameters of libpq that the client knows.
    ///
    /// Of `sslmode`, there is `disable`, and there are `require` and `verify-full`, which are the same here: the server's certificate is
    /// verified, its name too, with the certificates in the file of `sslrootcert`. Without it, connections beyond this machine have to be
    /// encrypted.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be read, or would leave open whether a connection is encrypted.
    pub fn parse(address: &str) -> Result<Self, Error> {
        let place = shown(address);
        let refused = |problem: String| Error::store("read the address of", &place, problem);
        let (plain, tls) = split(address).map_err(refused)?;
        let mut config: Config = plain.parse().map_err(|error| refused(chain(&error)))?;
        let tls = match tls.mode.as_deref() {
            None if is_local(&config) => None,
            Some("disable") => None,
            None | Some("require" | "verify-full") => {
                let Some(roots) = tls.roots else {
                    let problem = "a connection to another machine is encrypted and its server verified: name a file with \
                        certificates of authorities by `sslrootcert=FILE`, or say `sslmode=disable`";
                    return Err(refused(problem.to_owned()));
                };
                Some(Connector::trusting(&roots).map_err(refused)?)
            }
            Some(other) => {
                let problem = format!("sslmode is `{other}`, expected `disable`, `require` or `verify-full`");
                return Err(refused(problem));
            }
        };
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        if config.get_application_name().is_none() {
            config.application_name("amparo");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if !address.contains("keepalives_idle=") {
            config.keepalives_idle(SILENCE);
        }
        Ok(Self { place, config, tls })
    }

    pub fn failed(
        &self,
        action: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::store(action, &self.place, source)
    }
}

/// What an address says of encryption, which the client knows less of than libpq.
#[derive(Default)]
struct Tls {
    mode: Option<String>,
    roots: Option<String>,
}

/// Takes what is about encryption out of an address.
fn split(address: &str) -> Result<(String, Tls), String> {
    // As the client reads it: what stands before the first `@` is user and password.
    let host = address.find('@').unwrap_or(0);
    let Some(at) = address[host..].find('?').map(|at| host + at) else {
        return Ok((address.to_owned(), Tls::default()));
    };
    let mut tls = Tls::default();
    let mut rest = Vec::new();
    for parameter in address[at + 1..].split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let into = match name {
            "sslmode" => &mut tls.mode,
            "sslrootcert" => &mut tls.roots,
            _ => {
                rest.push(parameter);
                continue;
            }
        };
        let value = percent_decode_str(value).decode_utf8().map_err(|_| format!("{name} is not UTF-8"))?;
        if into.replace(value.into_owned()).is_some() {
            return Err(format!("{name} is given twice"));
        }
    }
    Ok((format!("{}?{}", &address[..at], rest.join("&")), tls))
}

/// Whether nothing that is sent leaves this machine.
fn is_local(config: &Config) -> bool {
    let host = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(host) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// An error with its causes, which the client leaves out.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(": ");
        told.push_str(&error.to_string());
        cause = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn refused(address: &str) -> String {
        let error = Target::parse(address).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        error
    }

    #[test]
    fn an_address_is_read_as_libpq_reads_it() {
        let target = Target::parse("postgres://u:secret@localhost:5433/db?connect_timeout=7").unwrap();
        let config = &target.config;
        assert_eq!((config.get_user(), config.get_dbname()), (Some("u"), Some("db")));
        assert_eq!((config.get_ports(), config.get_password()), (&[5433][..], Some(&b"secret"[..])));
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(7)));
        assert_eq!(target.place, "postgres://u@localhost:5433/db");
        assert!(!format!("{target:?}").contains("secret"));
    }

    #[test]
    fn what_cannot_be_read_is_one_error_without_the_password() {
        let told = refused("postgres://u:secret@localhost/db?sslcert=x");
        assert_eq!(
            told,
            "cannot read the address of log `postgres://u@localhost/db`: invalid connection string: unknown option `sslcert`"
        );
        assert!(refused("postgres://u:secret@localhost:x/db").contains("invalid value for option `port`"));
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_or_said_not_to_be() {
        for local in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            let target = Target::parse(&format!("postgres://u@{local}/db")).unwrap();
            assert_eq!((target.config.get_ssl_mode(), target.tls.is_none()), (SslMode::Disable, true));
        }
        let disabled = Target::parse("postgres://u:secret@10.0.0.1/db?sslmode=disable").unwrap();
        assert_eq!(disabled.config.get_ssl_mode(), SslMode::Disable);
        for open in ["10.0.0.1/db", "example.org,localhost/db", "localhost/db?sslmode=require"] {
            let told = refused(&format!("postgres://u:secret@{open}"));
            assert!(told.contains("by `sslrootcert=FILE`, or say `sslmode=disable`"), "{told}");
        }
        for mode in ["prefer", "allow", "verify-ca", ""] {
            let told = refused(&format!("postgres://u:secret@10.0.0.1/db?sslmode={mode}"));
            let expected = format!("sslmode is `{mode}`, expected `disable`, `require` or `verify-full`");
            assert!(told.ends_with(&expected), "{told}");
        }
        let told = refused("postgres://u:secret@h/db?sslmode=require&sslrootcert=/nowhere.pem");
        assert!(told.contains("cannot read `/nowhere.pem`"), "{told}");
        let told = refused("postgres://u:secret@h/db?sslmode=disable&sslmode=require");
        assert!(told.ends_with("sslmode is given twice"), "{told}");
    }
}
