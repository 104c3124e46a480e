//! Preview pictures on their way from the worker to those who watch.
//!
//! Each viewer has a place for one picture, the newest, and credits: how many it is ready to take. The
//! worker is told the largest number that any viewer has room for, so nothing is encoded for nobody, and a
//! viewer that stands still keeps back only itself.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use silhueta_shared::protocol::{JobId, MAX_CREDITS, Page, PreviewFrame};
use silhueta_shared::worker::{Picture, PreviewWish};
use tokio::sync::Notify;

/// What a viewer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A page: the plain picture, people as data, only of pages that it watches.
    Page,
    /// MJPEG: the drawn picture of whatever runs.
    Drawn,
}

#[derive(Debug)]
struct View {
    is_here: bool,
    pages: HashSet<Page>,
    credits: u8,
    slot: Option<(JobId, Arc<Picture>)>,
    seq: u64,
    dropped: u64,
}

/// One that watches.
#[derive(Debug)]
pub(super) struct Viewer {
    kind: Kind,
    view: Mutex<View>,
    filled: Notify,
    all: Weak<Changed>,
}

/// Wakes whoever passes wishes on to the worker.
#[derive(Debug, Default)]
struct Changed(Notify);

/// Everyone who watches.
#[derive(Debug, Default)]
pub(super) struct Previews {
    viewers: Mutex<Vec<Weak<Viewer>>>,
    /// Whether MJPEG streams show nothing but that they wait.
    is_feed_off: AtomicBool,
    changed: Arc<Changed>,
}

impl Previews {
    /// A viewer for a session; it watches nothing yet.
    pub(super) fn page_viewer(&self) -> Arc<Viewer> {
        self.viewer(Kind::Page, 0)
    }

    /// A viewer for an MJPEG stream; always ready for the next picture.
    pub(super) fn drawn_viewer(&self) -> Arc<Viewer> {
        self.viewer(Kind::Drawn, 1)
    }

    fn viewer(&self, kind: Kind, credits: u8) -> Arc<Viewer> {
        let view = View { is_here: true, pages: HashSet::new(), credits, slot: None, seq: 0, dropped: 0 };
        let all = Arc::downgrade(&self.changed);
        let viewer = Arc::new(Viewer { kind, view: Mutex::new(view), filled: Notify::new(), all });
        let mut viewers = lock(&self.viewers);
        viewers.retain(|viewer| viewer.strong_count() > 0);
        viewers.push(Arc::downgrade(&viewer));
        self.changed.0.notify_one();
        viewer
    }

    /// Those who may get pictures now.
    fn watching(&self) -> Vec<Arc<Viewer>> {
        let shows_feed = self.shows_feed();
        let viewers = lock(&self.viewers);
        viewers.iter().filter_map(Weak::upgrade).filter(|viewer| shows_feed || viewer.kind == Kind::Page).collect()
    }

    /// Whether MJPEG streams show pictures.
    pub(super) fn shows_feed(&self) -> bool {
        !self.is_feed_off.load(Ordering::Relaxed)
    }

    /// Lets MJPEG streams show pictures, or nothing new from now on, for which nothing is encoded either.
    pub(super) fn show_feed(&self, on: bool) {
        self.is_feed_off.store(!on, Ordering::Relaxed);
        for viewer in lock(&self.viewers).iter().filter_map(Weak::upgrade).filter(|viewer| viewer.kind == Kind::Drawn) {
            lock(&viewer.view).slot = None;
        }
        self.changed.0.notify_one();
    }

    /// How many pictures of a page's work there is room for.
    pub(super) fn wish(&self, page: Page) -> PreviewWish {
        let mut wish = PreviewWish::default();
        for viewer in self.watching() {
            let room = viewer.room(page);
            let most = match viewer.kind {
                Kind::Page => &mut wish.plain,
                Kind::Drawn => &mut wish.drawn,
            };
            *most = room.max(*most);
        }
        wish
    }

    /// Returns when a wish may have changed.
    pub(super) async fn changed(&self) {
        self.changed.0.notified().await;
    }

    /// A picture of a page's work has come: everyone who has room gets it, in place of an older one.
    pub(super) fn offer(&self, page: Page, job: JobId, picture: &Arc<Picture>) {
        for viewer in self.watching() {
            viewer.offer(page, job, picture);
        }
    }
}

impl Viewer {
    /// Watches a page's work, or no longer.
    pub(super) fn watch(&self, page: Page, on: bool) {
        let mut view = lock(&self.view);
        if on {
            view.pages.insert(page);
        } else {
            view.pages.remove(&page);
            view.slot = None;
            if view.pages.is_empty() {
                view.credits = 0;
            }
        }
        drop(view);
        self.tell();
    }

    /// One more picture may come.
    pub(super) fn grant(&self) {
        let mut view = lock(&self.view);
        view.credits = (view.credits + 1).min(MAX_CREDITS);
        drop(view);
        self.tell();
    }

    /// Its client left: no credit, no picture; what it watched is remembered.
    pub(super) fn leave(&self) {
        let mut view = lock(&self.view);
        (view.is_here, view.credits, view.slot) = (false, 0, None);
        drop(view);
        self.tell();
    }

    /// Its client is back; it grants anew.
    pub(super) fn arrive(&self) {
        lock(&self.view).is_here = true;
        self.tell();
    }

    /// The next picture for a page, as soon as there is one and a credit for it.
    pub(super) async fn next(&self) -> PreviewFrame {
        let (job, picture, seq, dropped) = self.take().await;
        PreviewFrame {
            job,
            seq,
            dropped,
            frame: picture.frame,
            pts: picture.pts,
            seconds: picture.seconds,
            posed_at: picture.posed_at,
            source_size: picture.source_size,
            size: picture.size,
            people: picture.people.clone(),
            jpeg: picture.jpeg.clone().unwrap_or_default(),
        }
    }

    /// The next picture with everything drawn on it.
    pub(super) async fn next_drawn(&self) -> Vec<u8> {
        let (_, picture, ..) = self.take().await;
        picture.drawn.clone().unwrap_or_default()
    }

    async fn take(&self) -> (JobId, Arc<Picture>, u64, u64) {
        loop {
            {
                let mut view = lock(&self.view);
                if view.credits > 0
                    && let Some((job, picture)) = view.slot.take()
                {
                    view.credits -= 1;
                    view.seq += 1;
                    return (job, picture, view.seq, view.dropped);
                }
            }
            self.filled.notified().await;
        }
    }

    /// Pictures that it has room for beside the one that waits.
    fn room(&self, page: Page) -> u8 {
        let view = lock(&self.view);
        if view.is_here && self.watches(&view, page) {
            view.credits.saturating_sub(u8::from(view.slot.is_some()))
        } else {
            0
        }
    }

    fn offer(&self, page: Page, job: JobId, picture: &Arc<Picture>) {
        let fits = match self.kind {
            Kind::Page => picture.jpeg.is_some(),
            Kind::Drawn => picture.drawn.is_some(),
        };
        let mut view = lock(&self.view);
        if !fits || !view.is_here || view.credits == 0 || !self.watches(&view, page) {
            return;
        }
        if view.slot.replace((job, Arc::clone(picture))).is_some() {
            view.dropped += 1;
        }
        drop(view);
        self.filled.notify_one();
    }

    fn watches(&self, view: &View, page: Page) -> bool {
        self.kind == Kind::Drawn || view.pages.contains(&page)
    }

    fn tell(&self) {
        if let Some(changed) = self.all.upgrade() {
            changed.0.notify_one();
        }
        // A picture that waited for a credit can go now.
        self.filled.notify_one();
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.tell();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn picture(frame: u64) -> Arc<Picture> {
        Arc::new(Picture {
            frame,
            pts: 0,
            seconds: 0.0,
            posed_at: 0,
            source_size: [4, 4],
            size: [4, 4],
            people: vec![],
            jpeg: Some(vec![1]),
            drawn: Some(vec![2]),
        })
    }

    fn job() -> JobId {
        JobId::new(1).unwrap()
    }

    fn plain(previews: &Previews) -> u8 {
        previews.wish(Page::Processar).plain
    }

    #[test]
    fn nobody_wishes_for_anything_until_they_watch_that_page_and_grant() {
        let previews = Previews::default();
        let viewer = previews.page_viewer();
        assert_eq!(previews.wish(Page::Processar), PreviewWish::default());
        viewer.grant();
        assert_eq!(plain(&previews), 0);
        viewer.watch(Page::AoVivo, true);
        assert_eq!(plain(&previews), 0);
        viewer.watch(Page::Processar, true);
        (0..5).for_each(|_| viewer.grant());
        assert_eq!(plain(&previews), MAX_CREDITS);
        viewer.watch(Page::Processar, false);
        assert_eq!(plain(&previews), 0);
    }

    #[test]
    fn a_viewer_that_stands_still_gets_the_newest_later_and_keeps_nobody_back() {
        let previews = Previews::default();
        let (quick, still) = (previews.page_viewer(), previews.page_viewer());
        for viewer in [&quick, &still] {
            viewer.watch(Page::Processar, true);
            viewer.grant();
            viewer.grant();
        }
        for n in 0..10 {
            previews.offer(Page::Processar, job(), &picture(n));
            assert_eq!(quick.next().now_or_never().unwrap().frame, n);
            quick.grant();
            assert_eq!(plain(&previews), MAX_CREDITS);
        }
        let late = still.next().now_or_never().unwrap();
        assert_eq!((late.frame, late.seq, late.dropped), (9, 1, 9));
        drop(quick);
        assert_eq!(plain(&previews), 1);
    }

    #[test]
    fn numbers_have_no_gap_and_without_credit_nothing_comes() {
        let previews = Previews::default();
        let viewer = previews.page_viewer();
        viewer.watch(Page::Processar, true);
        for n in 1..4 {
            previews.offer(Page::Processar, job(), &picture(n));
            assert!(viewer.next().now_or_never().is_none());
            viewer.grant();
            previews.offer(Page::Processar, job(), &picture(n));
            assert_eq!(viewer.next().now_or_never().unwrap().seq, n);
        }
    }

    #[test]
    fn who_left_costs_nothing_and_a_stream_is_served_beside_pages() {
        let previews = Previews::default();
        let (viewer, stream) = (previews.page_viewer(), previews.drawn_viewer());
        viewer.watch(Page::Processar, true);
        viewer.grant();
        viewer.leave();
        assert_eq!(previews.wish(Page::Processar), PreviewWish { plain: 0, drawn: 1 });
        viewer.arrive();
        viewer.grant();
        assert_eq!(previews.wish(Page::Processar), PreviewWish { plain: 1, drawn: 1 });
        previews.offer(Page::Processar, job(), &picture(1));
        assert_eq!(stream.next_drawn().now_or_never(), Some(vec![2]));
        let stream = (stream, previews.show_feed(false)).0;
        assert_eq!(previews.wish(Page::Processar), PreviewWish { plain: 1, drawn: 0 });
        stream.grant();
        previews.offer(Page::Processar, job(), &picture(2));
        assert!(stream.next_drawn().now_or_never().is_none(), "a picture though it is off");
        previews.show_feed(true);
        assert_eq!(previews.wish(Page::Processar).drawn, 1);
        drop(stream);
        assert_eq!(previews.wish(Page::Processar).drawn, 0);
    }
}
