//! What stands around the choices: errors in all their places.

use crate::scan::{Kind, Read, Scan};

/// What the keys around the choices say.
#[derive(Default)]
pub(super) struct Envelope {
    /// Whether this is a completion at all.
    pub(super) choices: bool,
    /// A report of an error, as JSON.
    pub(super) error: Option<String>,
    /// Whether the payload calls itself an error.
    pub(super) typed_error: bool,
}

/// An error member: an object or a text. Some gateways always send the member, empty.
pub(super) fn error(scan: &mut Scan<'_>) -> Read<Option<String>> {
    let kind = scan.peek()?;
    let raw = scan.raw()?;
    let empty = matches!(raw, b"{}" | b"\"\"" | b"[]") || !matches!(kind, Kind::Object | Kind::String | Kind::Array);
    Ok((!empty).then(|| format!("{{\"error\":{}}}", String::from_utf8_lossy(raw))))
}

/// MiniMax reports errors in `base_resp` with a status code other than 0.
pub(super) fn refused(scan: &mut Scan<'_>) -> Read<Option<String>> {
    let mut value = *scan;
    let mut code = 0;
    if let Some(mut object) = scan.object()? {
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"status_code" => code = scan.count()?.unwrap_or(0),
                _ => scan.skip()?,
            }
        }
    }
    if code == 0 {
        return Ok(None);
    }
    Ok(Some(format!("{{\"base_resp\":{}}}", String::from_utf8_lossy(value.raw()?))))
}
