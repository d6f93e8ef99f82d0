//! Google's discovery documents as oracles: what a call may hold.

use serde_json::Value;

/// A discovery document.
pub struct Discovery(Value);

impl Discovery {
    /// Reads the document of a name among the shared material; none where there is none.
    pub fn shared(name: &str) -> Option<Self> {
        let path = crate::shared()?.join("platforms/specs").join(name);
        let text = std::fs::read_to_string(path).unwrap();
        Some(Self(serde_json::from_str(&text).unwrap()))
    }

    /// Returns what of a query a method does not know; `uploadType` belongs to the protocol.
    pub fn unknown_parameters(&self, resource: &str, method: &str, names: &[&str]) -> Vec<String> {
        let method = &self.0["resources"][resource]["methods"][method];
        let known = method["parameters"].as_object().unwrap();
        let is_unknown = |name: &&&str| !known.contains_key(**name) && **name != "uploadType";
        names
            .iter()
            .filter(is_unknown)
            .map(ToString::to_string)
            .collect()
    }

    /// Returns what is wrong with a value of a schema.
    pub fn faults(&self, schema: &str, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.compare(&self.0["schemas"][schema], value, schema, &mut faults);
        faults
    }

    fn compare(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            return self.compare(&self.0["schemas"][name], value, at, faults);
        }
        let is_right = match schema["type"].as_str() {
            Some("object") => {
                let Some(fields) = value.as_object() else {
                    return faults.push(format!("{at} is no object"));
                };
                for (name, field) in fields {
                    let at = format!("{at}.{name}");
                    match schema["properties"].get(name) {
                        Some(schema) => self.compare(schema, field, &at, faults),
                        None => faults.push(format!("{at} is unknown")),
                    }
                }
                true
            }
            Some("array") => {
                let items = value.as_array();
                for item in items.into_iter().flatten() {
                    self.compare(&schema["items"], item, at, faults);
                }
                items.is_some()
            }
            Some("string") => {
                let known = schema["enum"].as_array();
                value.is_string() && known.is_none_or(|known| known.contains(value))
            }
            Some("boolean") => value.is_boolean(),
            Some("integer" | "number") => value.is_number(),
            _ => true,
        };
        if !is_right {
            faults.push(format!("{at} is {value}"));
        }
    }
}
