//! A drawing as text: just the shapes our plots need, with an accessible name and CSS classes.
//!
//! Drawn here and not by a plotting crate: those write colours into every shape, set no `title`, `desc` or `role`, and so can be
//! neither read aloud nor printed and themed by one style sheet.

use std::fmt::Write as _;

/// The shape of a mark; kinds of scores differ by shape, not by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The reference version.
    Diamond,
    /// Another version.
    Circle,
    /// A foreign score.
    Square,
}

/// A drawing being made; coordinates are CSS pixels, y downwards.
#[derive(Debug, Clone)]
pub(super) struct Svg {
    width: f64,
    height: f64,
    body: String,
}

impl Svg {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.push(format_args!(
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            px(x1),
            px(y1),
            px(x2),
            px(y2)
        ));
    }

    /// A rectangle; `size` is not negative.
    pub(super) fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            px(x),
            px(y),
            px(width),
            px(height)
        ));
    }

    /// Straight lines through the points.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
        self.push(format_args!("<polyline class=\"{class}\" points=\"{}\"/>", points.join(" ")));
    }

    /// The area between two lines over the same places: `(x, low, high)` each.
    pub(super) fn band(&mut self, class: &str, places: &[(f64, f64, f64)]) {
        let below = places.iter().map(|(x, low, _)| (*x, *low));
        let above = places.iter().rev().map(|(x, _, high)| (*x, *high));
        let points: Vec<String> = below.chain(above).map(|(x, y)| format!("{},{}", px(x), px(y))).collect();
        self.push(format_args!("<polygon class=\"{class}\" points=\"{}\"/>", points.join(" ")));
    }

    /// A ribbon from `top..bottom` at one place to `top..bottom` at another, its edges level at both ends.
    pub(super) fn ribbon(
        &mut self,
        class: &str,
        (x1, top1, bottom1): (f64, f64, f64),
        (x2, top2, bottom2): (f64, f64, f64),
    ) {
        let middle = px(f64::midpoint(x1, x2));
        let (x1, x2) = (px(x1), px(x2));
        let [top1, bottom1, top2, bottom2] = [top1, bottom1, top2, bottom2].map(px);
        self.push(format_args!(
            "<path class=\"{class}\" d=\"M{x1},{top1}C{middle},{top1} {middle},{top2} {x2},{top2}L{x2},{bottom2}\
             C{middle},{bottom2} {middle},{bottom1} {x1},{bottom1}Z\"/>"
        ));
    }

    /// A mark centred on a point, about `2 * radius` wide.
    pub(super) fn mark(&mut self, class: &str, mark: Mark, (x, y): (f64, f64), radius: f64) {
        let class = format!("mark {class}");
        match mark {
            Mark::Circle => self.push(format_args!(
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
                px(x),
                px(y),
                px(radius)
            )),
            Mark::Square => {
                let half = radius * 0.9;
                self.rect(&class, (x - half, y - half), (2.0 * half, 2.0 * half));
            }
            Mark::Diamond => {
                let r = radius * 1.3;
                let corners = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                let corners: Vec<String> =
                    corners.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
                self.push(format_args!("<polygon class=\"{class}\" points=\"{}\"/>", corners.join(" ")));
            }
        }
    }

    /// A line of text; the class says its anchor (`end`, `middle`, otherwise start).
    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            px(x),
            px(y),
            escape(text)
        ));
    }

    /// The `svg` element; `id` is unique on the page, `desc` gives the numbers in words.
    pub(super) fn finish(self, id: &str, title: &str, desc: &str) -> String {
        let (width, height) = (px(self.width), px(self.height));
        format!(
            "<svg role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\"><title id=\"{id}-title\">{}</title>\
             <desc id=\"{id}-desc\">{}</desc>{}</svg>",
            escape(title),
            escape(desc),
            self.body
        )
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = self.body.write_fmt(element);
    }
}

/// Text shortened in the middle to at most `most` characters: names often differ at their end.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= most {
        return text.to_owned();
    }
    let tail = (most - 1) / 2;
    let head = most - 1 - tail;
    chars[..head].iter().chain(['\u{2026}'].iter()).chain(&chars[chars.len() - tail..]).collect()
}

/// Text made safe inside an element or a quoted attribute; control characters, which XML forbids, become `U+FFFD`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A coordinate with at most one decimal.
fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_the_drawing_is_named() {
        let mut svg = Svg::new(10.0, 20.5);
        svg.text("end", (1.0, -0.01), "</text><script>");
        let svg = svg.finish("a", "A & B", "\"1\" < 2");
        assert_eq!(
            svg,
            "<svg role=\"img\" aria-labelledby=\"a-title\" aria-describedby=\"a-desc\" width=\"10\" height=\"20.5\" \
             viewBox=\"0 0 10 20.5\"><title id=\"a-title\">A &amp; B</title><desc id=\"a-desc\">&quot;1&quot; &lt; 2</desc>\
             <text class=\"end\" x=\"1\" y=\"0\">&lt;/text&gt;&lt;script&gt;</text></svg>"
        );
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shorten("vpr-hybrid-dial-0.25", 11), "vpr-h\u{2026}-0.25");
        assert_eq!(shorten("short", 5), "short");
    }
}
