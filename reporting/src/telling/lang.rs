//! The languages of the project.

pub use amparo_datasets::Lang;

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
