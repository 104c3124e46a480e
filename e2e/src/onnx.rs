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
    let tensor =
        [number_field(1, rows.len() as u64), number_field(2, 7), bytes(8, b"rows"), bytes(9, &values)].concat();
    out.extend(bytes(5, &tensor));
    for (axis, bins) in ["x", "y"].into_iter().zip(bins) {
        let (inner, name) = (format!("inner_{axis}"), format!("simcc_{axis}"));
        let attribute = [bytes(1, b"axis"), number_field(3, 1), number_field(20, 2)].concat();
        let node = [
            bytes(1, inner.as_bytes()),
            bytes(1, b"rows"),
            bytes(2, name.as_bytes()),
            bytes(4, b"Gather"),
            bytes(5, &attribute),
        ];
        out.extend(bytes(1, &node.concat()));
        let extents = [bytes(2, b"batch"), number_field(1, rows.len() as u64), number_field(1, bins)];
        let shape: Vec<u8> = extents.iter().flat_map(|extent| bytes(1, extent)).collect();
        let tensor = [number_field(1, 1), bytes(2, &shape)].concat();
        out.extend(bytes(12, &[bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()));
    }
    out
}

/// A network whose batch can't be changed: it takes `batch` pictures, no more and no fewer, and what it says of each
/// depends on the others, as the mean of all is added to its first output.
///
/// # Panics
/// If `model` is no network, or its opset is newer than 17.
pub fn with_a_batch_that_matters(model: &[u8], batch: u64) -> Vec<u8> {
    let fields_of = |message| fields(message).into_iter();
    let graph = fields_of(model).find(|(number, _)| *number == 7).expect("a graph").1.body;
    let output = fields_of(graph).find(|(number, _)| *number == 12).expect("an output").1.body;
    let name = fields_of(output).find(|(number, _)| *number == 1).expect("its name").1.body;
    let alone = [name, b"_alone"].concat();

    let mut changed = Vec::with_capacity(graph.len() + 4096);
    let mut is_first = [true; 2];
    for (number, field) in fields(graph) {
        let value = if number == 11 { 0 } else { 1 };
        match number {
            1 => {
                let node = fields_of(field.body).flat_map(|(number, part)| match number {
                    2 if part.body == name => bytes(2, &alone),
                    _ => part.whole.to_vec(),
                });
                changed.extend(bytes(1, &node.collect::<Vec<_>>()));
            }
            11 | 12 if std::mem::take(&mut is_first[value]) => {
                let shape = |shape: &[u8]| edit_first(shape, 1, |_| number_field(1, batch));
                let tensor = |tensor: &[u8]| edit_first(tensor, 2, shape);
                changed.extend(bytes(number, &edit_first(field.body, 2, |kind| edit_first(kind, 1, tensor))));
            }
            _ => changed.extend(field.whole),
        }
    }
    let axes = [bytes(1, b"axes"), number_field(8, 0), number_field(20, 7)].concat();
    let mean = [bytes(1, &alone), bytes(2, b"mean_of_all"), bytes(4, b"ReduceMean"), bytes(5, &axes)];
    let sum = [bytes(1, &alone), bytes(1, b"mean_of_all"), bytes(2, name), bytes(4, b"Add")];
    changed.extend([bytes(1, &mean.concat()), bytes(1, &sum.concat())].concat());
    edit_first(model, 7, |_| changed.clone())
}

/// A message with the first field of that number changed.
fn edit_first(message: &[u8], wanted: u64, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (mut out, mut is_first) = (Vec::with_capacity(message.len()), true);
    for (number, field) in fields(message) {
        if number == wanted && std::mem::take(&mut is_first) {
            out.extend(bytes(number, &change(field.body)));
        } else {
            out.extend(field.whole);
        }
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

fn number_field(field: u64, value: u64) -> Vec<u8> {
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
