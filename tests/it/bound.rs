//! A model that is bound to the key of its gates' owner.

use std::fs;

use crate::gates::{champion, folder, gate, models};
use crate::running::run_in;

#[test]
fn a_bound_model_takes_verdicts_of_its_key_only() {
    let dir = folder();
    let at = dir.path();
    let public = |name: &str| {
        let file = format!("{name}.key");
        run_in(at, ["keys", "new", "--name", "gates", "--out", &file]).succeeded();
        fs::read_to_string(at.join(format!("{file}.pub"))).unwrap().trim_end().to_owned()
    };
    let owner = public("owner");
    public("other");
    let bind = |key: &str| {
        let args =
            ["models", "bind", "--registry", "registry", "small", "--gates", "good.toml", "--key", key];
        run_in(at, args.into_iter().chain(["--by", "ana", "--reason", "for a test"]))
    };
    assert!(models(at, &["bindings", "small"]).as_array().unwrap().is_empty());
    let bound = bind("owner.key").succeeded();
    assert_eq!(bound.out, format!("For small, verdicts count that are signed with {owner}\n"));
    let refused = bind("other.key");
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("the model is bound to"), "{}", refused.err);
    gate(at, "good.toml", &[]).succeeded();
    let refused = champion(at);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("that the bound key has signed"), "{}", refused.err);
    let wrong = gate(at, "good.toml", &["--key", "other.key"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("it is signed with the key `gates+"), "{}", wrong.err);
    gate(at, "good.toml", &["--key", "owner.key"]).succeeded();
    champion(at).succeeded();
    // The service takes the trusted key from its file, and refuses to start where another is trusted.
    let config = |key: &str| {
        let text = format!(
            "registry = 'registry'\ngate_keys = ['{key}']\ndefault_model = 'small@champion'\nlisten = '192.0.2.1:1'\n"
        );
        fs::write(at.join("serve.toml"), text).unwrap();
        run_in(at, ["serve", "--config", "serve.toml"])
    };
    assert!(
        config("gates+0a").err.contains("cannot read verifier key `gates+0a`"),
        "{}",
        config("gates+0a").err
    );
    let in_table = run_in(at, ["models", "bindings", "--registry", "registry", "small"]).succeeded().out;
    let gates = models(at, &["bindings", "small"])[0]["gates"][0].as_str().unwrap()[..12].to_owned();
    for expected in ["at", "key", "gates", &gates, &owner, "ana", "for a test"] {
        assert!(in_table.contains(expected), "{expected}\n{in_table}");
    }
}
