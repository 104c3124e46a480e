//! The protocol between a page (or any other client) and the helper: one WebSocket at [`PATH`], one enum
//! each way, each binary message one MessagePack value with named fields. `PROTOCOL.md` tells it in words.

mod error;
mod files;
mod ids;
mod job;
mod page;
mod preview;
mod shelf;
mod snapshot;
mod task;

pub use error::{ErrorCode, WireError};
pub use files::{Entry, EntryKind, Listing, Root, SourceRef, UploadDone, VIDEO_ENDINGS};
pub use ids::{JobId, RootId, RunId, SessionId, UploadId};
pub use job::{JobSettings, JobView, LogLine, QueueView, Ran, ResultsView, Resumable, StageView, StartRun};
pub use page::{Lock, Page};
pub use preview::{MAX_CREDITS, PreviewFrame};
pub use shelf::{
    FetchProgress, FetchState, MAX_MODEL, ModelCheck, ModelFetch, ModelImported, ModelOrigin, ModelShelf, ModelSource,
    ModelVerdict, ModelView, OfferedModel, RemovedModel, WantedModel,
};
pub use snapshot::{Gpu, Hardware, Snapshot};
pub use task::{TaskApi, TaskView, WebhookState, WebhookView};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::notice::VideoFacts;
use crate::worker::{DoctorReport, Progress};

/// Both sides must say the same.
pub const VERSION: u32 = 1;

/// Where the socket is.
pub const PATH: &str = "/api/v1/socket";

/// Longest message that a client may send, in bytes.
pub const MAX_CLIENT_MESSAGE: usize = 256 << 10;

/// Client → helper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// First message; answered by [`HelperMessage::Welcome`].
    Hello {
        /// [`VERSION`].
        protocol: u32,
        /// The token of a session to take up again, from its [`HelperMessage::Welcome`].
        resume: Option<String>,
    },
    /// A request; answered once, with the same `id`.
    Ask {
        /// Chosen by the client.
        id: u32,
        /// What is asked.
        ask: Ask,
    },
    /// Whether this session wants to see the preview of a page's work. No answer.
    Watch {
        /// Whose work.
        page: Page,
        /// On or off.
        on: bool,
    },
    /// One more preview picture may come: sent twice at the start, then after each one painted.
    /// At most [`MAX_CREDITS`] are kept. No answer.
    Grant,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// Work through videos, one after another. Answered by [`Answer::Started`].
    Start(StartRun),
    /// Pause a running job.
    Pause {
        /// Which.
        job: JobId,
    },
    /// Let a paused job go on.
    Resume {
        /// Which.
        job: JobId,
    },
    /// Stop one job, whatever it does, or take it out of the queue.
    Stop {
        /// Which.
        job: JobId,
    },
    /// Stop all that one press of start began.
    StopRun {
        /// Which.
        run: RunId,
    },
    /// Queue a job again that was stopped, interrupted or failed: it goes on where it was, as far as that was kept.
    Continue {
        /// Which.
        job: JobId,
    },
    /// The same for all unfinished jobs that one press of start began.
    ContinueRun {
        /// Which.
        run: RunId,
    },
    /// Queue a job again that was stopped, interrupted or failed, from its beginning.
    Retry {
        /// Which.
        job: JobId,
    },
    /// Forget a job that has ended. Its results stay; what an unfinished one has kept is thrown away.
    Remove {
        /// Which.
        job: JobId,
    },
    /// Give a job that waits another place in the queue.
    MoveJob {
        /// Which.
        job: JobId,
        /// The one that comes right after it; none for the end of the queue.
        before: Option<JobId>,
    },
    /// Let nothing new begin, or let the queue go on. What runs is not touched.
    PauseQueue {
        /// Whether to pause.
        on: bool,
    },
    /// Whether all of a run stops when this session is gone for good. On makes this session its owner.
    Attach {
        /// Which.
        run: RunId,
        /// On or off.
        on: bool,
    },
    /// End the helper, as Ctrl+C in its terminal would: what runs is interrupted and everyone is told.
    ShutDown,
    /// The folders that the user opened. Answered by [`Answer::Roots`].
    Roots,
    /// Open a folder: files below it can then be chosen. Answered by [`Answer::Roots`].
    OpenRoot {
        /// Absolute path.
        path: String,
    },
    /// Close a folder again. Answered by [`Answer::Roots`].
    CloseRoot {
        /// Which.
        root: RootId,
    },
    /// What is in a folder. Answered by [`Answer::Listing`].
    Browse {
        /// Below which root.
        root: RootId,
        /// Path below it with `/` between names; empty for the root itself.
        path: String,
    },
    /// What a video is. Answered by [`Answer::Facts`].
    Inspect {
        /// The video.
        source: SourceRef,
    },
    /// Throw an uploaded video away.
    DropUpload {
        /// Which.
        upload: UploadId,
    },
    /// Look again for models. Everyone gets the new [`HelperMessage::Models`].
    ScanModels,
    /// Fetch models, one after another; one that is on its way already is not fetched twice.
    FetchModels {
        /// Which.
        ids: Vec<String>,
    },
    /// End a download, or take it out of the queue. What came is kept: the next one goes on from there.
    CancelFetch {
        /// Of which model.
        id: String,
    },
    /// Throw away what came of a model that is not on its way now.
    DropPartial {
        /// Of which model.
        id: String,
    },
    /// Hold models to what is known of them. Answered by [`Answer::Checked`], after a while.
    VerifyModels {
        /// Which; all that are there when none is named.
        ids: Vec<String>,
    },
    /// Take a model away.
    RemoveModel {
        /// Which.
        id: String,
    },
    /// Bring back what was taken away.
    RestoreModel {
        /// Which.
        id: String,
    },
    /// Lines of a job's log. Answered by [`Answer::Log`].
    Log {
        /// Whose.
        job: JobId,
        /// Only lines after this one.
        after: u64,
    },
}

/// Helper → client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HelperMessage {
    /// Answer to [`ClientMessage::Hello`].
    Welcome {
        /// [`VERSION`].
        protocol: u32,
        /// Version of the helper.
        app: String,
        /// This session.
        session: SessionId,
        /// Secret that takes the session up again after its socket closed.
        resume: String,
        /// Whether an earlier session was taken up again: what it watched is watched again.
        resumed: bool,
        /// Everything there is to know now; changes follow.
        snapshot: Box<Snapshot>,
    },
    /// Answer to an [`Ask`].
    Answer {
        /// The request's.
        id: u32,
        /// The answer.
        answer: Answer,
    },
    /// A request, or a message that could not be read, was refused. The socket stays open.
    Refused {
        /// The request's; none where the message could not be read.
        id: Option<u32>,
        /// Why.
        error: WireError,
    },
    /// A job is new, or something other than its progress changed.
    Job(Box<JobView>),
    /// Several jobs are new or changed at once.
    Jobs(Vec<JobView>),
    /// A job was forgotten.
    Removed {
        /// Which.
        job: JobId,
    },
    /// The queue has another order, or was paused or let go on. Not told when a job just leaves it.
    Queue(QueueView),
    /// A running job went on.
    Progress {
        /// Which.
        job: JobId,
        /// How far it is.
        progress: Progress,
    },
    /// A job has something to tell.
    Log {
        /// Which.
        job: JobId,
        /// The line.
        line: LogLine,
    },
    /// Several jobs have something to tell at once.
    Logs(Vec<(JobId, LogLine)>),
    /// Who holds the workbench.
    Lock(Option<Lock>),
    /// What the machine is doing, every other second.
    Hardware(Hardware),
    /// The models there are.
    Models(ModelShelf),
    /// A download began, went on or ended.
    Fetch(ModelFetch),
    /// The folders that are open.
    Roots(Vec<Root>),
    /// What the machine can do; comes once it is known.
    Machine(Box<DoctorReport>),
    /// A picture of work that this session watches.
    Preview(Box<PreviewFrame>),
    /// The helper is ending. Nothing follows.
    Closing,
}

/// Answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is done, or under way.
    Done,
    /// What was started.
    Started {
        /// All of it.
        run: RunId,
        /// One a video, in the order they were given.
        jobs: Vec<JobId>,
    },
    /// The folders that are open.
    Roots(Vec<Root>),
    /// A folder's content.
    Listing(Listing),
    /// What a video is.
    Facts(VideoFacts),
    /// Lines, oldest first.
    Log(Vec<LogLine>),
    /// What checks of models said.
    Checked(Vec<ModelCheck>),
}

/// A message as bytes.
///
/// # Errors
/// Only for values that MessagePack can't hold; ours always fit.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, rmp_serde::encode::Error> {
    rmp_serde::to_vec_named(message)
}

/// A message from bytes.
///
/// # Errors
/// Not MessagePack, not this protocol, or something left over behind it.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let mut reader = rmp_serde::Deserializer::new(bytes);
    let message = T::deserialize(&mut reader)?;
    let left = reader.into_inner().len();
    if left > 0 { Err(DecodeError::LeftOver(left)) } else { Ok(message) }
}

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not MessagePack, or not what was expected.
    #[error("{0}")]
    Malformed(#[from] rmp_serde::decode::Error),
    /// More than one value.
    #[error("{0} bytes follow the message")]
    LeftOver(usize),
}

#[cfg(test)]
mod tests;
