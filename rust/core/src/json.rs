//! Writes the little JSON that the core has to write.

/// Appends `text` as a JSON string.
///
/// ```
/// let mut out = String::new();
/// modelmix_core::json::quote("a\"\n\u{1}é", &mut out);
/// assert_eq!(out, r#""a\"\n\u0001é""#);
/// ```
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// Appends `text` as it stands between the quotes of a JSON string.
pub(crate) fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' => {
                let code = u32::from(char);
                out.push_str("\\u00");
                out.extend([code >> 4, code & 15].into_iter().filter_map(|digit| char::from_digit(digit, 16)));
            }
            _ => out.push(char),
        }
    }
}
