//! Whether an ONNX file keeps numbers in other files, wherever in it a tensor may stand: initializers, attributes,
//! graphs within nodes, functions, and what was left from training. Tags are those of the public `onnx.proto`.

use prost::Message;

use crate::onnx::EXTERNAL;

/// Whether any tensor of these bytes, which are ONNX, points to another file.
pub(crate) fn is_used(bytes: &[u8]) -> bool {
    // What can't be decoded was refused before this is asked.
    let Ok(model) = Model::decode(bytes) else { return true };
    model.graph.iter().any(in_graph)
        || model.function.iter().any(|f| f.node.iter().any(in_node) || f.attribute.iter().any(in_attribute))
        || model
            .training
            .iter()
            .flat_map(|training| training.initialization.iter().chain(&training.algorithm))
            .any(in_graph)
}

fn in_graph(graph: &Graph) -> bool {
    graph.initializer.iter().any(is_external)
        || graph.sparse_initializer.iter().any(in_sparse)
        || graph.node.iter().any(in_node)
}

fn in_node(node: &Node) -> bool {
    node.attribute.iter().any(in_attribute)
}

fn in_attribute(attribute: &Attribute) -> bool {
    attribute.t.iter().chain(&attribute.tensors).any(is_external)
        || attribute.g.iter().chain(&attribute.graphs).any(in_graph)
        || attribute.sparse_tensor.iter().chain(&attribute.sparse_tensors).any(in_sparse)
}

fn in_sparse(sparse: &Sparse) -> bool {
    sparse.values.iter().chain(&sparse.indices).any(is_external)
}

fn is_external(tensor: &Tensor) -> bool {
    tensor.data_location == EXTERNAL
}

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "20")]
    training: Vec<Training>,
    #[prost(message, repeated, tag = "25")]
    function: Vec<Function>,
}

#[derive(Clone, PartialEq, Message)]
struct Training {
    #[prost(message, optional, tag = "1")]
    initialization: Option<Graph>,
    #[prost(message, optional, tag = "2")]
    algorithm: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Function {
    #[prost(message, repeated, tag = "7")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "11")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "15")]
    sparse_initializer: Vec<Sparse>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(message, optional, tag = "5")]
    t: Option<Tensor>,
    #[prost(message, optional, tag = "6")]
    g: Option<Graph>,
    #[prost(message, repeated, tag = "10")]
    tensors: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    graphs: Vec<Graph>,
    #[prost(message, optional, tag = "22")]
    sparse_tensor: Option<Sparse>,
    #[prost(message, repeated, tag = "23")]
    sparse_tensors: Vec<Sparse>,
}

#[derive(Clone, PartialEq, Message)]
struct Sparse {
    #[prost(message, optional, tag = "1")]
    values: Option<Tensor>,
    #[prost(message, optional, tag = "2")]
    indices: Option<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(int32, tag = "14")]
    data_location: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_attribute(attribute: Attribute) -> Model {
        let node = vec![Node { attribute: vec![attribute] }];
        Model { graph: Some(Graph { node, ..Graph::default() }), ..Model::default() }
    }

    #[test]
    fn another_file_is_seen_wherever_it_is_named() {
        let away = || Tensor { data_location: EXTERNAL };
        let graph = || Graph { initializer: vec![Tensor::default(), away()], ..Graph::default() };
        let sparse = || Sparse { values: Some(Tensor::default()), indices: Some(away()) };
        let function = Function { attribute: vec![Attribute { t: Some(away()), ..Default::default() }], node: vec![] };
        let nested = of_attribute(Attribute { graphs: vec![graph()], ..Default::default() }).graph;
        let models = [
            Model { graph: Some(graph()), ..Model::default() },
            Model { graph: Some(Graph { sparse_initializer: vec![sparse()], ..Graph::default() }), ..Model::default() },
            Model { training: vec![Training { algorithm: Some(graph()), ..Default::default() }], ..Model::default() },
            Model { function: vec![function], ..Model::default() },
            of_attribute(Attribute { t: Some(away()), ..Default::default() }),
            of_attribute(Attribute { tensors: vec![away()], ..Default::default() }),
            of_attribute(Attribute { g: nested, ..Default::default() }),
            of_attribute(Attribute { sparse_tensor: Some(sparse()), ..Default::default() }),
            of_attribute(Attribute { sparse_tensors: vec![sparse()], ..Default::default() }),
        ];
        for (n, model) in models.iter().enumerate() {
            assert!(is_used(&model.encode_to_vec()), "place {n}");
        }
        let here = of_attribute(Attribute { t: Some(Tensor::default()), ..Default::default() });
        assert!(!is_used(&here.encode_to_vec()));
    }
}
