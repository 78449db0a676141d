//! Explainable boosting machines of interpret 0.7, from their `to_json`: two classes, tables of one column or two.

mod features;
mod terms;

#[cfg(test)]
mod tests;

use crate::Error;
use crate::foreign::{Arithmetic, Budget, Derived, ForeignModel, Origin, Scale};
use crate::json::{self, At};
use features::{Feature, Features};

const FORMAT: &str = "interpret JSON";

/// Reads a model.
///
/// # Errors
/// Whatever is wrong in the file, and what has no exact meaning here.
pub(crate) fn read(bytes: &[u8]) -> Result<ForeignModel, Error> {
    let document = json::document(FORMAT, bytes)?;
    let root = At::root(FORMAT, &document);
    let version = root.field("version")?;
    if version.text()? != "1.0" {
        return Err(version.malformed("version 1.0, which interpret 0.7 writes"));
    }
    let ebm = root.field("ebm")?;
    let mut notes = vec![format!("the probability is that of the class `{}`", positive(&ebm)?)];
    let intercept = ebm.field("intercept")?;
    let &[base] = intercept.numbers()?.as_slice() else { return Err(intercept.malformed("one number")) };
    let list = ebm.field("features")?;
    let features: Vec<Feature> = list.items()?.iter().map(Feature::of).collect::<Result<_, _>>()?;
    let Some(named) = Features::new(&features) else {
        return Err(list.malformed("features of different names"));
    };
    let terms = ebm.field("terms")?.items()?;
    let mut budget = Budget::default();
    let terms = terms.iter().map(|term| terms::read(term, &named, &mut budget, &mut notes));
    let terms = terms.collect::<Result<_, _>>()?;
    Ok(ForeignModel {
        origin: Origin { format: FORMAT, program: Some("interpret, file version 1.0".to_owned()), notes },
        columns: Derived::plain(features.len()),
        inputs: features.into_iter().map(|feature| feature.name).collect(),
        base,
        terms,
        scale: Scale::LogOdds,
        arithmetic: Arithmetic::Double,
    })
}

/// The class whose log-odds the sum is: the second of two.
fn positive(ebm: &At<'_>) -> Result<String, Error> {
    let instead = "train an `ExplainableBoostingClassifier` on two classes";
    let outputs = ebm.field("outputs")?;
    let items = outputs.items()?;
    let [output] = items.as_slice() else {
        return Err(outputs.unsupported("a model of several outputs", instead));
    };
    let task = output.field("task")?;
    if task.text()? != "classification" {
        return Err(task.unsupported(format!("the task `{}`", json::shortened(task.text()?)), instead));
    }
    let classes = output.field("classes")?;
    let names = classes.items()?;
    let [_, positive] = names.as_slice() else {
        return Err(classes.unsupported(format!("a model of {} classes", names.len()), instead));
    };
    let link = output.field("link")?;
    if link.text()? != "logit" {
        let what = format!("the link `{}`", json::shortened(link.text()?));
        return Err(link.unsupported(what, "train with the objective `log_loss`"));
    }
    Ok(positive.shown())
}
