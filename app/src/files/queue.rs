//! Uploads in the order they were given, one at a time.

use silhueta_shared::protocol::WireError;

use super::pace::Pace;

/// Names an upload on the page.
pub(crate) type Key = u64;

/// Why an upload did not get through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The helper says why.
    Refused(WireError),
    /// The connection was lost on the way.
    BrokeOff,
    /// There is none.
    Offline,
}

/// Where an upload is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Its turn has not come.
    Waiting,
    /// On its way.
    Sending {
        /// Bytes sent.
        sent: u64,
        /// How fast.
        pace: Pace,
    },
    /// It did not get through; it can be tried again.
    Failed(Problem),
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Upload {
    pub(super) key: Key,
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) step: Step,
}

/// All files that are not with the helper yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Queue {
    uploads: Vec<Upload>,
    last: Key,
}

impl Queue {
    /// Puts a file at the end.
    pub(super) fn add(&mut self, name: String, size: u64) -> Key {
        self.last += 1;
        self.uploads.push(Upload { key: self.last, name, size, step: Step::Waiting });
        self.last
    }

    /// In their order.
    pub(super) fn uploads(&self) -> &[Upload] {
        &self.uploads
    }

    /// The upload to begin now: the first that waits, if none is on its way. It is on its way from now on.
    pub(super) fn begin(&mut self) -> Option<Upload> {
        if self.uploads.iter().any(|upload| matches!(upload.step, Step::Sending { .. })) {
            return None;
        }
        let next = self.uploads.iter_mut().find(|upload| upload.step == Step::Waiting)?;
        next.step = Step::Sending { sent: 0, pace: Pace::default() };
        Some(next.clone())
    }

    /// So many bytes of it were sent by `now` (ms).
    pub(super) fn sent(&mut self, key: Key, now: f64, bytes: u64) {
        if let Some(Upload { size, step: Step::Sending { sent, pace }, .. }) = self.get_mut(key) {
            // What the browser counts may hold more than the file.
            *sent = bytes.min(*size);
            pace.mark(now, *sent);
        }
    }

    /// It did not get through.
    pub(super) fn fail(&mut self, key: Key, problem: Problem) {
        if let Some(upload) = self.get_mut(key) {
            upload.step = Step::Failed(problem);
        }
    }

    /// Tries it once more, in its turn.
    pub(super) fn retry(&mut self, key: Key) {
        if let Some(upload) = self.get_mut(key)
            && matches!(upload.step, Step::Failed(_))
        {
            upload.step = Step::Waiting;
        }
    }

    /// It got through, or is not wanted any more.
    pub(super) fn remove(&mut self, key: Key) {
        self.uploads.retain(|upload| upload.key != key);
    }

    /// Whether something would be lost with the page.
    pub(super) fn is_busy(&self) -> bool {
        self.uploads.iter().any(|upload| !matches!(upload.step, Step::Failed(_)))
    }

    /// Bytes that are still to come.
    pub(super) fn to_come(&self) -> u64 {
        let busy = self.uploads.iter().filter(|upload| !matches!(upload.step, Step::Failed(_)));
        busy.map(|upload| upload.size).sum()
    }

    fn get_mut(&mut self, key: Key) -> Option<&mut Upload> {
        self.uploads.iter_mut().find(|upload| upload.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(queue: &Queue) -> Vec<&str> {
        queue.uploads().iter().map(|upload| upload.name.as_str()).collect()
    }

    #[test]
    fn one_at_a_time_in_the_order_given() {
        let mut queue = Queue::default();
        let (a, b) = (queue.add("a.mp4".into(), 10), queue.add("b.mp4".into(), 20));
        assert_eq!(queue.begin().map(|upload| upload.key), Some(a));
        assert_eq!(queue.begin(), None);
        queue.sent(a, 5.0, 12);
        assert!(matches!(queue.uploads()[0].step, Step::Sending { sent: 10, .. }), "never more than there is");
        queue.remove(a);
        assert_eq!(queue.begin().map(|upload| upload.key), Some(b));
        assert_eq!(names(&queue), ["b.mp4"]);
    }

    #[test]
    fn one_that_fails_does_not_hold_up_the_others_and_can_be_tried_again() {
        let mut queue = Queue::default();
        let (a, b) = (queue.add("a.mp4".into(), 10), queue.add("b.mp4".into(), 20));
        queue.begin();
        queue.fail(a, Problem::BrokeOff);
        assert_eq!(queue.begin().map(|upload| upload.key), Some(b));
        queue.retry(a);
        assert_eq!(queue.begin(), None);
        queue.remove(b);
        assert_eq!(queue.begin().map(|upload| upload.key), Some(a));
        queue.retry(a);
        assert!(matches!(queue.uploads()[0].step, Step::Sending { .. }), "what is on its way is not begun twice");
    }

    #[test]
    fn only_what_is_under_way_would_be_lost_with_the_page() {
        let mut queue = Queue::default();
        assert!(!queue.is_busy());
        let a = queue.add("a.mp4".into(), 10);
        assert_eq!((queue.is_busy(), queue.to_come()), (true, 10));
        queue.fail(a, Problem::Offline);
        assert_eq!((queue.is_busy(), queue.to_come()), (false, 0));
        queue.remove(a);
        queue.sent(a, 1.0, 1);
        assert!(queue.uploads().is_empty());
    }
}
