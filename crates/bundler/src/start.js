// Loads the page. A file of its own, since the content security policy refuses inline code.
import init from "./ui.js";

init({ module_or_path: new URL("./ui_bg.wasm", import.meta.url) }).catch((error) => {
  console.error(error);
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.textContent = `The page could not be loaded / La page n’a pas pu être chargée. ${error}`;
  document.body.replaceChildren(words);
});
