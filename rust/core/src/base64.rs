//! Base64 (RFC 4648): read with or without padding, written with it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// What the last letter holds beyond whole bytes tells nothing.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
const PADDED: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const BARE: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, CONFIG.with_decode_padding_mode(DecodePaddingMode::RequireNone));

/// The bytes that a text stands for; `None` when it is no base64.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let engine = if text.ends_with(b"=") { PADDED } else { BARE };
    engine.decode(text).ok()
}

/// How many letters stand for so many bytes; `None` when nobody could hold them.
pub const fn length(bytes: usize) -> Option<usize> {
    base64::encoded_len(bytes, true)
}

/// Writes the letters for some bytes, for which there must be room; how many they are.
///
/// # Errors
///
/// When there is no room.
pub fn encode(data: &[u8], out: &mut [u8]) -> Result<usize, base64::EncodeSliceError> {
    PADDED.encode_slice(data, out)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, length};

    // RFC 4648, section 10, and the two letters outside of letters and digits.
    const CASES: [(&str, &[u8]); 8] = [
        ("", b""),
        ("Zg==", b"f"),
        ("Zm8=", b"fo"),
        ("Zm9v", b"foo"),
        ("Zm9vYg==", b"foob"),
        ("Zm9vYmE=", b"fooba"),
        ("Zm9vYmFy", b"foobar"),
        ("+/+/", b"\xfb\xff\xbf"),
    ];

    #[test]
    fn the_examples_of_the_standard_are_read() {
        for (text, bytes) in CASES {
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(bytes), "{text}");
            assert_eq!(decode(text.trim_end_matches('=').as_bytes()).as_deref(), Some(bytes), "{text} unpadded");
        }
    }

    #[test]
    fn the_examples_of_the_standard_are_written() {
        for (text, bytes) in CASES {
            let mut out = vec![0; length(bytes.len()).unwrap()];
            assert_eq!(encode(bytes, &mut out), Ok(text.len()));
            assert_eq!(out, text.as_bytes());
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["A", "Zm9vY", "Zg=", "Zg===", "Z===", "Zm9v=", "Zm9 v", "Zm9\nv", "-_-_", "Zg==Zg=="] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
