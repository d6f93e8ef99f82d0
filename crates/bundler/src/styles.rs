//! The style sheet: one file, in the order of `styles/order.txt`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// Where the order stands, relative to the page's crate.
const ORDER: &str = "styles/order.txt";

/// Returns all style sheets of the page's crate as one.
pub(crate) fn sheet(ui: &Path) -> Result<String> {
    let mut found = Vec::new();
    for folder in ["styles", "src"] {
        collect(&ui.join(folder), Path::new(folder), &mut found)?;
    }
    found.sort();
    let text = std::fs::read_to_string(ui.join(ORDER)).with_context(|| ORDER.to_owned())?;
    let mut sheet = String::new();
    for name in ordered(&text, &found)? {
        let text = std::fs::read_to_string(ui.join(name)).with_context(|| name.to_owned())?;
        sheet.push_str(&text);
        sheet.push('\n');
    }
    Ok(sheet)
}

/// Returns the names of the order, after checking that they are exactly the files that are there.
fn ordered<'a>(order: &'a str, found: &[PathBuf]) -> Result<Vec<&'a str>> {
    let lines = order.lines().map(str::trim);
    let names: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    for file in found {
        let count = names.iter().filter(|name| Path::new(name) == file).count();
        let name = file.display();
        ensure!(count > 0, "{name} is not in {ORDER}: it would not be seen");
        ensure!(count == 1, "{name} is in {ORDER} {count} times");
    }
    for name in &names {
        let is_there = found.iter().any(|file| file == Path::new(name));
        ensure!(is_there, "{ORDER} names {name}, which is not there");
    }
    Ok(names)
}

fn collect(folder: &Path, name: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = name.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &name, found)?;
        } else if name.extension().is_some_and(|ending| ending == "css") {
            found.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_stands_in_the_order_once() {
        let found = [PathBuf::from("src/a.css"), PathBuf::from("styles/b.css")];
        let names = ordered("# first\nstyles/b.css\n\nsrc/a.css\n", &found).unwrap();
        assert_eq!(names, ["styles/b.css", "src/a.css"]);
        for wrong in [
            "src/a.css",
            "src/a.css\nsrc/a.css\nstyles/b.css",
            "src/a.css\nstyles/b.css\nsrc/c.css",
        ] {
            assert!(ordered(wrong, &found).is_err(), "{wrong}");
        }
    }
}
