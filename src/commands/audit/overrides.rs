//! How often officers raise what is proposed.

use amparo_lab::audit::overrides;
use amparo_reporting::telling::{self, Lang};

use super::{logged, settings};
use crate::cli;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::show;

pub fn run(args: &cli::Overrides) -> Result<(), Failure> {
    let registry = amparo_stores::open(&args.registry)?;
    let found = overrides(&registry, &logged(&args.log, Lang::from(args.how.lang))?, settings(&args.how))?;
    if args.how.json {
        return print_json(&found);
    }
    let lang = Lang::from(args.how.lang);
    if found.is_empty() {
        match lang {
            Lang::Es => say!("El registro no contiene ninguna propuesta."),
            Lang::En => say!("The log holds no proposal."),
        }
    }
    for one in &found {
        show::print(&telling::overrides(&one.protocol, &one.overrides, lang));
    }
    Ok(())
}
