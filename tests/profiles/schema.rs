//! The JSON Schema that editors are given.
//!
//! The crate `jsonschema` would do the validation, but it switches on features of crates that the inference
//! engine uses too, and `cargo test` would build that a second time (4 minutes). So the words of JSON Schema
//! that ours uses are read here; any other word is an error of the test.

use photogate::check;
use photogate::profile::{BASES, BUILT_IN, Profile, schema, to_toml};
use serde_json::Value;

use super::{HEAD, photogate, text};

/// Why the value does not follow the schema.
fn fault(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let here = |what: &str| Some(format!("{at}: {what}"));
    for (word, arg) in schema.as_object().unwrap() {
        let found = match word.as_str() {
            "$schema" | "title" | "description" | "$defs" | "default" | "format" => None,
            "$ref" => {
                let name = arg.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                fault(root, root["$defs"].get(name).unwrap(), value, at)
            }
            "type" => {
                let is = match arg.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "number" => value.is_number(),
                    "integer" => value.is_u64() || value.is_i64(),
                    other => panic!("type {other}"),
                };
                if is { None } else { here(&format!("is no {arg}")) }
            }
            "enum" if arg.as_array().unwrap().contains(value) => None,
            "enum" => here("is none of those"),
            "minimum" if value.as_f64() >= arg.as_f64() => None,
            "maximum" if value.as_f64() <= arg.as_f64() => None,
            "minItems" if value.as_array().unwrap().len() as u64 >= arg.as_u64().unwrap() => None,
            "maxItems" if value.as_array().unwrap().len() as u64 <= arg.as_u64().unwrap() => None,
            "minimum" | "maximum" | "minItems" | "maxItems" => here(word),
            "required" => {
                let keys = arg.as_array().unwrap().iter().map(|k| k.as_str().unwrap());
                let missing = keys.into_iter().find(|k| value.get(k).is_none());
                missing.and_then(|k| here(&format!("has no {k}")))
            }
            "items" => {
                let mut items = value.as_array().unwrap().iter();
                items.find_map(|v| fault(root, arg, v, &format!("{at}[]")))
            }
            "anyOf" => {
                let fits = |s: &Value| fault(root, s, value, at).is_none();
                if arg.as_array().unwrap().iter().any(fits) { None } else { here("fits none") }
            }
            "properties" => {
                let mut keys = value.as_object()?.iter();
                keys.find_map(|(k, v)| fault(root, arg.get(k)?, v, &format!("{at}.{k}")))
            }
            "additionalProperties" if arg == false => {
                let known = |k: &String| schema["properties"].get(k).is_some();
                let key = value.as_object()?.keys().find(|k| !known(k));
                key.and_then(|k| here(&format!("knows no {k}")))
            }
            other => panic!("the schema says {other}: {arg}"),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn said(toml_text: &str) -> Option<String> {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let value: Value = toml::from_str(toml_text).unwrap();
    fault(&schema, &schema, &value, "")
}

#[test]
fn every_built_in_profile_follows_it_as_a_file_and_resolved() {
    for (name, text) in BUILT_IN.iter().chain(BASES) {
        assert_eq!(said(text), None, "{name}");
        assert_eq!(said(&to_toml(&Profile::load(name).unwrap())), None, "{name}, resolved");
    }
}

#[test]
fn what_the_program_refuses_an_editor_marks() {
    let limit = |lines: &str| said(&format!("name = 'x'\n{HEAD}{lines}"));
    assert_eq!(limit("[limits.yaw]\npass = { max = 1 }\nclause = 'c'"), None);
    for (lines, at) in [
        ("[limit.yaw]\npass = { max = 1 }\nclause = 'c'", "limit"),
        ("[limits.yawn]\npass = { max = 1 }\nclause = 'c'", "yawn"),
        ("[limits.yaw]\npass = { maxi = 1 }\nclause = 'c'", "maxi"),
        ("[limits.yaw]\npass = { max = 1 }\nreview = { max = 'x' }\nclause = 'c'", "review.max"),
        ("[limits.yaw]\npass = { max = 1 }", "clause"),
        ("[limits.yaw]\nclause = 'c'", "pass"),
        ("[limits.yaw]\none_of = ['JPEG']\nclause = 'c'", "one_of"),
        ("[limits.file_format]\none_of = ['JPG']\nclause = 'c'", "one_of"),
        ("[limits.file_format]\none_of = []\nclause = 'c'", "one_of"),
        ("[finished.limits.file_format]\npass = { min = 1 }\nclause = 'c'", "pass"),
        ("[finished]\ndrop = ['yawn']", "drop"),
        ("[frame]\nwidth = 480\nheight = 640", "dpi"),
        ("[background]\ncolours = [[1, 2, 300]]\nreplace = true", "colours"),
        ("[wording.yaw]\nmiddle = { zh = '一', en = 'x' }", "middle"),
    ] {
        let reason = limit(lines).unwrap_or_else(|| panic!("follows the schema: {lines}"));
        assert!(reason.contains(at), "{lines}: {reason}");
    }
    assert!(said("name = 'x'").unwrap().contains("fits none"));
    assert_eq!(said("name = 'x'\nextends = 'chsi-degree'"), None);
}

#[test]
fn it_tells_what_each_check_is() {
    let output = photogate(&["profiles", "schema"]);
    let schema: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let limits = &schema["$defs"]["limits"]["properties"];
    for check in check::ALL {
        let about = limits[check.id]["description"].as_str().unwrap();
        for text in [check.title, check.method] {
            assert!(about.contains(text.zh) && about.contains(text.en), "{about}");
        }
        let names = &limits[check.id]["properties"]["one_of"]["items"]["enum"];
        assert_eq!(names.as_array().map_or(0, Vec::len), check.names.len(), "{}", check.id);
    }
}
