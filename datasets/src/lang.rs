//! The languages of the project.

use crate::Text;

/// A language that things are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Spanish, with decimal comma.
    Es,
    /// English.
    En,
}

/// What is written in both languages.
pub trait Bilingual {
    /// In Spanish.
    fn es(&self) -> &str;

    /// In English.
    fn en(&self) -> &str;
}

impl Bilingual for Text {
    fn es(&self) -> &str {
        &self.es
    }

    fn en(&self) -> &str {
        &self.en
    }
}

impl Lang {
    /// The one of two that is in this language.
    pub fn pick<T>(self, es: T, en: T) -> T {
        match self {
            Self::Es => es,
            Self::En => en,
        }
    }

    /// A text in this language.
    #[must_use]
    pub fn of(self, text: &impl Bilingual) -> &str {
        self.pick(text.es(), text.en())
    }
}
