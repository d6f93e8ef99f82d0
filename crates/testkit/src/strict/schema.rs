//! Official descriptions as oracles, Google's discovery documents and OpenAPI: what a call may hold.

use serde_json::Value;

use super::frame::Fields;

/// A discovery document.
pub struct Discovery(Value);

impl Discovery {
    /// Reads the document of a name among the shared material; none where there is none.
    pub fn shared(name: &str) -> Option<Self> {
        Some(Self(shared(name)?))
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

    /// Returns what is wrong with a file that a method gets.
    pub fn media_faults(
        &self,
        resource: &str,
        method: &str,
        kind: &str,
        bytes: usize,
    ) -> Vec<String> {
        let media = &self.0["resources"][resource]["methods"][method]["mediaUpload"];
        let mut faults = Vec::new();
        let accepted = media["accept"].as_array().unwrap();
        if !accepted.iter().any(|accepted| accepted == kind) {
            faults.push(format!("a file of the type {kind}"));
        }
        let most: usize = media["maxSize"].as_str().unwrap().parse().unwrap();
        if bytes > most {
            faults.push(format!("a file of {bytes} bytes, and {most} are the most"));
        }
        faults
    }

    /// Returns whether one of these scopes is enough for a method.
    pub fn allows(&self, resource: &str, method: &str, granted: &[String]) -> bool {
        let scopes = &self.0["resources"][resource]["methods"][method]["scopes"];
        let mut wanted = scopes.as_array().unwrap().iter();
        wanted.any(|scope| granted.iter().any(|own| scope == own.as_str()))
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

/// An OpenAPI description, version 3.0.
pub struct OpenApi(Value);

impl OpenApi {
    /// Reads the description of a name among the shared material; none where there is none.
    pub fn shared(name: &str) -> Option<Self> {
        Some(Self(shared(name)?))
    }

    fn operation(&self, path: &str, method: &str) -> &Value {
        &self.0["paths"][path][method]
    }

    /// Returns what is wrong with the query of a call.
    pub(super) fn query_faults(&self, path: &str, method: &str, query: &Fields) -> Vec<String> {
        let operation = self.operation(path, method);
        let mut faults = Vec::new();
        if operation.is_null() {
            faults.push(format!("{method} {path} is unknown"));
        }
        let parameters = operation["parameters"].as_array();
        let parameters = parameters.into_iter().flatten().map(|p| self.resolved(p));
        let known: Vec<&Value> = parameters.filter(|p| p["in"] == "query").collect();
        for (name, text) in query {
            match known.iter().find(|p| p["name"] == name.as_str()) {
                Some(parameter) => {
                    let schema = self.resolved(&parameter["schema"]);
                    let value = of_text(schema, text);
                    self.compare(schema, &value, name, &mut faults);
                }
                None => faults.push(format!("{name} is unknown")),
            }
        }
        for parameter in known {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["required"] == true && !query.contains_key(name) {
                faults.push(format!("{name} is missing"));
            }
        }
        faults
    }

    /// Returns what is wrong with the body of a call by POST.
    pub fn body_faults(&self, path: &str, kind: &str, body: &Value) -> Vec<String> {
        let content = &self.operation(path, "post")["requestBody"]["content"][kind];
        let mut faults = Vec::new();
        if content.is_null() {
            faults.push(format!("{path} takes no {kind}"));
        }
        self.compare(&content["schema"], body, "body", &mut faults);
        faults
    }

    /// Follows a reference such as `#/components/schemas/PostId`.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"]
            .as_str()
            .and_then(|name| name.strip_prefix('#'));
        match pointer {
            Some(pointer) => self.resolved(self.0.pointer(pointer).unwrap()),
            None => value,
        }
    }

    fn compare(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.resolved(schema);
        if let Some(any) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            let fits = |schema: &Value| {
                let mut faults = Vec::new();
                self.compare(schema, value, at, &mut faults);
                faults.is_empty()
            };
            if !any.iter().any(fits) {
                faults.push(format!("{at} is none of its kinds: {value}"));
            }
            return;
        }
        let within = |length: usize, least: &str, most: &str| {
            let length = length as u64;
            schema[least].as_u64().is_none_or(|least| least <= length)
                && schema[most].as_u64().is_none_or(|most| length <= most)
        };
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
                for name in schema["required"].as_array().into_iter().flatten() {
                    if !fields.contains_key(name.as_str().unwrap_or_default()) {
                        faults.push(format!("{at}.{name} is missing"));
                    }
                }
                true
            }
            Some("array") => {
                let items = value.as_array();
                for item in items.into_iter().flatten() {
                    self.compare(&schema["items"], item, at, faults);
                }
                items.is_some_and(|items| within(items.len(), "minItems", "maxItems"))
            }
            Some("string") => {
                let known = schema["enum"].as_array();
                let is_known = known.is_none_or(|known| known.contains(value));
                let text = value.as_str();
                let has_length =
                    text.is_some_and(|text| within(text.len(), "minLength", "maxLength"));
                let is_id = |text: &str| {
                    (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
                };
                // The one pattern of the calls that are made.
                let follows = schema["pattern"] != "^[0-9]{1,19}$" || text.is_some_and(is_id);
                is_known && has_length && follows
            }
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.as_u64().is_some_and(|number| {
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                within(number, "minimum", "maximum")
            }),
            Some("number") => value.is_number(),
            _ => true,
        };
        if !is_right {
            faults.push(format!("{at} is {value}"));
        }
    }
}

/// Reads a parameter's text as its schema has it; lists are parted by commas.
fn of_text(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("array") => text.split(',').collect(),
        Some("integer") => text.parse::<u64>().map_or(Value::Null, Value::from),
        Some("boolean") => text.parse::<bool>().map_or(Value::Null, Value::from),
        _ => Value::from(text),
    }
}

/// Reads a JSON file among the shared descriptions.
fn shared(name: &str) -> Option<Value> {
    let path = crate::shared()?.join("platforms/specs").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}
