//! The languages of the project.

use amparo_evaluation::definitions::Text;

/// A language that results are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Spanish, with decimal comma.
    Es,
    /// English.
    En,
}

impl Lang {
    /// The one of two that is in this language.
    pub(crate) fn pick<T>(self, es: T, en: T) -> T {
        match self {
            Self::Es => es,
            Self::En => en,
        }
    }

    /// A text in this language.
    #[must_use]
    pub fn of(self, text: &Text) -> &str {
        self.pick(&text.es, &text.en)
    }
}

/// A sentence in a language, from its Spanish and its English; both are written side by side so that they stay the same sentence.
macro_rules! tell {
    ($lang:expr, $es:literal, $en:literal $(; $($value:expr),+ $(,)?)?) => {
        match $lang {
            $crate::telling::Lang::Es => format!($es $(, $($value),+)?),
            $crate::telling::Lang::En => format!($en $(, $($value),+)?),
        }
    };
    ($lang:expr, $es:literal, $en:literal,) => { tell!($lang, $es, $en) };
}

pub(crate) use tell;
