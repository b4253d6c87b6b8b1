//! Base64 (RFC 4648), read: the standard alphabet, with or without padding.

/// The bytes that a text stands for; `None` when it is no base64.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|letter| **letter == b'=').count();
    let letters = text.get(..text.len() - padding)?;
    // A lone letter holds six bits of a byte, and padding fills up to four letters.
    if letters.len() % 4 == 1 || padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) {
        return None;
    }
    let mut bytes = Vec::with_capacity(letters.len() / 4 * 3 + 2);
    let (groups, rest) = letters.as_chunks();
    let mut flaws = 0;
    for group in groups {
        let (bits, flaw) = bits_of(*group);
        flaws |= flaw;
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend_from_slice(&[first, second, third]);
    }
    if !rest.is_empty() {
        let mut group = *b"AAAA";
        for (place, letter) in group.iter_mut().zip(rest) {
            *place = *letter;
        }
        let (bits, flaw) = bits_of(group);
        flaws |= flaw;
        bytes.extend(bits.to_be_bytes().into_iter().skip(1).take(rest.len() - 1));
    }
    (flaws & NONE == 0).then_some(bytes)
}

/// The 24 bits of four letters, and what tells by [`NONE`] whether one of them is no letter.
#[inline]
fn bits_of(group: [u8; 4]) -> (u32, u8) {
    let [first, second, third, fourth] = group.map(|letter| SEXTETS.get(usize::from(letter)).copied().unwrap_or(NONE));
    let bits = u32::from(first) << 18 | u32::from(second) << 12 | u32::from(third) << 6 | u32::from(fourth);
    (bits & 0x00ff_ffff, first | second | third | fourth)
}

/// Marks what is no letter; a letter stands for less than 64.
const NONE: u8 = 0x80;

/// What each byte stands for.
const SEXTETS: [u8; 256] = {
    let mut table = [NONE; 256];
    let (mut letter, mut value) = (0_usize, 0_u8);
    while letter < 64 {
        let (first, at) = match letter {
            0..26 => (b'A', letter),
            26..52 => (b'a', letter - 26),
            52..62 => (b'0', letter - 52),
            62 => (b'+', 0),
            _ => (b'/', 0),
        };
        if let Some((_, tail)) = table.split_at_mut_checked(first as usize + at)
            && let Some(place) = tail.first_mut()
        {
            *place = value;
        }
        letter += 1;
        value += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_examples_of_the_standard_are_read() {
        // RFC 4648, section 10, and the two letters outside of letters and digits.
        let cases: [(&str, &[u8]); 8] = [
            ("", b""),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9vYmE=", b"fooba"),
            ("Zm9vYmFy", b"foobar"),
            ("+/+/", b"\xfb\xff\xbf"),
        ];
        for (text, bytes) in cases {
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(bytes), "{text}");
            assert_eq!(decode(text.trim_end_matches('=').as_bytes()).as_deref(), Some(bytes), "{text} unpadded");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["A", "Zm9vY", "Zg=", "Zg===", "Z===", "Zm9v=", "Zm9 v", "Zm9\nv", "-_-_", "Zg==Zg=="] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
