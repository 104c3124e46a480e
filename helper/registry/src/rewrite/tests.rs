//! What is rewritten and what is not; that a real network computes the same is tested where it is run.

use super::*;
use crate::graph::tests::{model, node, value};
use crate::onnx::{Attribute, Tensor};

/// A tensor of i64 as exporters write it (they may choose either field).
fn shape(name: &str, extents: &[i64], raw: bool) -> Vec<u8> {
    let mut bytes = Tensor { dims: vec![extents.len() as i64], name: name.into(), data_location: 0 }.encode_to_vec();
    let mut numbers = onnx::Numbers { int64_data: extents.to_vec(), raw_data: vec![] };
    if raw {
        numbers =
            onnx::Numbers { raw_data: extents.iter().flat_map(|n| n.to_le_bytes()).collect(), int64_data: vec![] };
    }
    bytes.extend(numbers.encode_to_vec());
    bytes
}

fn extents(tensor: &[u8]) -> Vec<i64> {
    let numbers = onnx::Numbers::decode(tensor).unwrap();
    assert!(numbers.int64_data.is_empty() || numbers.raw_data.is_empty(), "one field only");
    let raw = numbers.raw_data.chunks_exact(8).map(|chunk| i64::from_le_bytes(chunk.try_into().unwrap()));
    raw.chain(numbers.int64_data.iter().copied()).collect()
}

#[test]
fn the_first_axis_of_picture_and_outputs_becomes_free_and_no_other() {
    let mut fixed = model(
        "Conv",
        &[value("images", 1, &[16, 3, 256, 128])],
        &[value("out", 1, &[16, 512]), value("once", 1, &[4])],
    );
    fixed.graph.as_mut().unwrap().input.push(value("weight", 1, &[16, 3, 7, 7]));
    let bytes = free_batch(&fixed.encode_to_vec()).unwrap();
    let mut expected = fixed.clone();
    let graph = expected.graph.as_mut().unwrap();
    for info in [&mut graph.input[0], &mut graph.output[0]] {
        let shape = info.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap().shape.as_mut().unwrap();
        shape.dim[0].extent = Some(onnx::Extent::Param("batch".into()));
    }
    // A weight that is listed among the inputs keeps its extents.
    assert_eq!(onnx::Model::decode(bytes.as_slice()).unwrap(), expected);
    assert_eq!(free_batch(&bytes), None, "it is free already");
}

#[test]
fn reshapes_that_repeat_the_batch_follow_it_and_others_stay() {
    let mut fixed = model("Conv", &[value("images", 1, &[16, 3, 8, 8])], &[value("out", 1, &[16, 2])]);
    let graph = fixed.graph.as_mut().unwrap();
    graph.node.push(node("Reshape", &["hidden", "flat"], &["a"]));
    let mut zero_is_zero = node("Reshape", &["hidden", "rest"], &["b"]);
    zero_is_zero.attribute.push(Attribute { name: "allowzero".into(), ..Attribute::default() });
    graph.node.push(zero_is_zero);
    graph.node.push(node("Reshape", &["hidden", "other"], &["c"]));
    graph.node.push(node("Reshape", &["weight", "of_weight"], &["d"]));
    graph.node.push(node("Reshape", &["hidden", "shared"], &["e"]));
    graph.node.push(node("Add", &["shared", "shared"], &["f"]));
    let mut bytes = Vec::new();
    let mut inner = graph.encode_to_vec();
    for (name, extents, raw) in [
        ("flat", &[16, 192][..], true),
        ("rest", &[16, -1], false),
        ("other", &[32, 96], true),
        ("of_weight", &[16, -1], true),
        ("shared", &[16, 192], true),
    ] {
        field(tag::GRAPH_INITIALIZER, &shape(name, extents, raw), &mut inner);
    }
    field(tag::MODEL_GRAPH, &inner, &mut bytes);

    let freed = free_batch(&bytes).unwrap();
    let mut found = Vec::new();
    within(&[tag::MODEL_GRAPH, tag::GRAPH_INITIALIZER], &freed, &mut |tensor| {
        found.push(extents(tensor));
        Some(tensor.to_vec())
    });
    let graph = onnx::Model::decode(freed.as_slice()).unwrap().graph.unwrap();
    assert!(graph.node.iter().all(|node| node.attribute.is_empty()), "0 now means: as it came");
    assert_eq!(found[1..], [vec![-1, 192], vec![0, -1], vec![32, 96], vec![16, -1], vec![16, 192]]);
}

#[test]
fn a_constant_node_is_a_shape_too() {
    let mut fixed = model("Conv", &[value("images", 1, &[4, 3, 8, 8])], &[value("out", 1, &[4, 2])]);
    let graph = fixed.graph.as_mut().unwrap();
    graph.node.push(node("Reshape", &["hidden", "flat"], &["a"]));
    let mut attribute = Vec::new();
    field(tag::ATTRIBUTE_TENSOR, &shape("", &[4, 192], true), &mut attribute);
    let mut constant = node("Constant", &[], &["flat"]).encode_to_vec();
    field(tag::NODE_ATTRIBUTE, &attribute, &mut constant);
    let (mut inner, mut bytes) = (graph.encode_to_vec(), Vec::new());
    field(tag::GRAPH_NODE, &constant, &mut inner);
    field(tag::MODEL_GRAPH, &inner, &mut bytes);
    let freed = free_batch(&bytes).unwrap();
    let mut found = Vec::new();
    let path = [tag::MODEL_GRAPH, tag::GRAPH_NODE, tag::NODE_ATTRIBUTE, tag::ATTRIBUTE_TENSOR];
    within(&path, &freed, &mut |tensor| {
        found.push(extents(tensor));
        Some(tensor.to_vec())
    });
    assert_eq!(found, [[-1, 192]]);
}

#[test]
fn what_is_no_network_is_not_rewritten_whatever_its_bytes() {
    let whole = model("Conv", &[value("images", 1, &[16, 3, 8, 8])], &[value("out", 1, &[16, 2])]).encode_to_vec();
    for cut in 0..whole.len() {
        _ = free_batch(&whole[..cut]);
    }
    assert_eq!(free_batch(b"no protobuf at all"), None);
    assert_eq!(free_batch(&[]), None);
}
