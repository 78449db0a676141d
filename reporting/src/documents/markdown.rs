//! Markdown being written: headings, paragraphs, lists and tables, with names as text and never as markup.

/// A document.
#[derive(Debug, Default)]
pub(super) struct Markdown {
    text: String,
}

impl Markdown {
    pub(super) fn heading(&mut self, depth: usize, text: &str) {
        self.block(&format!("{} {}", "#".repeat(depth), plain(text)));
    }

    /// A paragraph of plain text.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.block(&plain(text));
    }

    /// A paragraph that may hold our own emphasis.
    pub(super) fn markup(&mut self, text: &str) {
        self.block(text);
    }

    /// A list of plain texts; nothing without any.
    pub(super) fn list(&mut self, items: impl IntoIterator<Item = String>) {
        let items: Vec<String> = items.into_iter().map(|item| format!("- {}", plain(&item))).collect();
        if !items.is_empty() {
            self.block(&items.join("\n"));
        }
    }

    /// A list of a bold term and a plain text each.
    pub(super) fn terms(&mut self, items: impl IntoIterator<Item = (String, String)>) {
        let items: Vec<String> = items
            .into_iter()
            .map(|(term, text)| format!("- **{}**: {}", plain(&term), plain(&text)))
            .collect();
        self.block(&items.join("\n"));
    }

    /// A table of plain texts.
    pub(super) fn table(&mut self, header: &[String], rows: impl IntoIterator<Item = Vec<String>>) {
        let line = |cells: &[String]| {
            format!("| {} |", cells.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join(" | "))
        };
        let mut lines = vec![line(header), format!("|{}", "---|".repeat(header.len()))];
        lines.extend(rows.into_iter().map(|row| line(&row)));
        self.block(&lines.join("\n"));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn block(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }
}

/// Text that Markdown shows as it is, on one line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '#' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text() {
        assert_eq!(plain("a|b\n<b> *x* [l](u) `c` #"), "a\\|b &lt;b> \\*x\\* \\[l\\](u) \\`c\\` \\#");
        let mut page = Markdown::default();
        page.table(&["a".into()], [vec!["1|2".into()]]);
        page.list([]);
        assert_eq!(page.finish(), "| a |\n|---|\n| 1\\|2 |\n");
    }
}
