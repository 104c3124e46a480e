//! The two canvases of the tile: the picture below, what is drawn over it above. All that happens thirty times a
//! second happens here, without signals.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Array, Uint8Array};
use leptos::prelude::{request_animation_frame, window};
use leptos::task::spawn_local;
use silhueta_shared::protocol::{JobId, PreviewFrame};
use silhueta_shared::track::IdentityId;
use silhueta_shared::worker::PreviewPerson;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, ResizeObserver};

use super::figure;
use super::fit::Fit;
use super::flow::Flow;
use super::hit;
use super::look::Look;
use super::measure::Measure;
use super::pen::{self, Scene};
use super::stats::{self, Stats};

/// What the screen tells the tile.
pub(super) struct Hooks {
    /// So many pictures more may be sent.
    pub(super) grant: Box<dyn Fn(u8)>,
    /// A picture of this job was painted; so many since the tile is there.
    pub(super) painted: Box<dyn Fn(JobId, u64)>,
    /// Somebody else is looked at, or nobody.
    pub(super) chosen: Box<dyn Fn(Option<Person>)>,
    /// The helper's clock less the browser's, in ms.
    pub(super) clock_offset: Box<dyn Fn() -> i64>,
}

/// Whom the tile tells about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Person {
    pub(super) identity: IdentityId,
    pub(super) track: u32,
    /// Mean score of the joints; none while out of the picture.
    pub(super) sureness: Option<f64>,
    pub(super) in_picture: bool,
}

/// What the stats chip shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) frame: u64,
    pub(super) rate: f64,
    pub(super) age: Option<f64>,
    pub(super) dropped: u64,
    pub(super) painted: u64,
}

/// Follows the size; the function lives as long as it is called.
type Sizes = (ResizeObserver, Closure<dyn FnMut()>);

/// The canvases and what is on them.
pub(super) struct Screen {
    picture: HtmlCanvasElement,
    overlay: HtmlCanvasElement,
    brush: CanvasRenderingContext2d,
    pen: CanvasRenderingContext2d,
    hooks: Hooks,
    flow: RefCell<Flow<PreviewFrame>>,
    shown: RefCell<Option<PreviewFrame>>,
    look: Cell<Look>,
    chosen: Cell<Option<IdentityId>>,
    stats: RefCell<Stats>,
    measure: Measure,
    sizes: RefCell<Option<Sizes>>,
}

impl Screen {
    /// `None` where the browser has no canvas to draw on.
    pub(super) fn new(
        picture: HtmlCanvasElement,
        overlay: HtmlCanvasElement,
        look: Look,
        hooks: Hooks,
    ) -> Option<Rc<Self>> {
        let context = |canvas: &HtmlCanvasElement| canvas.get_context("2d").ok()??.dyn_into().ok();
        let (brush, pen) = (context(&picture)?, context(&overlay)?);
        let screen = Rc::new(Self {
            brush,
            pen,
            hooks,
            flow: RefCell::new(Flow::new()),
            shown: RefCell::default(),
            look: Cell::new(look),
            chosen: Cell::default(),
            stats: RefCell::default(),
            measure: Measure::publish(),
            sizes: RefCell::default(),
            picture,
            overlay,
        });
        screen.follow_size();
        Some(screen)
    }

    /// A picture has come.
    pub(super) fn arrive(self: &Rc<Self>, frame: PreviewFrame) {
        let now = self.flow.borrow_mut().arrive(frame);
        self.work_on(now);
        // One whose place was taken is granted anew with the next that is painted.
    }

    /// Everything that may be sent is granted: the preview was switched on, or the connection is new.
    pub(super) fn restart(&self) {
        self.flow.borrow_mut().restart();
        self.grant();
    }

    /// Nothing more is wanted.
    pub(super) fn stop(&self) {
        self.flow.borrow_mut().stop();
    }

    /// Grants what is owed, if the page can be seen.
    pub(super) fn grant(&self) {
        let seen = !leptos::prelude::document().hidden();
        let grants = self.flow.borrow_mut().grants(seen);
        if grants > 0 {
            (self.hooks.grant)(grants);
        }
    }

    /// Other switches.
    pub(super) fn set_look(self: &Rc<Self>, look: Look) {
        let before = self.look.replace(look);
        self.draw_overlay();
        if look.privacy && !before.privacy {
            self.wipe_picture();
        } else if before.privacy && !look.privacy {
            self.repaint();
        }
    }

    /// The next run's picture is not there yet, and the last one's is no longer true.
    pub(super) fn clear(&self) {
        self.shown.borrow_mut().take();
        self.wipe_picture();
        self.choose(None);
    }

    /// A click at a point of the view: looks at who is there, or no longer at anybody.
    pub(super) fn click(&self, x: f64, y: f64) {
        let at = self.shown.borrow().as_ref().and_then(|frame| {
            let fit = self.fit(frame)?;
            // Six CSS pixels around: a far person is small under a finger.
            hit::person_at(&frame.people, fit.to_picture(x, y), (6.0 / fit.scale) as f32)
        });
        self.choose(at.filter(|at| Some(*at) != self.chosen.get()));
    }

    /// Looks at the next person by number.
    pub(super) fn step(&self, forward: bool) {
        let from = self.chosen.get();
        let next = self.shown.borrow().as_ref().and_then(|frame| hit::neighbour(&frame.people, from, forward));
        self.choose(next);
    }

    /// Looks at this person, or at nobody in particular.
    pub(super) fn choose(&self, who: Option<IdentityId>) {
        self.chosen.set(who);
        self.draw_overlay();
        self.tell_chosen();
    }

    /// For the stats chip.
    pub(super) fn figures(&self) -> Figures {
        let stats = self.stats.borrow();
        let (frame, dropped) = self.shown.borrow().as_ref().map_or((0, 0), |frame| (frame.frame, frame.dropped));
        Figures {
            frame,
            rate: stats.rate(clock()),
            age: stats.age(),
            dropped: dropped + self.flow.borrow().replaced(),
            painted: stats.painted(),
        }
    }

    /// Stops following the size: the canvases go.
    pub(super) fn close(&self) {
        if let Some((observer, _)) = self.sizes.borrow_mut().take() {
            observer.disconnect();
        }
    }

    fn work_on(self: &Rc<Self>, frame: Option<PreviewFrame>) {
        let Some(frame) = frame else { return };
        let screen = Rc::clone(self);
        if self.look.get().privacy {
            request_animation_frame(move || screen.paint(frame, None));
            return;
        }
        spawn_local(async move {
            match decode(&frame.jpeg).await {
                Ok(bitmap) => request_animation_frame(move || screen.paint(frame, Some(bitmap))),
                Err(error) => {
                    leptos::logging::warn!("a preview picture can't be decoded: {error:?}");
                    screen.settle();
                }
            }
        });
    }

    /// Runs once the browser is about to show something: what is painted now is seen next.
    fn paint(self: &Rc<Self>, frame: PreviewFrame, bitmap: Option<ImageBitmap>) {
        if let Some(bitmap) = bitmap {
            self.paint_picture(&bitmap);
            bitmap.close();
        }
        let (job, dropped) = (frame.job, frame.dropped);
        let age = stats::age(js_sys::Date::now(), (self.hooks.clock_offset)(), frame.posed_at);
        *self.shown.borrow_mut() = Some(frame);
        self.draw_overlay();
        if self.chosen.get().is_some() {
            self.tell_chosen();
        }
        let (now, painted) = (clock(), {
            let mut stats = self.stats.borrow_mut();
            stats.paint(clock(), age);
            stats.painted()
        });
        self.measure.paint(now, age);
        self.measure.count(painted, dropped + self.flow.borrow().replaced());
        (self.hooks.painted)(job, painted);
        self.settle();
    }

    fn settle(self: &Rc<Self>) {
        let next = self.flow.borrow_mut().settle();
        self.grant();
        self.work_on(next);
    }

    fn paint_picture(&self, bitmap: &ImageBitmap) {
        // Switched while this one was being decoded.
        if self.look.get().privacy {
            return;
        }
        let size = (bitmap.width(), bitmap.height());
        if (self.picture.width(), self.picture.height()) != size {
            self.picture.set_width(size.0);
            self.picture.set_height(size.1);
        }
        // Refused only for a bitmap that is closed; this one isn't yet.
        let _ = self.brush.draw_image_with_image_bitmap(bitmap, 0.0, 0.0);
    }

    /// Decodes the last picture once more, after it was hidden.
    fn repaint(self: &Rc<Self>) {
        let Some((seq, jpeg)) = self.shown.borrow().as_ref().map(|frame| (frame.seq, frame.jpeg.clone())) else {
            return;
        };
        let screen = Rc::clone(self);
        spawn_local(async move {
            if let Ok(bitmap) = decode(&jpeg).await {
                // A newer one may be there by now.
                if screen.shown.borrow().as_ref().is_some_and(|frame| frame.seq == seq) {
                    screen.paint_picture(&bitmap);
                }
                bitmap.close();
            }
        });
    }

    fn wipe_picture(&self) {
        // Setting a size wipes.
        self.picture.set_width(self.picture.width());
    }

    fn draw_overlay(&self) {
        let scale = window().device_pixel_ratio();
        let view = self.view();
        let size = view.map(|side| (side * scale).round().max(1.0) as u32);
        if [self.overlay.width(), self.overlay.height()] != size {
            self.overlay.set_width(size[0]);
            self.overlay.set_height(size[1]);
        }
        // Refused only for numbers that are none.
        let _ = self.pen.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
        self.pen.clear_rect(0.0, 0.0, view[0], view[1]);
        if let Some(frame) = &*self.shown.borrow()
            && let Some(fit) = self.fit(frame)
        {
            let scene = Scene { people: &frame.people, fit, view, look: self.look.get(), chosen: self.chosen.get() };
            pen::draw(&self.pen, &scene);
        }
    }

    fn tell_chosen(&self) {
        let shown = self.shown.borrow();
        let people: &[PreviewPerson] = shown.as_ref().map_or(&[], |frame| &frame.people);
        let about = self.chosen.get().map(|identity| {
            let person = people.iter().find(|person| person.identity == identity);
            Person {
                identity,
                track: person.map_or(0, |person| person.track.get()),
                sureness: person.and_then(figure::sureness),
                in_picture: person.is_some(),
            }
        });
        (self.hooks.chosen)(about);
    }

    /// The view, in CSS pixels.
    fn view(&self) -> [f64; 2] {
        [f64::from(self.overlay.client_width()), f64::from(self.overlay.client_height())]
    }

    fn fit(&self, frame: &PreviewFrame) -> Option<Fit> {
        Fit::whole(frame.source_size, self.view())
    }

    fn follow_size(self: &Rc<Self>) {
        let screen: Weak<Self> = Rc::downgrade(self);
        let draw = Closure::<dyn FnMut()>::new(move || {
            if let Some(screen) = screen.upgrade() {
                screen.draw_overlay();
            }
        });
        if let Ok(observer) = ResizeObserver::new(draw.as_ref().unchecked_ref()) {
            observer.observe(&self.overlay);
            *self.sizes.borrow_mut() = Some((observer, draw));
        }
    }
}

/// Decodes off the main thread.
async fn decode(jpeg: &[u8]) -> Result<ImageBitmap, JsValue> {
    let parts = Array::of1(&Uint8Array::from(jpeg));
    let kind = BlobPropertyBag::new();
    kind.set_type("image/jpeg");
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?;
    let promise = window().create_image_bitmap_with_blob(&blob)?;
    JsFuture::from(promise).await?.dyn_into()
}

/// Milliseconds that only go forward.
fn clock() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
