//! Vectors out of the reply of an embedding endpoint: numbers go straight into `f32`, without a tree in between.

use crate::base64;
use crate::fault::{Bound, Fault, Foreign, preview};
use crate::hearing::stray_error;
use crate::scan::{Flaw, Kind, Read, Scan};
use crate::usage::Usage;

/// Whose words the reply is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// `POST {base}/embeddings`, by OpenAI and all that follow it.
    OpenAi,
    /// `embedContent` and `batchEmbedContents`.
    Google,
    /// `POST /api/embed`.
    Ollama,
}

impl Wire {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 3] =
        [("openai-embeddings", Self::OpenAi), ("google-embed", Self::Google), ("ollama-embed", Self::Ollama)];

    /// The wire of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, wire)| *wire)
    }
}

/// What a vector is that comes as base64. The bytes do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Numbers of four bytes, little-endian.
    Float32,
    /// Signed numbers of one byte (Perplexity).
    Int8,
}

impl Packing {
    /// The packing of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "float32" => Some(Self::Float32),
            "int8" => Some(Self::Int8),
            _ => None,
        }
    }
}

/// What was asked for, to which the reply is held.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Whose words the reply is in.
    pub wire: Wire,
    /// What base64 holds.
    pub packing: Packing,
    /// How many texts were sent; `None` takes any number of vectors.
    pub count: Option<usize>,
    /// How many numbers a vector shall have; `None` takes any.
    pub dimensions: Option<usize>,
    /// Bytes of the whole reply.
    pub total: u64,
}

/// What a reply holds, its vectors in the order of the texts.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Embedded {
    /// One vector a text.
    pub vectors: Vec<Vec<f32>>,
    /// The model that answered; empty where the reply does not say.
    pub model: String,
    /// Tokens spent.
    pub usage: Usage,
}

/// Takes in one reply, cut anywhere.
///
/// ```
/// use modelmix_core::embedding::{Asked, Packing, Reader, Wire};
/// let asked = Asked { wire: Wire::Ollama, packing: Packing::Float32, count: Some(1), dimensions: None, total: 1000 };
/// let mut reader = Reader::new(asked);
/// reader.feed(br#"{"embeddings":[[0.5,"#);
/// reader.feed(br#"-2e-1]],"prompt_eval_count":4}"#);
/// let embedded = reader.finish().as_ref().unwrap();
/// assert_eq!(embedded.vectors, [[0.5, -0.2]]);
/// assert_eq!(embedded.usage.input, Some(4));
/// ```
#[derive(Debug)]
pub struct Reader {
    asked: Asked,
    body: Vec<u8>,
    end: Option<Result<Embedded, Fault>>,
}

impl Reader {
    /// A reader for one reply.
    pub fn new(asked: Asked) -> Self {
        Self { asked, body: Vec::new(), end: None }
    }

    /// Takes a chunk; whether the reply has ended, which before [`Reader::finish`] only a limit makes it do.
    pub fn feed(&mut self, chunk: &[u8]) -> bool {
        if self.end.is_none() {
            if (self.body.len() + chunk.len()) as u64 > self.asked.total {
                self.body = Vec::new();
                self.end = Some(Err(Fault::TooLarge { bound: Bound::Total, limit: self.asked.total }));
            } else {
                self.body.extend_from_slice(chunk);
            }
        }
        self.end.is_some()
    }

    /// The input has ended: what it holds, or what is wrong with it.
    pub fn finish(&mut self) -> &Result<Embedded, Fault> {
        let body = std::mem::take(&mut self.body);
        let asked = self.asked;
        self.end.get_or_insert_with(|| read(&body, &asked))
    }

    /// What [`Reader::finish`] found; `None` before.
    pub fn end(&self) -> Option<&Result<Embedded, Fault>> {
        self.end.as_ref()
    }
}

/// Numbers as a JSON array, each as short as it can be said.
///
/// ```
/// assert_eq!(modelmix_core::embedding::to_json(&[0.1, -2.0, 1e-9]), "[0.1,-2.0,1e-9]");
/// ```
pub fn to_json(numbers: &[f32]) -> String {
    let texts: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    format!("[{}]", texts.join(","))
}

fn read(body: &[u8], asked: &Asked) -> Result<Embedded, Fault> {
    let text = body.trim_ascii();
    let foreign = |kind| Err(Fault::Foreign { kind, preview: preview(text) });
    let mut document = Document { scan: Scan::new(text), packing: asked.packing, items: Vec::new(), seen: false };
    let mut embedded = Embedded::default();
    match document.read(asked.wire, &mut embedded) {
        _ if text.is_empty() => return Err(Fault::Empty),
        _ if text.starts_with(b"<") => return foreign(Foreign::Html),
        Err(Flaw::Short) => return Err(Fault::Truncated { stray: String::new() }),
        Err(_) if matches!(text.first(), Some(b'{' | b'[')) => {
            return Err(Fault::Malformed { frame: 0, preview: preview(text) });
        }
        Err(_) => return foreign(Foreign::Text),
        Ok(()) if !document.seen => {
            return stray_error(text)
                .map_or_else(|| foreign(Foreign::Json), |payload| Err(Fault::Provider { payload }));
        }
        Ok(()) => {}
    }
    let wrong = |preview| Err(Fault::Foreign { kind: Foreign::Json, preview });
    let Some(vectors) = in_order(document.items) else {
        return wrong("vectors whose indices are not those of the texts".to_owned());
    };
    if let Some(count) = asked.count.filter(|count| *count != vectors.len()) {
        return wrong(format!("{} vectors for {count} texts", vectors.len()));
    }
    let dimensions = asked.dimensions.or_else(|| vectors.first().map(Vec::len)).unwrap_or_default();
    if let Some(odd) = vectors.iter().map(Vec::len).find(|length| *length != dimensions || *length == 0) {
        return wrong(format!("a vector of {odd} numbers instead of {dimensions}"));
    }
    Ok(Embedded { vectors, ..embedded })
}

/// One vector, with its number where it has one.
type Item = (Option<i64>, Vec<f32>);

/// The vectors by their numbers, or as they stand where they have none.
fn in_order(mut items: Vec<Item>) -> Option<Vec<Vec<f32>>> {
    if items.iter().any(|(index, _)| index.is_some()) {
        items.sort_by_key(|(index, _)| *index);
        let numbered = items.iter().zip(0..).all(|((index, _), at)| *index == Some(at));
        numbered.then_some(())?;
    }
    Some(items.into_iter().map(|(_, vector)| vector).collect())
}

struct Document<'a> {
    scan: Scan<'a>,
    packing: Packing,
    items: Vec<Item>,
    seen: bool,
}

impl Document<'_> {
    fn read(&mut self, wire: Wire, embedded: &mut Embedded) -> Read<()> {
        if let Some(mut place) = self.scan.object()? {
            while let Some(key) = self.scan.key(&mut place)? {
                match (wire, &*key) {
                    (Wire::OpenAi, b"data") | (Wire::Google | Wire::Ollama, b"embeddings") => self.list()?,
                    (Wire::Google | Wire::Ollama, b"embedding") => self.only()?,
                    (Wire::OpenAi, b"usage") => {
                        embedded.usage = self.usage(b"prompt_tokens", b"total_tokens")?;
                    }
                    (Wire::Google, b"usageMetadata") => {
                        embedded.usage = self.usage(b"promptTokenCount", b"totalTokenCount")?;
                    }
                    (Wire::Ollama, b"prompt_eval_count") => embedded.usage.input = self.scan.count()?,
                    (Wire::OpenAi | Wire::Ollama, b"model") => {
                        embedded.model = self.scan.text()?.map(String::from).unwrap_or_default();
                    }
                    _ => self.scan.skip()?,
                }
            }
        }
        self.scan.end()
    }

    fn list(&mut self) -> Read<()> {
        if let Some(mut place) = self.scan.array()? {
            self.seen = true;
            while self.scan.item(&mut place)? {
                let item = self.item()?;
                self.items.push(item);
            }
        }
        Ok(())
    }

    /// The answer for one text, by `embedContent` or by Ollama's old `/api/embeddings`.
    fn only(&mut self) -> Read<()> {
        if !matches!(self.scan.peek()?, Kind::Object | Kind::Array) {
            return self.scan.skip();
        }
        self.seen = true;
        let item = self.item()?;
        self.items.push(item);
        Ok(())
    }

    /// A vector as it is, or in an object that names it.
    fn item(&mut self) -> Read<Item> {
        if self.scan.peek()? != Kind::Object {
            return Ok((None, self.vector()?));
        }
        let (mut index, mut vector) = (None, Vec::new());
        if let Some(mut place) = self.scan.object()? {
            while let Some(key) = self.scan.key(&mut place)? {
                match &*key {
                    b"embedding" | b"values" => vector = self.vector()?,
                    b"index" => index = self.scan.count()?,
                    _ => self.scan.skip()?,
                }
            }
        }
        Ok((index, vector))
    }

    /// Numbers, or base64: whatever was asked for, both are sent.
    fn vector(&mut self) -> Read<Vec<f32>> {
        let start = self.scan.at();
        if self.scan.peek()? == Kind::String {
            let text = self.scan.text()?.unwrap_or_default();
            return base64::decode(text.as_bytes())
                .and_then(|bytes| unpacked(&bytes, self.packing))
                .ok_or(Flaw::Syntax(start));
        }
        let mut numbers = Vec::new();
        if let Some(mut place) = self.scan.array()? {
            while self.scan.item(&mut place)? {
                let at = self.scan.at();
                let raw = self.scan.raw()?;
                // A number at the very end is one that was cut, whatever is left of it.
                let cut = Scan::clone(&self.scan).end().is_ok();
                numbers.push(number(raw).ok_or(if cut { Flaw::Short } else { Flaw::Syntax(at) })?);
            }
        }
        Ok(numbers)
    }

    fn usage(&mut self, input: &[u8], total: &[u8]) -> Read<Usage> {
        let mut usage = Usage::default();
        if let Some(mut place) = self.scan.object()? {
            while let Some(key) = self.scan.key(&mut place)? {
                match &*key {
                    key if key == input => usage.input = self.scan.count()?,
                    key if key == total => usage.total = self.scan.count()?,
                    _ => self.scan.skip()?,
                }
            }
        }
        Ok(usage.clamped())
    }
}

/// A number of JSON that `f32` can hold. Rust also reads `inf`, `.5`, `01` and `5.`, which are none.
fn number(raw: &[u8]) -> Option<f32> {
    let digits = raw.strip_prefix(b"-").unwrap_or(raw);
    if !matches!(digits, [b'0'..=b'9', ..]) || matches!(digits, [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let after = digits.iter().position(|byte| *byte == b'.').and_then(|dot| digits.get(dot + 1..));
    if after.is_some_and(|fraction| !matches!(fraction, [b'0'..=b'9', ..])) {
        return None;
    }
    std::str::from_utf8(raw).ok()?.parse().ok().filter(|number: &f32| number.is_finite())
}

fn unpacked(bytes: &[u8], packing: Packing) -> Option<Vec<f32>> {
    match packing {
        Packing::Int8 => Some(bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect()),
        Packing::Float32 => {
            let (words, rest) = bytes.as_chunks();
            let numbers: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
            (rest.is_empty() && numbers.iter().all(|number| number.is_finite())).then_some(numbers)
        }
    }
}

#[cfg(test)]
mod tests;
