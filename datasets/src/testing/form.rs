//! Forms as lists of questions, for tests that need a small one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use crate::{Instrument, Polarity, Text};

/// The known answers that a question can have, under a name.
#[derive(Debug, Clone)]
pub struct Scale {
    name: String,
    /// Id and label of each.
    answers: Vec<(String, Text)>,
}

impl Scale {
    /// Answers by id, label in Spanish and label in English.
    pub fn new(name: &str, answers: &[(&str, &str, &str)]) -> Self {
        let answers = answers.iter().map(|(id, es, en)| ((*id).to_owned(), text(es, en))).collect();
        Self { name: name.to_owned(), answers }
    }

    /// `absent` and `present`.
    pub fn binary() -> Self {
        Self::new("binary", &[("absent", "ausente", "absent"), ("present", "presente", "present")])
    }

    /// `absent`, `mild` and `severe`.
    pub fn graded() -> Self {
        let answers =
            [("absent", "ausente", "absent"), ("mild", "leve", "mild"), ("severe", "grave", "severe")];
        Self::new("graded", &answers)
    }

    /// `a0`, `a1`, ... of the given number, from 2 to 250.
    pub fn of(n: usize) -> Self {
        let answers = (0..n).map(|a| format!("a{a}")).map(|id| (id.clone(), text(&id, &id))).collect();
        Self { name: format!("of{n}"), answers }
    }
}

/// One question of a form.
#[derive(Debug, Clone)]
pub struct Question {
    id: String,
    polarity: Polarity,
    scale: Scale,
    correctable: bool,
    label: Text,
}

impl Question {
    /// A question that cannot be corrected; its label is its id in lower case.
    pub fn new(id: &str, polarity: Polarity, scale: Scale) -> Self {
        let label = id.to_lowercase();
        Self { id: id.to_owned(), polarity, scale, correctable: false, label: text(&label, &label) }
    }

    /// The same, its answer correctable.
    #[must_use]
    pub fn correctable(self) -> Self {
        Self { correctable: true, ..self }
    }

    /// The same under other labels.
    #[must_use]
    pub fn labelled(self, es: &str, en: &str) -> Self {
        Self { label: text(es, en), ..self }
    }
}

fn text(es: &str, en: &str) -> Text {
    Text { es: es.to_owned(), en: en.to_owned() }
}

/// The file of a form of one factor. Every key is in a line of its own, so that a test can spoil it.
///
/// # Panics
/// If two scales of different answers have one name.
pub fn form_text(id: &str, questions: &[Question]) -> String {
    let mut scales = BTreeMap::new();
    for question in questions {
        let answers = &question.scale.answers;
        let before = scales.insert(question.scale.name.as_str(), answers);
        assert!(before.is_none_or(|before| before == answers), "scale `{}` differs", question.scale.name);
    }
    let mut form = format!(
        "id = \"{id}\"\ntitle = {{ es = \"pequeño\", en = \"small\" }}\nsource = \"made up for a test\"\n\n\
         [[factor]]\nid = \"all\"\nlabel = {{ es = \"todo\", en = \"all\" }}\n\n[answers]\n"
    );
    for (name, answers) in scales {
        let answer = |(id, label): &(String, Text)| {
            format!("{{ id = \"{id}\", es = \"{}\", en = \"{}\" }}", label.es, label.en)
        };
        let answers = answers.iter().map(answer).collect::<Vec<_>>().join(", ");
        writeln!(form, "{name} = [{answers}]").unwrap();
    }
    for Question { id, polarity, scale, correctable, label } in questions {
        let polarity = format!("{polarity:?}").to_lowercase();
        writeln!(
            form,
            "\n[[indicator]]\nid = \"{id}\"\nfactor = \"all\"\npolarity = \"{polarity}\"\ncorrectable = {correctable}\n\
             answers = \"{}\"\nlabel = {{ es = \"{}\", en = \"{}\" }}",
            scale.name, label.es, label.en
        )
        .unwrap();
    }
    form
}

/// The form itself.
///
/// # Panics
/// If it is not sound.
pub fn instrument(id: &str, questions: &[Question]) -> Arc<Instrument> {
    Arc::new(Instrument::from_toml(&form_text(id, questions), Path::new("small.toml")).unwrap())
}
