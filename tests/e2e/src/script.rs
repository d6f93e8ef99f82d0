//! What runs in the page to find things as a user does.

/// Returns the visible elements with a role and an accessible name: `arguments[0]` the role,
/// `arguments[1]` the name, `*` for any.
pub(crate) const NAMED: &str = r#"
const roles = {
  button: "button, [role=button], summary",
  link: "a[href], [role=link]",
  textbox: "input:not([type]), input[type=text], input[type=search], textarea, [contenteditable=true], [role=textbox], [role=searchbox]",
  checkbox: "input[type=checkbox], [role=checkbox], [role=switch]",
  radio: "input[type=radio], [role=radio]",
  slider: "input[type=range], [role=slider]",
  combobox: "select, [role=combobox]",
  heading: "h1, h2, h3, h4, [role=heading]",
  dialog: "dialog[open], [role=dialog], [role=alertdialog]",
  option: "option, [role=option]",
};
const [role, wanted] = arguments;
const selector = roles[role] || `[role="${role}"]`;
const text = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");
const name = (element) => {
  const by = element.getAttribute("aria-labelledby");
  if (by) return by.split(/\s+/).map((id) => text(document.getElementById(id))).join(" ").trim();
  const own = element.getAttribute("aria-label");
  if (own) return own.trim();
  if (element.labels && element.labels.length) return text(element.labels[0]);
  return text(element) || element.getAttribute("title") || element.getAttribute("placeholder") || "";
};
const seen = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
};
return [...document.querySelectorAll(selector)].filter((element) => {
  if (!seen(element)) return false;
  if (wanted === "*") return true;
  // Names are compared without regard to the kind of space.
  return name(element).replace(/[\u00a0\u202f]/g, " ") === wanted.replace(/[\u00a0\u202f]/g, " ");
});
"#;

/// Returns the visible elements of a selector: `arguments[0]`.
pub(crate) const SEEN: &str = r"
return [...document.querySelectorAll(arguments[0])].filter((element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden';
});
";

/// Returns left, top, width and height of an element: `arguments[0]`.
pub(crate) const PLACE: &str = r"
const box = arguments[0].getBoundingClientRect();
return [box.x + scrollX, box.y + scrollY, box.width, box.height];
";

/// Returns an attribute and left, top, width and height of the visible elements of a selector that have it:
/// `arguments[0]` the selector, `arguments[1]` the attribute.
pub(crate) const PLACES: &str = r"
const [selector, attribute] = arguments;
return [...document.querySelectorAll(selector)]
  .filter((element) => element.hasAttribute(attribute) && getComputedStyle(element).visibility !== 'hidden')
  .map((element) => [element.getAttribute(attribute), element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && box.height > 0)
  .map(([value, box]) => [value, [box.x + scrollX, box.y + scrollY, box.width, box.height]]);
";
