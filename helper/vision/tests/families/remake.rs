//! Real networks remade as other exporters would have written them: another batch, other numbers, NMS inside.
//! The bytes are edited in place, so that the weights stay what they are.

use prost::Message;
use prost::encoding::{WireType, decode_key, decode_varint, encode_key, encode_varint};

pub(crate) const F32: i32 = 1;
pub(crate) const U8: i32 = 2;
pub(crate) const I64: i32 = 7;
pub(crate) const F16: i32 = 10;

const GRAPH: u32 = 7;
const NODE: u32 = 1;
const INITIALIZER: u32 = 5;
const INPUT: u32 = 11;
const OUTPUT: u32 = 12;

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "4")]
    op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int64, tag = "3")]
    i: i64,
    #[prost(int64, repeated, tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    kind: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "vec", tag = "9")]
    raw_data: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Message)]
struct Kind {
    #[prost(message, optional, tag = "1")]
    tensor: Option<TensorKind>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorKind {
    #[prost(int32, tag = "1")]
    elem: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dim>,
}

#[derive(Clone, PartialEq, Message)]
struct Dim {
    #[prost(int64, optional, tag = "1")]
    value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
}

impl Value {
    fn tensor(&mut self) -> &mut TensorKind {
        self.kind.as_mut().unwrap().tensor.as_mut().unwrap()
    }
}

/// An ONNX file taken apart as far as its graph.
pub(crate) struct Remake {
    /// The model's own parts, without the graph.
    head: Vec<(u32, Vec<u8>)>,
    nodes: Vec<Vec<u8>>,
    others: Vec<(u32, Vec<u8>)>,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
}

impl Remake {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut remake = Self { head: vec![], nodes: vec![], others: vec![], inputs: vec![], outputs: vec![] };
        for (tag, whole, part) in parts(bytes) {
            if tag != GRAPH {
                remake.head.push((tag, whole.to_vec()));
                continue;
            }
            for (tag, whole, part) in parts(part) {
                match tag {
                    NODE => remake.nodes.push(part.to_vec()),
                    INPUT => remake.inputs.push(Value::decode(part).unwrap()),
                    OUTPUT => remake.outputs.push(Value::decode(part).unwrap()),
                    13 => {}
                    _ => remake.others.push((tag, whole.to_vec())),
                }
            }
        }
        remake
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut graph = Vec::new();
        self.nodes.iter().for_each(|node| field(NODE, node, &mut graph));
        self.others.iter().for_each(|(_, whole)| graph.extend_from_slice(whole));
        self.inputs.iter().for_each(|value| field(INPUT, &value.encode_to_vec(), &mut graph));
        self.outputs.iter().for_each(|value| field(OUTPUT, &value.encode_to_vec(), &mut graph));
        let mut out: Vec<u8> = self.head.iter().filter(|(tag, _)| *tag < GRAPH).flat_map(|(_, w)| w.clone()).collect();
        field(GRAPH, &graph, &mut out);
        out.extend(self.head.iter().filter(|(tag, _)| *tag > GRAPH).flat_map(|(_, whole)| whole.clone()));
        out
    }

    /// Says that the batch is `n`.
    pub(crate) fn fix_batch(mut self, n: i64) -> Self {
        for value in self.inputs.iter_mut().take(1).chain(&mut self.outputs) {
            value.tensor().shape.as_mut().unwrap().dim[0] = Dim { value: Some(n), name: None };
        }
        self
    }

    /// Takes pictures of another type. `scale` is the mean and the deviation of each channel, by which the graph
    /// then normalises.
    pub(crate) fn input_as(mut self, elem: i32, scale: Option<[[f32; 3]; 2]>) -> Self {
        let name = self.inputs[0].name.clone();
        self.inputs[0].name = "picture".into();
        self.inputs[0].tensor().elem = elem;
        let mut first = vec![node("Cast", &["picture"], &["wide"], Some(("to", F32.into())))];
        let mut last = "wide";
        for (op, result, values) in [("Sub", "centred", 0), ("Div", "scaled", 1)] {
            if let Some(scale) = scale {
                self.constant(op, &[1, 3, 1, 1], &scale[values]);
                first.push(node(op, &[last, op], &[result], None));
                last = result;
            }
        }
        first.push(node("Identity", &[last], &[&name], None));
        self.nodes.splice(0..0, first);
        self
    }

    /// Gives its one output in half precision.
    pub(crate) fn output_as_f16(mut self) -> Self {
        let name = std::mem::replace(&mut self.outputs[0].name, "half".into());
        self.outputs[0].tensor().elem = F16;
        self.nodes.push(node("Cast", &[&name], &["half"], Some(("to", F16.into()))));
        self
    }

    /// Adds the mean over the whole batch to its one output: each picture's numbers then depend on the others.
    pub(crate) fn mix_batch(mut self) -> Self {
        let name = std::mem::replace(&mut self.outputs[0].name, "mixed".into());
        let mut mean = Node::decode(node("ReduceMean", &[&name], &["mean"], None).as_slice()).unwrap();
        mean.attribute.push(Attribute { name: "axes".into(), i: 0, ints: vec![0], kind: 7 });
        self.nodes.push(mean.encode_to_vec());
        self.nodes.push(node("Add", &[&name, "mean"], &["mixed"], None));
        self
    }

    /// Ends YOLOX's raw grid for a square of `side` pixels as MMDeploy does: decoded, suppressed, as `dets` and
    /// `labels`.
    pub(crate) fn nms_inside(mut self, side: usize) -> Self {
        let raw = self.outputs.remove(0).name;
        let cells: Vec<(f32, f32, f32)> = [8usize, 16, 32]
            .iter()
            .flat_map(|s| (0..side / s).flat_map(move |y| (0..side / s).map(move |x| (x as f32, y as f32, *s as f32))))
            .collect();
        let n = cells.len() as i64;
        self.constant("grid", &[1, n, 2], &cells.iter().flat_map(|c| [c.0, c.1]).collect::<Vec<_>>());
        self.constant("stride", &[1, n, 1], &cells.iter().map(|c| c.2).collect::<Vec<_>>());
        self.constant("two", &[1], &[2.0]);
        self.constant("zero", &[1], &[0.0]);
        self.constant("overlap", &[1], &[0.45]);
        self.constant("least", &[1], &[0.1]);
        self.whole("most", &[1], &[200]);
        self.whole("box", &[1], &[2]);
        let mut split =
            Node::decode(node("Split", &[&raw], &["xy", "wh", "obj", "person", "rest"], None).as_slice()).unwrap();
        split.attribute.push(Attribute { name: "axis".into(), i: 2, ints: vec![], kind: 2 });
        split.attribute.push(Attribute { name: "split".into(), i: 0, ints: vec![2, 2, 1, 1, 79], kind: 7 });
        let mut scores = Node::decode(node("Transpose", &["score"], &["scores"], None).as_slice()).unwrap();
        scores.attribute.push(Attribute { name: "perm".into(), i: 0, ints: vec![0, 2, 1], kind: 7 });
        let mut label = Node::decode(node("Squeeze", &["nothing"], &["label"], None).as_slice()).unwrap();
        label.attribute.push(Attribute { name: "axes".into(), i: 0, ints: vec![2], kind: 7 });
        let mut kept = Node::decode(node("Squeeze", &["column"], &["kept"], None).as_slice()).unwrap();
        kept.attribute.push(Attribute { name: "axes".into(), i: 0, ints: vec![1], kind: 7 });
        self.nodes.extend([
            split.encode_to_vec(),
            node("Add", &["xy", "grid"], &["at"], None),
            node("Mul", &["at", "stride"], &["centre"], None),
            node("Exp", &["wh"], &["exp"], None),
            node("Mul", &["exp", "stride"], &["sides"], None),
            node("Div", &["sides", "two"], &["halves"], None),
            node("Sub", &["centre", "halves"], &["first"], None),
            node("Add", &["centre", "halves"], &["last"], None),
            node("Concat", &["first", "last"], &["boxes"], Some(("axis", 2))),
            node("Mul", &["obj", "person"], &["score"], None),
            scores.encode_to_vec(),
            node("NonMaxSuppression", &["boxes", "scores", "most", "overlap", "least"], &["chosen"], None),
            node("Gather", &["chosen", "box"], &["column"], Some(("axis", 1))),
            kept.encode_to_vec(),
            node("Concat", &["boxes", "score"], &["all"], Some(("axis", 2))),
            node("Gather", &["all", "kept"], &["dets"], Some(("axis", 1))),
            node("Mul", &["score", "zero"], &["nothing"], None),
            label.encode_to_vec(),
            node("Gather", &["label", "kept"], &["float"], Some(("axis", 1))),
            node("Cast", &["float"], &["labels"], Some(("to", I64.into()))),
        ]);
        let value = |name: &str, elem: i32, last: Option<i64>| {
            let free = |name: &str| Dim { value: None, name: Some(name.into()) };
            let mut dim = vec![free("batch"), free("people")];
            dim.extend(last.map(|n| Dim { value: Some(n), name: None }));
            let tensor = Some(TensorKind { elem, shape: Some(Shape { dim }) });
            Value { name: name.into(), kind: Some(Kind { tensor }) }
        };
        self.outputs.extend([value("dets", F32, Some(5)), value("labels", I64, None)]);
        self
    }

    fn constant(&mut self, name: &str, dims: &[i64], values: &[f32]) {
        self.weight(name, F32, dims, values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    fn whole(&mut self, name: &str, dims: &[i64], values: &[i64]) {
        self.weight(name, I64, dims, values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    fn weight(&mut self, name: &str, data_type: i32, dims: &[i64], raw_data: Vec<u8>) {
        let tensor = Tensor { dims: dims.to_vec(), data_type, name: name.into(), raw_data };
        let mut whole = Vec::new();
        field(INITIALIZER, &tensor.encode_to_vec(), &mut whole);
        self.others.push((INITIALIZER, whole));
    }
}

/// A node with at most one attribute, a whole number.
fn node(op: &str, input: &[&str], output: &[&str], attribute: Option<(&str, i64)>) -> Vec<u8> {
    let names = |list: &[&str]| list.iter().map(|&name| name.into()).collect();
    let attribute = attribute.map(|(name, i)| Attribute { name: name.into(), i, ints: vec![], kind: 2 });
    Node { input: names(input), output: names(output), op_type: op.into(), attribute: attribute.into_iter().collect() }
        .encode_to_vec()
}

/// Each field of a message: its tag, all its bytes, and what is in it.
fn parts(message: &[u8]) -> Vec<(u32, &[u8], &[u8])> {
    let (mut all, mut rest) = (Vec::new(), message);
    while !rest.is_empty() {
        let start = rest;
        let (tag, kind) = decode_key(&mut rest).unwrap();
        let length = match kind {
            WireType::Varint => decode_varint(&mut rest).map(|_| 0).unwrap(),
            WireType::ThirtyTwoBit => 4,
            WireType::SixtyFourBit => 8,
            _ => decode_varint(&mut rest).unwrap() as usize,
        };
        let (part, after) = rest.split_at(length);
        all.push((tag, &start[..start.len() - after.len()], part));
        rest = after;
    }
    all
}

fn field(tag: u32, part: &[u8], out: &mut Vec<u8>) {
    encode_key(tag, WireType::LengthDelimited, out);
    encode_varint(part.len() as u64, out);
    out.extend_from_slice(part);
}
