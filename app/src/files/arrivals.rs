//! Models that a person brings, in the order they were given, one at a time. Pure: what the page shows of each.

use silhueta_shared::protocol::{ErrorCode, MAX_MODEL, ModelImported};

use super::pace::Pace;
use super::queue::{Key, Problem};

/// What can hold a network.
const MODELS: [&str; 2] = ["onnx", "zip"];
/// PyTorch's endings: weights alone. They are taken for an answer, not as a model.
const CHECKPOINTS: [&str; 2] = ["pt", "pth"];

/// What the browser's own file dialog offers.
pub(crate) const ACCEPT: &str = ".onnx,.zip,.pt,.pth";

/// Whether a name is a model's.
pub(super) fn is_model(name: &str) -> bool {
    ends(name, &MODELS)
}

/// Whether a name is that of weights alone.
pub(super) fn is_checkpoint(name: &str) -> bool {
    ends(name, &CHECKPOINTS)
}

fn ends(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Its turn has not come.
    Waiting,
    /// On its way.
    Sending {
        /// Bytes sent.
        sent: u64,
        /// How fast.
        pace: Pace,
    },
    /// All of it is with the helper, which looks at it.
    Looking,
    /// There is another model of its name: only a person can say which one stays.
    Asks,
    /// It is in the folder.
    Done(ModelImported),
    /// It is no network yet: how to make one of it.
    NeedsExport {
        /// The helper's command, with what it has to say to it.
        recipe: String,
    },
    /// Its name is no model's.
    NoModel,
    /// It holds nothing.
    Empty,
    /// It is larger than any model can be.
    TooLarge,
    /// It did not get through.
    Failed(Problem),
}

impl Step {
    /// Whether something would be lost with the page.
    pub(crate) const fn is_busy(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sending { .. } | Self::Looking)
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrival {
    pub(crate) key: Key,
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) step: Step,
    /// Whether it may take another's place.
    pub(super) replaces: bool,
}

/// All files that were given and not put aside.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arrivals {
    list: Vec<Arrival>,
    last: Key,
}

impl Arrivals {
    /// Puts a file at the end, or says at once why it will not do.
    pub(super) fn add(&mut self, name: String, size: u64) -> Key {
        let step = match () {
            () if is_checkpoint(&name) => Step::Waiting,
            () if !is_model(&name) => Step::NoModel,
            () if size == 0 => Step::Empty,
            () if size > MAX_MODEL => Step::TooLarge,
            () => Step::Waiting,
        };
        // The same file given again: what was said of it before says nothing more.
        self.list.retain(|other| other.name != name || other.step.is_busy());
        self.last += 1;
        self.list.push(Arrival { key: self.last, name, size, step, replaces: false });
        self.last
    }

    /// In their order.
    pub(crate) fn list(&self) -> &[Arrival] {
        &self.list
    }

    /// The file to begin with now: the first that waits, if none is on its way. It is on its way from now on.
    pub(super) fn begin(&mut self) -> Option<Arrival> {
        if self.list.iter().any(|other| matches!(other.step, Step::Sending { .. } | Step::Looking)) {
            return None;
        }
        let next = self.list.iter_mut().find(|arrival| arrival.step == Step::Waiting)?;
        next.step = Step::Sending { sent: 0, pace: Pace::default() };
        Some(next.clone())
    }

    /// So many bytes of it were sent by `now` (ms).
    pub(super) fn sent(&mut self, key: Key, now: f64, bytes: u64) {
        let Some(arrival) = self.get_mut(key) else { return };
        if let Step::Sending { sent, pace } = &mut arrival.step {
            *sent = bytes.min(arrival.size);
            pace.mark(now, *sent);
            if *sent >= arrival.size {
                arrival.step = Step::Looking;
            }
        }
    }

    /// What came of it.
    pub(super) fn settle(&mut self, key: Key, outcome: Result<ModelImported, Problem>) {
        let Some(arrival) = self.get_mut(key) else { return };
        arrival.step = match outcome {
            Ok(model) => Step::Done(model),
            Err(Problem::Refused(error)) => match error.code {
                ErrorCode::NameTaken => Step::Asks,
                ErrorCode::NeedsExport => Step::NeedsExport { recipe: error.hint.unwrap_or(error.message) },
                _ => Step::Failed(Problem::Refused(error)),
            },
            Err(problem) => Step::Failed(problem),
        };
    }

    /// Tries it once more, in its turn; `replaces` if it may take another's place.
    pub(super) fn again(&mut self, key: Key, replaces: bool) {
        if let Some(arrival) = self.get_mut(key)
            && matches!(arrival.step, Step::Failed(_) | Step::Asks)
        {
            arrival.replaces |= replaces;
            arrival.step = Step::Waiting;
        }
    }

    /// It is not wanted any more, or was read.
    pub(super) fn remove(&mut self, key: Key) {
        self.list.retain(|arrival| arrival.key != key);
    }

    /// Whether something would be lost with the page.
    pub(super) fn is_busy(&self) -> bool {
        self.list.iter().any(|arrival| arrival.step.is_busy())
    }

    fn get_mut(&mut self, key: Key) -> Option<&mut Arrival> {
        self.list.iter_mut().find(|arrival| arrival.key == key)
    }
}

#[cfg(test)]
mod tests {
    use silhueta_shared::model::Role;
    use silhueta_shared::protocol::WireError;

    use super::*;

    fn step(arrivals: &Arrivals, key: Key) -> &Step {
        &arrivals.list().iter().find(|arrival| arrival.key == key).unwrap().step
    }

    fn refused(code: ErrorCode) -> Result<ModelImported, Problem> {
        Err(Problem::Refused(WireError::new(code, "no").hint("type this")))
    }

    #[test]
    fn what_will_not_do_is_said_before_a_byte_is_sent() {
        let mut arrivals = Arrivals::default();
        let keys = [("a.txt", 5), ("b.ONNX", 0), ("c.zip", MAX_MODEL + 1), (".onnx", 5), ("d.onnx", 5), ("e.pth", 0)]
            .map(|(name, size)| arrivals.add(name.into(), size));
        let steps = keys.map(|key| step(&arrivals, key).clone());
        let no = Step::NoModel;
        assert_eq!(steps, [no.clone(), Step::Empty, Step::TooLarge, no, Step::Waiting, Step::Waiting]);
    }

    #[test]
    fn one_at_a_time_until_the_helper_has_looked_at_it() {
        let mut arrivals = Arrivals::default();
        let (a, b) = (arrivals.add("a.onnx".into(), 10), arrivals.add("b.onnx".into(), 10));
        assert_eq!(arrivals.begin().map(|arrival| arrival.key), Some(a));
        arrivals.sent(a, 1.0, 4);
        assert!(matches!(step(&arrivals, a), Step::Sending { sent: 4, .. }));
        arrivals.sent(a, 2.0, 900);
        assert_eq!((arrivals.begin(), step(&arrivals, a)), (None, &Step::Looking));
        let done = ModelImported { id: "a".into(), role: Role::Pose, about: "RTMPose".into(), was_there: false };
        arrivals.settle(a, Ok(done.clone()));
        assert_eq!(step(&arrivals, a), &Step::Done(done));
        assert_eq!(arrivals.begin().map(|arrival| arrival.key), Some(b));
        assert!(arrivals.is_busy());
        arrivals.remove(b);
        assert!(!arrivals.is_busy(), "what has come is not lost with the page");
    }

    #[test]
    fn another_model_is_replaced_only_after_a_word() {
        let mut arrivals = Arrivals::default();
        let key = arrivals.add("a.onnx".into(), 10);
        assert!(!arrivals.begin().unwrap().replaces);
        arrivals.settle(key, refused(ErrorCode::NameTaken));
        assert_eq!((arrivals.begin(), step(&arrivals, key)), (None, &Step::Asks));
        arrivals.again(key, true);
        assert!(arrivals.begin().unwrap().replaces);
        arrivals.settle(key, refused(ErrorCode::NotAModel));
        assert!(matches!(step(&arrivals, key), Step::Failed(_)));
        arrivals.again(key, false);
        assert!(arrivals.begin().unwrap().replaces, "the word still holds at the next try");
    }

    #[test]
    fn weights_alone_are_answered_with_what_to_type() {
        let mut arrivals = Arrivals::default();
        let key = arrivals.add("yolo11n.pt".into(), 10);
        arrivals.begin();
        arrivals.settle(key, refused(ErrorCode::NeedsExport));
        assert_eq!(step(&arrivals, key), &Step::NeedsExport { recipe: "type this".into() });
        // Given again, it is there once.
        arrivals.add("yolo11n.pt".into(), 10);
        assert_eq!(arrivals.list().len(), 1);
    }
}
