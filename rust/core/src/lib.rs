//! Decodes what LLM providers stream: bytes in, typed events out.
//!
//! The core is sans-IO and knows nothing of Python. Bytes may be cut anywhere; the events do not depend on the cuts.
//! Nothing here fails: a broken reply ends in a [`fault::Fault`], which is an event like any other.
#![forbid(unsafe_code)]

pub mod base64;
pub mod decoder;
pub mod detect;
pub mod dialect;
pub mod embedding;
pub mod event;
pub mod fault;
pub mod fold;
pub mod framing;
mod hearing;
pub mod json;
pub mod limits;
pub mod partial;
pub mod scan;
pub mod strict;
pub mod tags;
mod template;
pub mod text;
#[cfg(feature = "tokens")]
pub mod tokens;
pub mod usage;
