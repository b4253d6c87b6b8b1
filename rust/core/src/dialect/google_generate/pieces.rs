//! Arguments of a call that come as values of JSON paths: `{"jsonPath": "$.list[0].city", "stringValue": "Os"}`.
//!
//! Format: <https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc>.

use crate::json;
use crate::scan::{MAX_DEPTH, Read, Scan};
use crate::text;

/// How many items of a list may be passed over: a path must not make a long list of nothing.
const GAP: usize = 16;

/// The arguments so far.
#[derive(Debug, Default)]
pub(super) enum Tree {
    #[default]
    Nothing,
    /// A scalar, as it was written.
    Scalar(String),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

enum Step {
    Key(String),
    Index(usize),
}

impl Tree {
    /// Reads `partialArgs`.
    pub(super) fn read(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            let (mut path, mut value) = (Vec::new(), Self::Nothing);
            let Some(mut object) = scan.object()? else { continue };
            while let Some(key) = scan.key(&mut object)? {
                match &*key {
                    b"jsonPath" => path = steps(&scan.text()?.unwrap_or_default()),
                    b"stringValue" => value = Self::Text(scan.text()?.unwrap_or_default().into_owned()),
                    b"numberValue" | b"boolValue" => value = Self::Scalar(text::lossy(scan.raw()?).into_owned()),
                    // Its value is the name of protobuf's null.
                    b"nullValue" => {
                        scan.skip()?;
                        value = Self::Scalar("null".to_owned());
                    }
                    _ => scan.skip()?,
                }
            }
            if let Some(place) = self.place(&path) {
                place.grow(value);
            }
        }
        Ok(())
    }

    /// The value at a path, made when it is new.
    fn place(&mut self, path: &[Step]) -> Option<&mut Self> {
        if path.is_empty() || path.len() > MAX_DEPTH as usize {
            return None;
        }
        path.iter().try_fold(self, |tree, step| match step {
            Step::Key(key) => tree.member(key),
            Step::Index(index) => tree.item(*index),
        })
    }

    fn member(&mut self, key: &str) -> Option<&mut Self> {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        let Self::Map(members) = self else { return None };
        let at = members.iter().rposition(|(known, _)| known == key).unwrap_or(members.len());
        if at == members.len() {
            members.push((key.to_owned(), Self::Nothing));
        }
        members.get_mut(at).map(|(_, value)| value)
    }

    fn item(&mut self, index: usize) -> Option<&mut Self> {
        if !matches!(self, Self::List(_)) {
            *self = Self::List(Vec::new());
        }
        let Self::List(items) = self else { return None };
        if index > items.len() + GAP {
            return None;
        }
        while items.len() <= index {
            items.push(Self::Nothing);
        }
        items.get_mut(index)
    }

    /// A text grows; anything else is set.
    fn grow(&mut self, value: Self) {
        match (self, value) {
            (_, Self::Nothing) => {}
            (Self::Text(text), Self::Text(more)) => text.push_str(&more),
            (place, value) => *place = value,
        }
    }

    /// Writes the value as JSON; nothing at all where nothing came. What is not `whole` is left open at its end, where
    /// more would have come.
    pub(super) fn write(&self, whole: bool, out: &mut String) {
        match self {
            Self::Nothing => {}
            Self::Scalar(raw) => out.push_str(raw),
            Self::Text(text) => {
                json::quote(text, out);
                if !whole {
                    out.pop();
                }
            }
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.write_inner(whole || at + 1 < items.len(), out);
                }
                out.push_str(if whole { "]" } else { "" });
            }
            Self::Map(members) => {
                out.push('{');
                for (at, (key, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    json::quote(key, out);
                    out.push(':');
                    value.write_inner(whole || at + 1 < members.len(), out);
                }
                out.push_str(if whole { "}" } else { "" });
            }
        }
    }

    fn write_inner(&self, whole: bool, out: &mut String) {
        match self {
            Self::Nothing => out.push_str(if whole { "null" } else { "" }),
            value => value.write(whole, out),
        }
    }
}

/// The steps of a path such as `$.list[0]['a key']`; none when it is no such path.
fn steps(path: &str) -> Vec<Step> {
    let Some(mut rest) = path.strip_prefix('$') else { return Vec::new() };
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let Some((step, after)) = step(rest) else { return Vec::new() };
        steps.push(step);
        rest = after;
    }
    steps
}

fn step(rest: &str) -> Option<(Step, &str)> {
    if let Some(name) = rest.strip_prefix('.') {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (name, after) = name.split_at_checked(end)?;
        return Some((Step::Key(name.to_owned()), after));
    }
    let inner = rest.strip_prefix('[')?;
    if let Some(quote) = inner.chars().next().filter(|char| matches!(char, '\'' | '"')) {
        let (name, after) = inner.get(1..)?.split_once([quote])?;
        return Some((Step::Key(name.to_owned()), after.strip_prefix(']')?));
    }
    let (index, after) = inner.split_once(']')?;
    Some((Step::Index(index.parse().ok()?), after))
}

#[cfg(test)]
mod tests {
    use super::Tree;
    use crate::scan::Scan;

    fn told(pieces: &[&str], whole: bool) -> String {
        let (mut tree, mut out) = (Tree::default(), String::new());
        for piece in pieces {
            tree.read(&mut Scan::new(format!("[{piece}]").as_bytes())).expect("well-formed");
        }
        tree.write(whole, &mut out);
        out
    }

    #[test]
    fn pieces_make_arguments() {
        let cases: [(&[&str], &str); 8] = [
            (&[], ""),
            (
                &[
                    r#"{"jsonPath":"$.a","stringValue":"x","willContinue":true}"#,
                    r#"{"jsonPath":"$.a","stringValue":"y"}"#,
                ],
                r#"{"a":"xy"}"#,
            ),
            (
                &[r#"{"jsonPath":"$.a[0].b","numberValue":0.5},{"jsonPath":"$.a[1].b","boolValue":true}"#],
                r#"{"a":[{"b":0.5},{"b":true}]}"#,
            ),
            (&[r#"{"jsonPath":"$['a b']","nullValue":"NULL_VALUE"}"#], r#"{"a b":null}"#),
            (&[r#"{"jsonPath":"$.a[2]","stringValue":"\"é\n"}"#], r#"{"a":[null,null,"\"é\n"]}"#),
            (&[r#"{"jsonPath":"$.a[999999999]","stringValue":"x"}"#], r#"{"a":[]}"#),
            (&[r#"{"jsonPath":"a","stringValue":"x"}"#, r#"{"jsonPath":"$[","stringValue":"x"}"#], ""),
            (&[r#"{"jsonPath":"$","stringValue":"x"}"#, "7", "null"], ""),
        ];
        for (pieces, expected) in cases {
            assert_eq!(told(pieces, true), expected, "{pieces:?}");
        }
    }

    #[test]
    fn arguments_that_were_cut_stay_open() {
        let pieces = [
            r#"{"jsonPath":"$.a[0].b","stringValue":"x"}"#,
            r#"{"jsonPath":"$.a[0].c","numberValue":1}"#,
            r#"{"jsonPath":"$.a[1].b","stringValue":"y"}"#,
        ];
        let opened = pieces.map(|piece| told(&[piece], false));
        assert_eq!(opened, [r#"{"a":[{"b":"x"#, r#"{"a":[{"c":1"#, r#"{"a":[null,{"b":"y"#]);
        let whole = told(&pieces, true);
        assert!(whole.starts_with(&told(&pieces[..1], false)) && whole.starts_with(&told(&pieces[..2], false)));
        assert_eq!(whole, r#"{"a":[{"b":"x","c":1},{"b":"y"}]}"#);
    }
}
