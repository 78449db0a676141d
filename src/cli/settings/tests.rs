#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn the_example_file_names_every_setting_with_its_usual_value() {
    let text = include_str!("../../../serving/serve.example.toml");
    let mut settings = toml::from_str::<Settings>(text).unwrap();
    if cfg!(not(feature = "tls")) {
        settings.tls = TlsSettings::default();
    }
    if cfg!(not(feature = "oidc")) {
        settings.tokens = TokenSettings::default();
    }
    let config = settings.config().unwrap();
    let Config { registry, listen, health_listen, log, default_model, case_numbers, .. } = &config;
    let least = Settings { registry: Some("amparo-quickstart/registry".into()), ..Settings::default() };
    let usual = least.config().unwrap();
    assert_eq!((registry, listen, log), (&usual.registry, &usual.listen, &usual.log));
    assert!(health_listen.is_some() && default_model.is_some() && case_numbers.len() == 1);
    assert!(config.challenger.is_some() && config.shadow.is_some());
    assert!(config.unlogged_models.is_empty());
    assert_eq!(config.assessment_queue, usual.assessment_queue);
    assert_eq!(config.loaded_versions, usual.loaded_versions);
    assert_eq!(
        (config.connections.most, config.connections.idle),
        (usual.connections.most, usual.connections.idle)
    );
    // One more setting, or one fewer, does not compile here.
    let Settings {
        registry: _,
        listen: _,
        health_listen: _,
        log: _,
        default_model: _,
        gate_keys: _,
        challenger: _,
        challenger_share: _,
        challenger_salt: _,
        shadow: _,
        case_numbers: _,
        own_view_first: _,
        access_keys: _,
        rate_limit: _,
        rate_burst: _,
        tls:
            TlsSettings {
                tls_certificate: _,
                tls_key: _,
                tls_client_authority: _,
                tls_client_certificates: _,
                tls_clients: _,
            },
        tokens:
            TokenSettings {
                token_issuer: _,
                token_audiences: _,
                token_keys: _,
                token_authority: _,
                token_leeway: _,
                token_roles_claim: _,
                token_roles: _,
                token_institution_claim: _,
                token_unit_claim: _,
                token_officers_claim: _,
            },
        unlogged_models: _,
        assessment_threads: _,
        assessment_queue: _,
        loaded_versions: _,
        connections: _,
        idle_time: _,
        otlp: _,
    } = Settings::default();
    assert_eq!(toml::from_str::<toml::Table>(text).unwrap().len(), 37, "as many as above");
}

const FILE: &str = r#"
    registry = "of-the-file"
    health_listen = "127.0.0.1:9090"
    default_model = "vpr@champion"
    case_numbers = ['####-@', '##:##']
    assessment_queue = 3
    idle_time = 600
"#;

#[test]
fn what_is_typed_goes_before_the_file_and_the_file_before_the_usual() {
    let file: Settings = toml::from_str(FILE).unwrap();
    let typed = Settings { registry: Some("typed".into()), assessment_queue: Some(0), ..Settings::default() };
    let config = typed.over(file).config().unwrap();
    assert_eq!(config.registry, Path::new("typed"));
    assert_eq!(config.assessment_queue, 0);
    assert_eq!(config.health_listen.unwrap().port(), 9090);
    assert_eq!(config.default_model.unwrap().to_string(), "vpr@champion");
    assert_eq!(config.case_numbers.len(), 2);
    assert_eq!(config.connections, Limits { idle: Duration::from_secs(600), ..Limits::default() });
    assert_eq!(
        (config.listen.to_string().as_str(), config.loaded_versions),
        ("127.0.0.1:8080", Config::LOADED)
    );
}

#[test]
fn the_help_names_the_usual_values() {
    let help = Settings::augment_args(clap::Command::new("serve")).render_long_help().to_string();
    let usual = Settings { registry: Some("r".into()), ..Settings::default() }.config().unwrap();
    for value in [
        format!("`{}`", usual.listen),
        format!("`{}`", usual.log),
        usual.assessment_queue.to_string(),
        usual.loaded_versions.to_string(),
        usual.connections.most.to_string(),
        usual.connections.idle.as_secs().to_string(),
    ] {
        assert!(help.contains(&format!("Default: {value}")), "{value}: {help}");
    }
    assert!(!help.contains("Default: 129"));
}

#[test]
fn a_file_that_says_something_else_is_refused() {
    for (text, expected) in [
        ("regsitry = 'r'", "unknown field `regsitry`"),
        ("default_model = 'vpr'", "vpr"),
        ("case_numbers = ['']", "case"),
        ("idle_time = 0", "nonzero"),
        ("listen = '127.0.0.1'", "socket address"),
        ("challenger_share = 1.5", "share `1.5` is refused"),
    ] {
        let error = toml::from_str::<Settings>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let error = toml::from_str::<Settings>("token_isuer = 'a'").unwrap_err().to_string();
    assert!(error.contains("token_isuer"), "{error}");
    for (text, expected) in [
        ("challenger = 'vpr@a'", "`challenger_share` and `challenger_salt` is missing"),
        ("challenger_share = 0.1\nchallenger_salt = 's'", "`challenger` is missing"),
        (
            "challenger = 'vpr@a'\nchallenger_share = 0.1\nchallenger_salt = 's'",
            "`challenger` is given without `default_model`",
        ),
        ("shadow = 'vpr@a'", "`shadow` is given without `default_model`"),
        (
            "default_model = 'vpr@b'\nchallenger = 'vpr@a'\nchallenger_share = 0.1\nchallenger_salt = ''",
            "salt of the challenger is refused",
        ),
    ] {
        let settings = toml::from_str::<Settings>(&format!("registry = 'r'\n{text}")).unwrap();
        let error = settings.config().unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let error = Settings::default().config().unwrap_err().to_string();
    assert!(error.starts_with("`registry` is missing: give it by `--registry`"), "{error}");
}
