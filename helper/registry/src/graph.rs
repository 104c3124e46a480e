//! A network's signature, read from its ONNX file without running it: what goes in, what comes out, and
//! what little of the graph tells families apart that look alike from outside.

mod hints;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use prost::Message;

use crate::external;
use crate::onnx;
use crate::pytorch;

/// Largest file that can be ONNX: protobuf ends at 2 GiB.
pub const MAX_BYTES: u64 = i32::MAX as u64;

/// An extent of a tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dim {
    /// Always so many.
    Fixed(i64),
    /// Decided at each run; the name is for people and may be empty.
    Free(String),
}

impl Dim {
    /// The extent, where it is fixed.
    pub fn fixed(&self) -> Option<usize> {
        match self {
            Self::Fixed(n) => usize::try_from(*n).ok(),
            Self::Free(_) => None,
        }
    }

    /// Whether it is `n`, or may be.
    pub fn allows(&self, n: usize) -> bool {
        self.fixed().is_none_or(|fixed| fixed == n)
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(n) => n.fmt(f),
            Self::Free(name) if name.is_empty() => f.write_str("?"),
            Self::Free(name) => f.write_str(name),
        }
    }
}

/// The type of a tensor's elements, as far as anybody here cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elem {
    /// 32-bit float.
    F32,
    /// 16-bit float.
    F16,
    /// 64-bit integer.
    I64,
    /// 8-bit unsigned integer.
    U8,
    /// 32-bit integer.
    I32,
    /// Another; the number is ONNX's.
    Other(i32),
}

impl Elem {
    fn of(number: i32) -> Self {
        match number {
            1 => Self::F32,
            2 => Self::U8,
            6 => Self::I32,
            7 => Self::I64,
            10 => Self::F16,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for Elem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F32 => f.write_str("f32"),
            Self::F16 => f.write_str("f16"),
            Self::I64 => f.write_str("i64"),
            Self::I32 => f.write_str("i32"),
            Self::U8 => f.write_str("u8"),
            Self::Other(number) => write!(f, "type{number}"),
        }
    }
}

/// An input or an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The name by which it is fed or fetched.
    pub name: String,
    /// What its elements are.
    pub elem: Elem,
    /// Its extents; empty also when the file does not say them.
    pub dims: Vec<Dim>,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dims: Vec<_> = self.dims.iter().map(Dim::to_string).collect();
        write!(f, "{} {}[{}]", self.name, self.elem, dims.join(","))
    }
}

/// What a network looks like from outside, with the hints that its inside gives.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Signature {
    /// What must be fed; weights that the file lists among its inputs are not.
    pub inputs: Vec<Port>,
    /// What can be fetched.
    pub outputs: Vec<Port>,
    /// Operators that read the first input, in file order: directly, or behind what only rescales its
    /// values or changes their type.
    pub readers: Vec<String>,
    /// Height and width of the first kernel that the picture meets, where its weights are in the file.
    pub first_kernel: Option<(i64, i64)>,
    /// Whether a convolution is depthwise (each channel by itself) with a kernel of 5×5.
    pub depthwise_5x5: bool,
    /// How often each operator occurs.
    pub ops: BTreeMap<String, usize>,
    /// Output channels of the last convolution, where its weights are in the file.
    pub last_conv: Option<usize>,
    /// What the exporter noted (Ultralytics: `task`, `names`, …).
    pub metadata: BTreeMap<String, String>,
}

impl Signature {
    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |ports: &[Port]| ports.iter().map(Port::to_string).collect::<Vec<_>>().join(", ");
        write!(f, "{} → {}", list(&self.inputs), list(&self.outputs))
    }
}

/// A file that is not a network which can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// It can't be opened or read.
    #[error("can't read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It holds weights without a graph.
    #[error("{} is not a usable ONNX file: {recipe}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// How to make ONNX of it.
        recipe: String,
    },
    /// It is not ONNX, or damaged, or not whole.
    #[error("{} is not a usable ONNX file: {why}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do about it.
        why: String,
    },
}

/// Reads the signature of an ONNX file.
///
/// # Errors
/// [`GraphError`], with what to do.
pub fn read(path: &Path) -> Result<Signature, GraphError> {
    read_as(path, path)
}

/// The same, for a file that people know as `name`: errors name that, and its ending counts.
///
/// # Errors
/// [`GraphError`], with what to do.
pub fn read_as(path: &Path, name: &Path) -> Result<Signature, GraphError> {
    let unreadable = |source| GraphError::Read { path: name.to_owned(), source };
    let unusable = |why: String| GraphError::Unusable { path: name.to_owned(), why };
    check_name(name)?;
    let mut file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err(unusable(format!("{size} bytes are more than ONNX can hold in one file (2 GiB)")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.by_ref().take(MAX_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    of_bytes(&bytes, name)
}

/// The same, for a file's bytes.
pub(crate) fn of_bytes(bytes: &[u8], name: &Path) -> Result<Signature, GraphError> {
    let unusable = |why| GraphError::Unusable { path: name.to_owned(), why };
    parse(bytes).map_err(|why| if why.is_empty() { checkpoint(name) } else { unusable(why) })
}

/// Refuses a file whose name alone says that it is no network: PyTorch's.
///
/// # Errors
/// [`GraphError::Checkpoint`], with how to make ONNX of it.
pub fn check_name(name: &Path) -> Result<(), GraphError> {
    if pytorch::is_checkpoint(name) { Err(checkpoint(name)) } else { Ok(()) }
}

fn checkpoint(name: &Path) -> GraphError {
    GraphError::Checkpoint { path: name.to_owned(), recipe: pytorch::export_recipe(name) }
}

/// The signature in the bytes of an ONNX file, or what is wrong with them (empty: it is a PyTorch file).
fn parse(bytes: &[u8]) -> Result<Signature, String> {
    if let Some(why) = other_kind(bytes) {
        return Err(why.to_owned());
    }
    let damaged = "it is damaged or was cut off on its way; fetch or export it again";
    let model = onnx::Model::decode(bytes).map_err(|_| damaged)?;
    // Exporters write the operator set behind the graph: without it, the end is missing.
    let graph = model.graph.filter(|graph| !graph.node.is_empty() && !model.opset_import.is_empty()).ok_or(damaged)?;
    if external::is_used(bytes) {
        return Err("its weights are in another file; put both into one: \
                    python -c \"import onnx; onnx.save(onnx.load('IN.onnx'), 'OUT.onnx')\""
            .to_owned());
    }
    let metadata = model.metadata_props.into_iter().map(|property| (property.key, property.value)).collect();
    let signature = hints::signature(&graph, metadata);
    if signature.inputs.is_empty() || signature.outputs.is_empty() {
        return Err("its graph has no input or no output; export it again".to_owned());
    }
    Ok(signature)
}

/// Files that people mistake for ONNX, and what to do with each.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    if bytes.is_empty() {
        Some("it is empty; fetch or export it again")
    } else if start.starts_with(b"PK\x03\x04") && bytes.windows(8).take(1 << 16).any(|w| w == b"data.pkl") {
        Some("")
    } else if start.starts_with(b"PK\x03\x04") {
        Some("it is a zip archive; unpack the .onnx file in it")
    } else if start.starts_with(b"version https://git-lfs") {
        Some("it is only a Git LFS pointer; get the file itself with `git lfs pull`")
    } else if start.trim_ascii_start().starts_with(b"<") {
        Some("it is a web page or XML; download the file itself")
    } else if start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        Some("it is text; fetch or export the network again")
    } else {
        None
    }
}

fn port(info: &onnx::ValueInfo) -> Port {
    let tensor = info.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref());
    let dims = tensor.and_then(|tensor| tensor.shape.as_ref()).map_or(&[][..], |shape| &shape.dim);
    Port {
        name: info.name.clone(),
        elem: Elem::of(tensor.map_or(0, |t| t.elem_type)),
        dims: dims.iter().map(dim).collect(),
    }
}

fn dim(dimension: &onnx::Dimension) -> Dim {
    match &dimension.extent {
        // Some exporters write "any" as -1 or 0.
        Some(onnx::Extent::Value(n)) if *n > 0 => Dim::Fixed(*n),
        Some(onnx::Extent::Param(name)) => Dim::Free(name.clone()),
        _ => Dim::Free(String::new()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
