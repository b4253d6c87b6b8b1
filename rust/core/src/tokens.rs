//! Tokens in a text, as the encodings of OpenAI's models cut it.
//!
//! The tables come with the crate `tiktoken` and are unpacked when the first text is counted, not before. Words that
//! stand for control, such as `<|endoftext|>`, are plain text here: what a user writes never becomes one.

use tiktoken::{CoreBpe, get_encoding};

/// A way to cut text into tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// GPT-4, GPT-3.5 and the embedding models of their time.
    Cl100k,
    /// GPT-4o and everything after it.
    O200k,
}

impl Encoding {
    /// All encodings by their name.
    pub const ALL: [(&'static str, Self); 2] = [("cl100k_base", Self::Cl100k), ("o200k_base", Self::O200k)];

    /// The encoding of that name.
    ///
    /// ```
    /// # use modelmix_core::tokens::Encoding;
    /// assert_eq!(Encoding::named("o200k_base"), Some(Encoding::O200k));
    /// assert_eq!(Encoding::named("p50k_base"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(own, _)| *own == name).map(|(_, encoding)| *encoding)
    }

    /// What `tiktoken` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Cl100k => "cl100k_base",
            Self::O200k => "o200k_base",
        }
    }

    /// The tables, made once. There are always some: the features of this crate name both.
    fn tables(self) -> Option<&'static CoreBpe> {
        get_encoding(self.name())
    }
}

/// How many tokens a text is.
///
/// ```
/// # use modelmix_core::tokens::{Encoding, count};
/// assert_eq!(count("What is 2+2?", Encoding::O200k), 7);
/// assert_eq!(count("", Encoding::O200k), 0);
/// ```
pub fn count(text: &str, encoding: Encoding) -> usize {
    encoding.tables().map_or(0, |tables| tables.count(text))
}

/// The numbers of the tokens of a text.
///
/// ```
/// # use modelmix_core::tokens::{Encoding, encode};
/// assert_eq!(encode("hello world", Encoding::Cl100k), [15339, 1917]);
/// ```
pub fn encode(text: &str, encoding: Encoding) -> Vec<u32> {
    encoding.tables().map_or_else(Vec::new, |tables| tables.encode(text))
}

#[cfg(test)]
mod tests {
    use super::{Encoding, count, encode};

    #[test]
    fn both_encodings_have_their_tables() {
        for (name, encoding) in Encoding::ALL {
            assert_eq!(encoding.name(), name);
            assert!(encoding.tables().is_some(), "{name}");
        }
    }

    #[test]
    fn a_word_of_control_is_plain_text() {
        for (_, encoding) in Encoding::ALL {
            assert!(count("<|endoftext|>", encoding) > 1);
            assert!(encode("<|endoftext|>", encoding).iter().all(|number| *number < 199_998));
        }
    }

    #[test]
    fn counting_and_encoding_agree() {
        for (_, encoding) in Encoding::ALL {
            for text in ["", "a", "naïve 字 👩‍👩‍👧", "  \r\n\t x", &"aB".repeat(99)] {
                assert_eq!(count(text, encoding), encode(text, encoding).len(), "{text:?}");
            }
        }
    }
}
