//! Protobuf messages edited part by part, without knowing the rest of what is in them.

use prost::encoding::{WireType, decode_key, decode_varint, encode_key, encode_varint};

/// What becomes of a part that is a message, a text or bytes.
pub(super) enum Edit {
    /// It stays.
    Keep,
    /// It goes.
    Drop,
    /// This instead.
    Replace(Vec<u8>),
    /// The whole message can't be edited.
    Damaged,
}

impl Edit {
    /// The new part, or that there can be none.
    pub(super) fn of(part: Option<Vec<u8>>) -> Self {
        part.map_or(Self::Damaged, Self::Replace)
    }
}

/// A copy of `message` in which `change` was asked about each part (its tag, its bytes). Plain numbers stay as
/// they are. `None` where the message is damaged.
pub(super) fn edit(message: &[u8], change: &mut dyn FnMut(u32, &[u8]) -> Edit) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(message.len());
    let mut rest = message;
    while !rest.is_empty() {
        let start = rest;
        let (tag, kind) = decode_key(&mut rest).ok()?;
        let length = match kind {
            WireType::Varint => decode_varint(&mut rest).map(|_| 0).ok()?,
            WireType::ThirtyTwoBit => 4,
            WireType::SixtyFourBit => 8,
            WireType::LengthDelimited => usize::try_from(decode_varint(&mut rest).ok()?).ok()?,
            WireType::StartGroup | WireType::EndGroup => return None,
        };
        let (part, after) = rest.split_at_checked(length)?;
        let whole = start.get(..start.len() - after.len())?;
        match if kind == WireType::LengthDelimited { change(tag, part) } else { Edit::Keep } {
            Edit::Keep => out.extend_from_slice(whole),
            Edit::Drop => {}
            Edit::Replace(new) => field(tag, &new, &mut out),
            Edit::Damaged => return None,
        }
        rest = after;
    }
    Some(out)
}

/// Appends a part.
pub(super) fn field(tag: u32, part: &[u8], out: &mut Vec<u8>) {
    encode_key(tag, WireType::LengthDelimited, out);
    encode_varint(part.len() as u64, out);
    out.extend_from_slice(part);
}
