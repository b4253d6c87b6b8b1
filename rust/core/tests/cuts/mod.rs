//! Ways to cut bytes.

use proptest::sample::Index;

/// Pieces of bytes, cut at these places.
pub(crate) fn pieces<'a>(bytes: &'a [u8], places: &[Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = places.iter().map(|place| place.index(bytes.len() + 1)).collect();
    cuts.push(bytes.len());
    cuts.sort_unstable();
    let mut from = 0;
    cuts.into_iter().map(|to| bytes.get(std::mem::replace(&mut from, to)..to).unwrap_or_default()).collect()
}

/// Bytes one by one.
pub(crate) fn singly(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.chunks(1).collect()
}
