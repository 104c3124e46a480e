//! Reads an ONNX file's signature: names, types and shapes of inputs and outputs, and the operators that
//! tell families apart. Only these fields of onnx.proto (IR version 8 and on) are declared.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use prost::Message;

/// Models above this size are refused: the largest that fit the families here are below 1 GB.
const MOST_BYTES: u64 = 2 << 30;

/// What goes in and comes out of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Inputs that are not weights.
    pub inputs: Vec<Port>,
    /// Outputs, in order.
    pub outputs: Vec<Port>,
    /// Operators that read the input directly.
    pub first_ops: BTreeSet<String>,
}

/// An input or output.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// ONNX element type: 1 is f32, 2 is u8, 7 is i64, 10 is f16.
    pub elem_type: i32,
    /// Its axes.
    pub dims: Vec<Dim>,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Dim {
    /// A length.
    Fixed(usize),
    /// Decided at run time.
    Free(String),
}

impl Dim {
    /// The length where it is fixed.
    pub fn fixed(&self) -> Option<usize> {
        match self {
            Self::Fixed(n) => Some(*n),
            Self::Free(_) => None,
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dims: Vec<_> = self.dims.iter().map(|d| match d {
            Dim::Fixed(n) => n.to_string(),
            Dim::Free(name) if name.is_empty() => "?".into(),
            Dim::Free(name) => name.clone(),
        });
        write!(f, "{}[{}]", self.name, dims.collect::<Vec<_>>().join(", "))
    }
}

/// Why a file's graph can't be read.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// The system's reason.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// A PyTorch checkpoint.
    #[error("{} is a PyTorch file, not ONNX: {way}", path.display())]
    Torch {
        /// The file.
        path: PathBuf,
        /// The export command.
        way: String,
    },
    /// Not an ONNX graph.
    #[error("{} is not an ONNX model ({why}): download or export it again", path.display())]
    NotOnnx {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Weights lie in another file.
    #[error("{} keeps its weights in other files, which is refused: save it as one file", path.display())]
    ExternalData {
        /// The file.
        path: PathBuf,
    },
}

impl Signature {
    /// Reads the graph of the file at `path`.
    ///
    /// # Errors
    /// It can't be read, is no ONNX model, or keeps weights elsewhere.
    pub fn read(path: &Path) -> Result<Self, GraphError> {
        let read = |e: std::io::Error| GraphError::Read { path: path.into(), why: e.to_string() };
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if ending == "pt" || ending == "pth" {
            return Err(GraphError::Torch { path: path.into(), way: export_command(path) });
        }
        let not_onnx = |why: &str| GraphError::NotOnnx { path: path.into(), why: why.into() };
        let length = std::fs::metadata(path).map_err(read)?.len();
        if length > MOST_BYTES {
            return Err(not_onnx("it is larger than 2 GB"));
        }
        let bytes = std::fs::read(path).map_err(read)?;
        let model = ModelProto::decode(bytes.as_slice()).map_err(|e| not_onnx(&e.to_string()))?;
        let graph = model.graph.ok_or_else(|| not_onnx("it holds no graph"))?;
        if graph.initializer.iter().any(|weights| weights.data_location == Some(1)) {
            return Err(GraphError::ExternalData { path: path.into() });
        }
        let signature = Self::of(&graph);
        if signature.inputs.is_empty() || signature.outputs.is_empty() {
            return Err(not_onnx("its graph has no inputs or no outputs"));
        }
        Ok(signature)
    }

    fn of(graph: &GraphProto) -> Self {
        let weights: BTreeSet<_> = graph.initializer.iter().map(|weights| weights.name.as_str()).collect();
        let inputs: Vec<_> =
            graph.input.iter().filter(|input| !weights.contains(input.name.as_str())).map(port).collect();
        let reads_input = |node: &&NodeProto| node.input.iter().any(|name| inputs.iter().any(|i| i.name == *name));
        let first_ops = graph.node.iter().filter(reads_input).map(|node| node.op_type.clone()).collect();
        Self { outputs: graph.output.iter().map(port).collect(), inputs, first_ops }
    }

    /// The output of that name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }
}

fn port(info: &ValueInfoProto) -> Port {
    let tensor = info.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let dims = tensor.and_then(|t| t.shape.as_ref()).map(|shape| shape.dim.iter().map(dim).collect());
    Port { name: info.name.clone(), elem_type: tensor.map_or(0, |t| t.elem_type), dims: dims.unwrap_or_default() }
}

fn dim(dim: &Dimension) -> Dim {
    match dim.dim_value.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0) {
        Some(n) => Dim::Fixed(n),
        None => Dim::Free(dim.dim_param.clone().unwrap_or_default()),
    }
}

fn export_command(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if name.to_lowercase().contains("osnet") {
        format!("export {name} with torch.onnx.export on a 1×3×256×128 input, opset 17, a dynamic batch axis")
    } else {
        format!("export it with `yolo export model={name} format=onnx`")
    }
}

#[derive(Clone, PartialEq, Message)]
struct ModelProto {
    #[prost(message, optional, tag = "7")]
    graph: Option<GraphProto>,
}

#[derive(Clone, PartialEq, Message)]
struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    node: Vec<NodeProto>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<TensorProto>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfoProto>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfoProto>,
}

#[derive(Clone, PartialEq, Message)]
struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, tag = "4")]
    op_type: String,
}

#[derive(Clone, PartialEq, Message)]
struct TensorProto {
    #[prost(string, tag = "8")]
    name: String,
    #[prost(int32, optional, tag = "14")]
    data_location: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct ValueInfoProto {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    r#type: Option<TypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TypeProto {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorTypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorTypeProto {
    #[prost(int32, tag = "1")]
    elem_type: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<ShapeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct ShapeProto {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dimension>,
}

#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(int64, optional, tag = "1")]
    dim_value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    dim_param: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), bytes).unwrap();
        (folder, path)
    }

    fn tiny(external: bool) -> Vec<u8> {
        let tensor_type = TensorTypeProto {
            elem_type: 1,
            shape: Some(ShapeProto {
                dim: vec![
                    Dimension { dim_value: None, dim_param: Some("batch".into()) },
                    Dimension { dim_value: Some(3), dim_param: None },
                ],
            }),
        };
        let value = |name: &str| ValueInfoProto {
            name: name.into(),
            r#type: Some(TypeProto { tensor_type: Some(tensor_type.clone()) }),
        };
        let graph = GraphProto {
            node: vec![NodeProto { input: vec!["in".into()], op_type: "Slice".into() }],
            initializer: vec![TensorProto { name: "w".into(), data_location: external.then_some(1) }],
            input: vec![value("in"), value("w")],
            output: vec![value("out")],
        };
        ModelProto { graph: Some(graph) }.encode_to_vec()
    }

    #[test]
    fn weights_are_not_inputs_and_axes_are_read() {
        let (_folder, path) = write("a.onnx", &tiny(false));
        let signature = Signature::read(&path).unwrap();
        assert_eq!(signature.inputs.len(), 1);
        assert_eq!(signature.inputs[0].to_string(), "in[batch, 3]");
        assert!(signature.first_ops.contains("Slice"));
    }

    #[test]
    fn weights_in_other_files_are_refused() {
        let (_folder, path) = write("a.onnx", &tiny(true));
        assert!(matches!(Signature::read(&path), Err(GraphError::ExternalData { .. })));
    }

    #[test]
    fn text_truncation_and_nothing_are_told_apart_from_a_model() {
        for bytes in [b"hello, this is text".as_slice(), b"", &tiny(false)[..20]] {
            let (_folder, path) = write("a.onnx", bytes);
            let error = Signature::read(&path).unwrap_err().to_string();
            assert!(error.contains("a.onnx is not an ONNX model"), "{error}");
        }
    }

    #[test]
    fn a_checkpoint_is_answered_with_its_export_command() {
        let error = Signature::read(Path::new("yolo11s.pt")).unwrap_err().to_string();
        assert!(error.contains("yolo export model=yolo11s.pt format=onnx"), "{error}");
    }
}
