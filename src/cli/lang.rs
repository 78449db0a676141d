//! The languages that can be asked for.

use amparo_reporting::telling;
use clap::ValueEnum;

/// Languages of the project.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Lang {
    /// Spanish.
    Es,
    /// English.
    En,
}

impl From<Lang> for telling::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Es => Self::Es,
            Lang::En => Self::En,
        }
    }
}
