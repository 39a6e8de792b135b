//! The JSON Schema of profile files, for editors: made of the types that read them, and of the checks
//! that there are.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::{Map, Value as Json, json};

use super::raw::RawProfile;
use crate::check::{self, Check};

/// The schema, draft 2020-12.
pub fn schema() -> String {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<RawProfile>();
    // TOML knows no null: what may be missing is left out.
    RecursiveTransform(without_null).transform(&mut schema);
    let mut schema = schema.to_value();
    let limit = schema["$defs"]["RawLimit"].take();
    let of = |check: &&Check| (check.id.to_owned(), limit_of(check, &limit));
    let limits: Map<String, Json> = check::ALL.iter().copied().map(|c| of(&c)).collect();
    let defs = &mut schema["$defs"];
    defs["limits"] = json!({"type": "object", "additionalProperties": false, "properties": limits});
    let wordings: Map<String, Json> = check::ALL
        .iter()
        .map(|c| (c.id.to_owned(), described(c, json!({"$ref": "#/$defs/RawWording"}))))
        .collect();
    let ids: Vec<&str> = check::ALL.iter().map(|c| c.id).collect();
    defs["check"] = json!({"enum": ids});
    let finished = &mut defs["RawFinished"]["properties"];
    refer(&mut finished["limits"], "limits");
    finished["drop"]["items"] = json!({"$ref": "#/$defs/check"});
    let root = &mut schema["properties"];
    refer(&mut root["limits"], "limits");
    root["drop"]["items"] = json!({"$ref": "#/$defs/check"});
    root["wording"]["additionalProperties"] = json!(false);
    root["wording"]["properties"] = Json::Object(wordings);
    schema["anyOf"] = json!([
        {"required": ["extends"]},
        {"required": ["title", "source", "min_confidence"]},
    ]);
    if let Some(defs) = schema["$defs"].as_object_mut() {
        defs.remove("RawLimit");
    }
    format!("{schema:#}")
}

/// What a limit of this check may say: a number has bands, a name has names.
fn limit_of(check: &Check, any: &Json) -> Json {
    let mut limit = any.clone();
    let (key, others): (&str, &[&str]) = if check.names.is_empty() {
        ("pass", &["one_of"])
    } else {
        ("one_of", &["pass", "review"])
    };
    if let Some(properties) = limit["properties"].as_object_mut() {
        properties.retain(|k, _| !others.contains(&k.as_str()));
    }
    if !check.names.is_empty() {
        limit["properties"]["one_of"]["items"] = json!({"enum": check.names});
    }
    if let Some(required) = limit["required"].as_array_mut() {
        required.push(json!(key));
    }
    described(check, limit)
}

fn described(check: &Check, mut schema: Json) -> Json {
    let unit = if check.unit.is_empty() { String::new() } else { format!(" ({})", check.unit) };
    schema["title"] = json!(format!("{} {}", check.title.zh, check.title.en));
    let (title, method) = (check.title, check.method);
    schema["description"] =
        json!(format!("{} {}{unit}: {} {}", title.zh, title.en, method.zh, method.en));
    schema
}

/// Keep the description, and refer to a definition for the rest.
fn refer(schema: &mut Json, definition: &str) {
    let description = schema["description"].take();
    *schema = json!({"description": description, "$ref": format!("#/$defs/{definition}")});
}

fn without_null(schema: &mut Schema) {
    let is_null = |s: &Json| s == "null" || *s == json!({"type": "null"});
    if let Some(types) = schema.get_mut("type").and_then(Json::as_array_mut) {
        types.retain(|t| !is_null(t));
        if let [one] = &types[..] {
            let one = one.clone();
            schema.insert("type".to_owned(), one);
        }
    }
    if let Some(any) = schema.get_mut("anyOf").and_then(Json::as_array_mut) {
        any.retain(|s| !is_null(s));
        if let [Json::Object(one)] = &any[..] {
            let one = one.clone();
            schema.remove("anyOf");
            for (key, value) in one {
                schema.insert(key, value);
            }
        }
    }
}
