//! Networks for tests, made out of real ones: bytes of the public `onnx.proto`, of which only the graph's outputs are
//! looked into.

/// A SimCC network with outputs `simcc_x` and `simcc_y` as another that gives `rows` of its joints, in their order.
///
/// # Panics
/// If `model` is no such network.
pub fn with_rows(model: &[u8], rows: &[i64], bins: [u64; 2]) -> Vec<u8> {
    let mut out = Vec::with_capacity(model.len() + 4096);
    for (number, field) in fields(model) {
        match number {
            7 => out.extend(bytes(7, &graph_with_rows(field.body, rows, bins))),
            _ => out.extend(field.whole),
        }
    }
    out
}

fn graph_with_rows(graph: &[u8], rows: &[i64], bins: [u64; 2]) -> Vec<u8> {
    let mut out = Vec::with_capacity(graph.len() + 4096);
    let mut renamed = 0;
    for (number, field) in fields(graph) {
        match number {
            // Nodes now give their joints to the nodes below. Both names are of one length, so that none around them
            // changes.
            1 => {
                let mut node = field.whole.to_vec();
                for i in 0..node.len().saturating_sub(6) {
                    if node[i..].starts_with(b"simcc_x") || node[i..].starts_with(b"simcc_y") {
                        node[i..i + 5].copy_from_slice(b"inner");
                        renamed += 1;
                    }
                }
                out.extend(node);
            }
            // The old outputs.
            12 => {}
            _ => out.extend(field.whole),
        }
    }
    assert!(renamed >= 2, "no network with simcc_x and simcc_y");
    let values: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
    let tensor = [number(1, rows.len() as u64), number(2, 7), bytes(8, b"rows"), bytes(9, &values)].concat();
    out.extend(bytes(5, &tensor));
    for (axis, bins) in ["x", "y"].into_iter().zip(bins) {
        let (inner, name) = (format!("inner_{axis}"), format!("simcc_{axis}"));
        let attribute = [bytes(1, b"axis"), number(3, 1), number(20, 2)].concat();
        let node = [
            bytes(1, inner.as_bytes()),
            bytes(1, b"rows"),
            bytes(2, name.as_bytes()),
            bytes(4, b"Gather"),
            bytes(5, &attribute),
        ];
        out.extend(bytes(1, &node.concat()));
        let extents = [bytes(2, b"batch"), number(1, rows.len() as u64), number(1, bins)];
        let shape: Vec<u8> = extents.iter().flat_map(|extent| bytes(1, extent)).collect();
        let tensor = [number(1, 1), bytes(2, &shape)].concat();
        out.extend(bytes(12, &[bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()));
    }
    out
}

/// A field of a message: all of it, and what is behind its tag and length.
struct Field<'a> {
    whole: &'a [u8],
    body: &'a [u8],
}

/// The fields of a message, by number.
fn fields(mut message: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let (tag, behind_tag) = varint(message);
        let (body, rest) = match tag & 7 {
            0 => behind_tag.split_at(behind_tag.len() - varint(behind_tag).1.len()),
            1 => behind_tag.split_at(8),
            2 => {
                let (length, behind) = varint(behind_tag);
                behind.split_at(length as usize)
            }
            5 => behind_tag.split_at(4),
            other => panic!("wire type {other}"),
        };
        fields.push((tag >> 3, Field { whole: &message[..message.len() - rest.len()], body }));
        message = rest;
    }
    fields
}

fn varint(bytes: &[u8]) -> (u64, &[u8]) {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0).expect("a number ends") + 1;
    let value = bytes[..length].iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f));
    (value, &bytes[length..])
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(field: u64, value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(field << 3, &mut out);
    put_varint(value, &mut out);
    out
}

fn bytes(field: u64, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(field << 3 | 2, &mut out);
    put_varint(body.len() as u64, &mut out);
    out.extend(body);
    out
}
