//! A thing or the reason why there is none, for the OpenAPI document: the one shape that a derived description would name by
//! its generic type, and not by what a reader of the document looks for.

use std::borrow::Cow;

use utoipa::openapi::schema::RefBuilder;
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::assess::{ExplanationStability, PlacedValue};
use crate::explain::{OrReason, Percentile, Undefined};

/// Components of a document, by name.
type Components = Vec<(String, RefOr<Schema>)>;

/// A thing that the document describes together with the reason why there is none.
pub trait Described {
    /// Name of the component.
    const NAME: &'static str;
    /// What the component is.
    const ABOUT: &'static str;

    /// The thing itself.
    fn thing() -> RefOr<Schema>;

    /// The components that the thing refers to.
    fn components(to: &mut Components);
}

impl<T: Described> PartialSchema for OrReason<T> {
    fn schema() -> RefOr<Schema> {
        let choices = OneOfBuilder::new().item(T::thing()).item(reference::<Undefined>("It is not."));
        choices.description(Some(T::ABOUT)).into()
    }
}

impl<T: Described> ToSchema for OrReason<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }

    fn schemas(to: &mut Components) {
        T::components(to);
        component::<Undefined>(to);
    }
}

fn reference<T: ToSchema>(about: &str) -> Ref {
    RefBuilder::new().ref_location_from_schema_name(T::name()).description(Some(about)).build()
}

fn component<T: ToSchema>(to: &mut Components) {
    to.push((T::name().into_owned(), T::schema()));
    T::schemas(to);
}

impl Described for Percentile {
    const NAME: &'static str = "ScorePercentile";
    const ABOUT: &'static str = "Where a score stands, or why that is not known.";

    fn thing() -> RefOr<Schema> {
        reference::<Self>("It is known.").into()
    }

    fn components(to: &mut Components) {
        component::<Self>(to);
    }
}

impl Described for ExplanationStability {
    const NAME: &'static str = "Stability";
    const ABOUT: &'static str = "How far an explanation could move, or why that is not known.";

    fn thing() -> RefOr<Schema> {
        reference::<Self>("It is known.").into()
    }

    fn components(to: &mut Components) {
        component::<Self>(to);
    }
}

impl Described for Vec<PlacedValue> {
    const NAME: &'static str = "Percentiles";
    const ABOUT: &'static str = "Where each value stands, or why that is not known.";

    fn thing() -> RefOr<Schema> {
        let one = Ref::from_schema_name(PlacedValue::name());
        ArrayBuilder::new().items(one).description(Some("One an indicator.")).into()
    }

    fn components(to: &mut Components) {
        component::<PlacedValue>(to);
    }
}

impl Described for f64 {
    const NAME: &'static str = "LogOddsDifference";
    const ABOUT: &'static str = "A difference of scores, where the calibrator has one.";

    fn thing() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Number);
        let format = SchemaFormat::KnownFormat(KnownFormat::Double);
        number.format(Some(format)).description(Some("In log-odds.")).into()
    }

    fn components(_: &mut Components) {}
}
