//! Rows to columns and back: the one place that knows the table's layout.

use std::sync::{Arc, LazyLock};

use arrow_array::builder::{Float32Builder, Int64Builder, ListBuilder, UInt8Builder, UInt32Builder};
use arrow_array::types::{Float32Type, Int64Type, UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, ListArray, PrimitiveArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::{IdentityId, TrackId};

use super::RecordRow;

/// Parquet's own name for the elements of a list.
static ELEMENT: LazyLock<FieldRef> = LazyLock::new(|| Arc::new(Field::new("element", DataType::Float32, false)));

/// The table: `keypoints` holds x, y of each joint one after another, `scores` one number per joint.
pub(super) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let list = DataType::List(Arc::clone(&ELEMENT));
    Arc::new(Schema::new(vec![
        Field::new("frame", DataType::UInt32, false),
        Field::new("pts", DataType::Int64, false),
        Field::new("track", DataType::UInt32, true),
        Field::new("identity", DataType::UInt32, true),
        Field::new("x1", DataType::Float32, false),
        Field::new("y1", DataType::Float32, false),
        Field::new("x2", DataType::Float32, false),
        Field::new("y2", DataType::Float32, false),
        Field::new("score", DataType::Float32, false),
        Field::new("keypoints", list.clone(), true),
        Field::new("scores", list, true),
        Field::new("flags", DataType::UInt8, false),
    ]))
});

/// Columns being filled.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    frame: UInt32Builder,
    pts: Int64Builder,
    track: UInt32Builder,
    identity: UInt32Builder,
    edges: [Float32Builder; 4],
    score: Float32Builder,
    keypoints: ListBuilder<Float32Builder>,
    scores: ListBuilder<Float32Builder>,
    flags: UInt8Builder,
    rows: usize,
}

impl ColumnBuilder {
    pub(super) fn new() -> Self {
        let list = || ListBuilder::new(Float32Builder::new()).with_field(Arc::clone(&ELEMENT));
        Self {
            frame: UInt32Builder::new(),
            pts: Int64Builder::new(),
            track: UInt32Builder::new(),
            identity: UInt32Builder::new(),
            edges: std::array::from_fn(|_| Float32Builder::new()),
            score: Float32Builder::new(),
            keypoints: list(),
            scores: list(),
            flags: UInt8Builder::new(),
            rows: 0,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn push(&mut self, row: &RecordRow) {
        self.frame.append_value(row.frame);
        self.pts.append_value(row.pts);
        self.track.append_option(row.track.map(TrackId::get));
        self.identity.append_option(row.identity.map(IdentityId::get));
        for (column, edge) in self.edges.iter_mut().zip(row.bbox.to_array()) {
            column.append_value(edge);
        }
        self.score.append_value(row.score);
        for point in row.pose.iter().flatten() {
            self.keypoints.values().append_value(point.x);
            self.keypoints.values().append_value(point.y);
            self.scores.values().append_value(point.score);
        }
        self.keypoints.append(row.pose.is_some());
        self.scores.append(row.pose.is_some());
        self.flags.append_value(row.flags);
        self.rows += 1;
    }

    /// The rows so far; the builder is empty again.
    pub(super) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let [x1, y1, x2, y2] = self.edges.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.frame.finish()),
            Arc::new(self.pts.finish()),
            Arc::new(self.track.finish()),
            Arc::new(self.identity.finish()),
            x1,
            y1,
            x2,
            y2,
            Arc::new(self.score.finish()),
            Arc::new(self.keypoints.finish()),
            Arc::new(self.scores.finish()),
            Arc::new(self.flags.finish()),
        ];
        RecordBatch::try_new(Arc::clone(&SCHEMA), columns)
    }
}

/// The columns of some rows that were read, each of the type it must have.
#[derive(Debug)]
pub(super) struct Columns {
    frame: PrimitiveArray<UInt32Type>,
    pts: PrimitiveArray<Int64Type>,
    track: PrimitiveArray<UInt32Type>,
    identity: PrimitiveArray<UInt32Type>,
    edges: [PrimitiveArray<Float32Type>; 4],
    score: PrimitiveArray<Float32Type>,
    keypoints: ListArray,
    scores: ListArray,
    flags: PrimitiveArray<UInt8Type>,
}

impl Columns {
    /// Takes a batch apart; the message says which column is missing, of another type, or null.
    pub(super) fn new(batch: &RecordBatch) -> Result<Self, String> {
        let edges = [required(batch, "x1")?, required(batch, "y1")?, required(batch, "x2")?, required(batch, "y2")?];
        Ok(Self {
            frame: required(batch, "frame")?,
            pts: required(batch, "pts")?,
            track: column(batch, "track")?,
            identity: column(batch, "identity")?,
            edges,
            score: required(batch, "score")?,
            keypoints: column(batch, "keypoints")?,
            scores: column(batch, "scores")?,
            flags: required(batch, "flags")?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.frame.len()
    }

    /// Row `i` of [`len`](Self::len), with `joints` joints where it has a pose.
    pub(super) fn row(&self, i: usize, joints: usize) -> Result<RecordRow, String> {
        let [x1, y1, x2, y2] = self.edges.each_ref().map(|column| column.value(i));
        Ok(RecordRow {
            frame: self.frame.value(i),
            pts: self.pts.value(i),
            track: self.track.is_valid(i).then(|| self.track.value(i)).and_then(TrackId::new),
            identity: self.identity.is_valid(i).then(|| self.identity.value(i)).and_then(IdentityId::new),
            bbox: Bbox::new(x1, y1, x2, y2),
            score: self.score.value(i),
            pose: self.keypoints.is_valid(i).then(|| self.pose(i, joints)).transpose()?,
            flags: self.flags.value(i),
        })
    }

    fn pose(&self, i: usize, joints: usize) -> Result<Vec<Keypoint>, String> {
        let (points, scores) = (self.keypoints.value(i), self.scores.value(i));
        let (points, scores) = (floats(&points, "keypoints")?, floats(&scores, "scores")?);
        if points.len() != 2 * joints || scores.len() != joints {
            return Err(format!(
                "a pose has {} coordinates and {} scores for {joints} joints",
                points.len(),
                scores.len()
            ));
        }
        let (points, _) = points.as_chunks::<2>();
        Ok(points.iter().zip(scores).map(|(&[x, y], &score)| Keypoint { x, y, score }).collect())
    }
}

fn floats<'a>(list: &'a ArrayRef, name: &str) -> Result<&'a [f32], String> {
    let array = list.as_any().downcast_ref::<PrimitiveArray<Float32Type>>();
    let array = array.ok_or_else(|| format!("column {name} holds no 32-bit floats"))?;
    Ok(array.values())
}

fn column<A: Array + Clone + 'static>(batch: &RecordBatch, name: &str) -> Result<A, String> {
    let array = batch.column_by_name(name).ok_or_else(|| format!("it has no column {name}"))?;
    let typed = array.as_any().downcast_ref::<A>();
    typed.cloned().ok_or_else(|| format!("column {name} is of type {}", array.data_type()))
}

fn required<T: ArrowPrimitiveType>(batch: &RecordBatch, name: &str) -> Result<PrimitiveArray<T>, String> {
    let array: PrimitiveArray<T> = column(batch, name)?;
    if array.null_count() > 0 { Err(format!("column {name} has empty cells")) } else { Ok(array) }
}
