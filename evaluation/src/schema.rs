//! The JSON Schema of `report.json`, for whoever reads it without this crate.

/// The schema (draft 2020-12) of a [`Report`](crate::report::Report) of format [`FORMAT`](crate::report::FORMAT), as text.
///
/// A report names it by its format: `"format": 11` is `urn:amparo:evaluation:report:11`, the schema's `$id`.
pub const SCHEMA: &str = include_str!("../schema/report.schema.json");

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::SCHEMA;
    use crate::report::{FORMAT, Report};

    /// The schema that the types give.
    fn generated() -> Value {
        // As written, every field is there; as read, an absent one would be taken for `null`.
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Report>().to_value();
        close(&mut schema);
        let root = schema.as_object_mut().unwrap();
        root.insert("$id".into(), json!(format!("urn:amparo:evaluation:report:{FORMAT}")));
        root.insert("title".into(), json!(format!("Evaluation report of Amparo, format {FORMAT}")));
        root["properties"]["format"] = json!({ "const": FORMAT, "description": "The format of the report." });
        schema
    }

    /// No object has other fields than those it names.
    fn close(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.values_mut().for_each(close);
                if fields.contains_key("properties") && fields.get("type") == Some(&json!("object")) {
                    fields.insert("additionalProperties".into(), json!(false));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }

    /// `AMPARO_WRITE_SCHEMA=1 cargo test -p amparo-evaluation schema` writes it anew.
    #[test]
    fn the_published_schema_is_what_the_types_give() {
        let expected = serde_json::to_string_pretty(&generated()).unwrap() + "\n";
        if std::env::var_os("AMPARO_WRITE_SCHEMA").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report.schema.json");
            std::fs::write(path, &expected).unwrap();
            return;
        }
        assert!(SCHEMA == expected, "the types have changed: write the schema anew, and think of the format");
    }

    #[test]
    fn every_object_is_closed_and_every_field_is_told() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut objects = 0;
        visit(&schema, &mut |value| {
            if let Some(fields) = value.get("properties").and_then(Value::as_object) {
                objects += 1;
                assert_eq!(value["additionalProperties"], json!(false), "{value}");
                for (name, field) in fields {
                    let told = ["description", "const", "$ref"].iter().any(|key| field.get(key).is_some());
                    assert!(told, "{name}");
                }
            }
        });
        assert!(objects > 20, "{objects}");
    }

    fn visit(value: &Value, see: &mut impl FnMut(&Value)) {
        see(value);
        match value {
            Value::Object(fields) => fields.values().for_each(|value| visit(value, see)),
            Value::Array(items) => items.iter().for_each(|value| visit(value, see)),
            _ => {}
        }
    }
}
