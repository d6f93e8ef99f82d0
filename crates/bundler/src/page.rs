//! The document: what loads the style sheet and the module is put in here, so that the page's
//! source does not repeat how it is bundled.

use anyhow::{Context as _, Result, ensure};

const HEAD: &str = "\
    <link rel=\"stylesheet\" href=\"/studio.css\">
    <link rel=\"modulepreload\" href=\"/ui.js\">
    <script type=\"module\" src=\"/start.js\"></script>
";

/// Returns the document with the loading elements at the end of its head.
pub(crate) fn document(text: &str) -> Result<String> {
    for inline in ["<script", "<style", "style=\"", " onclick=", " onload="] {
        ensure!(
            !text.contains(inline),
            "index.html holds {inline}: the page runs and looks by files only, since the content \
             security policy refuses all that is inline"
        );
    }
    let (head, rest) = text
        .split_once("</head>")
        .context("index.html has no </head>")?;
    Ok(format!("{}\n{HEAD}</head>{rest}", head.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loads_comes_last_in_the_head() {
        let text = document("<html><head><title>x</title></head><body></body></html>").unwrap();
        assert!(
            text.contains("start.js\"></script>\n</head><body>"),
            "{text}"
        );
    }

    #[test]
    fn inline_code_and_styles_are_refused() {
        for body in [
            "<script>1</script>",
            "<p style=\"x\">",
            "<style>p{}</style>",
        ] {
            let text = format!("<head></head>{body}");
            assert!(document(&text).is_err(), "{body}");
        }
    }
}
