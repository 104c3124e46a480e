//! Signatures of small made graphs, and of what is no graph at all.

use super::*;
use crate::onnx::*;

/// A value with this shape; a negative extent is a free one.
pub(crate) fn value(name: &str, elem_type: i32, dims: &[i64]) -> ValueInfo {
    let extent = |&n: &i64| if n < 0 { Extent::Param(format!("free{}", -n)) } else { Extent::Value(n) };
    let dim = dims.iter().map(|n| Dimension { extent: Some(extent(n)) }).collect();
    let tensor_type = Some(TensorType { elem_type, shape: Some(Shape { dim }) });
    ValueInfo { name: name.into(), r#type: Some(Type { tensor_type }) }
}

pub(crate) fn node(op: &str, input: &[&str], output: &[&str]) -> Node {
    let names = |list: &[&str]| list.iter().map(|&name| name.into()).collect();
    Node { op_type: op.into(), input: names(input), output: names(output), attribute: vec![] }
}

/// A model whose first node has operator `first` and reads the first input.
pub(crate) fn model(first: &str, inputs: &[ValueInfo], outputs: &[ValueInfo]) -> Model {
    let graph = Graph {
        node: vec![node(first, &[&inputs[0].name, "weight"], &["hidden"])],
        initializer: vec![Tensor { dims: vec![17, 3, 7, 7], name: "weight".into(), data_location: 0 }],
        input: inputs.to_vec(),
        output: outputs.to_vec(),
    };
    let opset = Opset { domain: String::new(), version: 17 };
    Model { graph: Some(graph), opset_import: vec![opset], metadata_props: vec![] }
}

pub(crate) fn signature_of(model: &Model) -> Signature {
    parse(&model.encode_to_vec()).unwrap()
}

fn plain() -> Model {
    model("Conv", &[value("images", 1, &[-1, 3, 64, 32])], &[value("out", 1, &[-1, 128])])
}

fn read_bytes(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::io::Write::write_all(&mut File::create(&path).unwrap(), bytes).unwrap();
    let said = read(&path).unwrap_err().to_string();
    assert!(said.contains(name), "{said}");
    said
}

#[test]
fn ports_ops_and_hints_are_read() {
    let signature = signature_of(&plain());
    assert_eq!(signature.to_string(), "images f32[free1,3,64,32] → out f32[free1,128]");
    assert_eq!(signature.readers, ["Conv"]);
    assert_eq!(signature.ops["Conv"], 1);
    assert_eq!(signature.last_conv, Some(17));
}

#[test]
fn an_input_that_is_a_weight_is_no_input() {
    let mut model = plain();
    model.graph.as_mut().unwrap().input.push(value("weight", 1, &[17, 3, 7, 7]));
    assert_eq!(signature_of(&model).inputs.len(), 1);
}

#[test]
fn weights_behind_another_name_are_found() {
    let mut model = plain();
    let graph = model.graph.as_mut().unwrap();
    graph.node = vec![node("Identity", &["weight"], &["alias"]), node("Conv", &["images", "alias"], &["hidden"])];
    assert_eq!(signature_of(&model).last_conv, Some(17));
}

#[test]
fn an_extent_of_minus_one_is_free() {
    let mut model = plain();
    let graph = model.graph.as_mut().unwrap();
    let shape = graph.input[0].r#type.as_mut().unwrap().tensor_type.as_mut().unwrap().shape.as_mut().unwrap();
    shape.dim[0].extent = Some(Extent::Value(-1));
    assert_eq!(signature_of(&model).inputs[0].dims[0], Dim::Free(String::new()));
}

#[test]
fn weights_in_another_file_are_refused_wherever_they_are() {
    let outside = Tensor { dims: vec![1], name: "w2".into(), data_location: EXTERNAL };
    let mut plain_weight = plain();
    plain_weight.graph.as_mut().unwrap().initializer.push(outside.clone());
    let mut constant = plain();
    let mut holder = node("Constant", &[], &["c"]);
    holder.attribute.push(Attribute { t: Some(outside), ..Attribute::default() });
    constant.graph.as_mut().unwrap().node.push(holder.clone());
    let mut branch = plain();
    let inner = Graph { node: vec![holder], initializer: vec![], input: vec![], output: vec![] };
    let mut loop_node = node("Loop", &[], &["l"]);
    loop_node.attribute.push(Attribute { g: Some(inner), ..Attribute::default() });
    branch.graph.as_mut().unwrap().node.push(loop_node);
    for model in [plain_weight, constant, branch] {
        let said = read_bytes("big.onnx", &model.encode_to_vec());
        assert!(said.contains("another file"), "{said}");
    }
}

#[test]
fn what_is_no_network_is_named_for_what_it_is() {
    for (name, bytes, expected) in [
        ("a.onnx", &b""[..], "empty"),
        ("b.onnx", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        ("c.onnx", b"<!DOCTYPE html><html>", "web page"),
        ("d.onnx", b"notes about the network, not the network", "text"),
        ("e.onnx", b"PK\x03\x04 and more", "zip"),
        ("f.onnx", b"PK\x03\x04......archive/data.pkl.....", "PyTorch"),
        ("yolo11m.pt", b"anything", "yolo export model="),
        ("osnet_x0_25.pth", b"anything", "torch.onnx.export"),
        ("g.onnx", &[0xff; 200], "damaged"),
    ] {
        let said = read_bytes(name, bytes);
        assert!(said.contains(expected), "{name}: {said}");
    }
    assert!(matches!(read(Path::new("/no/such.onnx")), Err(GraphError::Read { .. })));
}

#[test]
fn a_network_cut_anywhere_is_refused() {
    let bytes = plain().encode_to_vec();
    for cut in 1..bytes.len() {
        assert!(parse(&bytes[..cut]).is_err(), "cut at {cut} of {}", bytes.len());
    }
}
