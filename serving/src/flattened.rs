//! The OpenAPI document says of a flattened field what is true in JSON: its fields stand in the object around it.
//!
//! A derived description gives such an object as all of several components, of which a generated client makes several
//! types. Here they become one object, and the components that are never answered on their own go.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::{AllOf, Object, OpenApi, RefOr, Schema};

/// Puts together what is flattened.
pub(crate) fn merge(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let schemas = &mut components.schemas;
    let (mut whole, mut parts) = (BTreeMap::new(), BTreeSet::new());
    for (name, schema) in schemas.iter() {
        if let RefOr::T(Schema::AllOf(all)) = schema
            && let Some((object, names)) = merged(all, schemas)
        {
            whole.insert(name.clone(), RefOr::T(Schema::Object(object)));
            parts.extend(names);
        }
    }
    schemas.extend(whole);
    schemas.retain(|name, _| !parts.contains(name));
}

/// One object with the fields of all, and the names of the components that they were; nothing if one is no object.
fn merged(all: &AllOf, schemas: &BTreeMap<String, RefOr<Schema>>) -> Option<(Object, Vec<String>)> {
    let (mut object, mut names) = (Object::new(), Vec::new());
    object.description.clone_from(&all.description);
    for item in &all.items {
        let part = match item {
            RefOr::Ref(reference) => {
                let (_, name) = reference.ref_location.rsplit_once('/')?;
                names.push(name.to_owned());
                schemas.get(name)?
            }
            RefOr::T(_) => item,
        };
        let RefOr::T(Schema::Object(part)) = part else { return None };
        object.properties.extend(part.properties.clone());
        object.required.extend(part.required.clone());
    }
    Some((object, names))
}
