//! `window.silhuetaPreview`: the measurements for whoever measures the page from outside.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use super::stats::KEPT;

/// The object and its lists.
pub(super) struct Measure {
    object: Object,
    latencies: Array,
    painted_at: Array,
}

impl Measure {
    /// A new object in `window`, in place of an earlier tile's.
    pub(super) fn publish() -> Self {
        let measure = Self { object: Object::new(), latencies: Array::new(), painted_at: Array::new() };
        measure.put("latencies", &measure.latencies);
        measure.put("paintedAt", &measure.painted_at);
        measure.count(0, 0);
        if let Some(window) = web_sys::window() {
            // Refused only where somebody froze the window: nothing of ours reads it.
            let _ = Reflect::set(&window, &"silhuetaPreview".into(), &measure.object);
        }
        measure
    }

    /// One more picture.
    pub(super) fn paint(&self, now: f64, age: f64) {
        for (list, value) in [(&self.painted_at, now), (&self.latencies, age)] {
            list.push(&value.into());
            if list.length() as usize > KEPT {
                list.shift();
            }
        }
    }

    /// How many in all.
    pub(super) fn count(&self, painted: u64, dropped: u64) {
        self.put("painted", &(painted as f64).into());
        self.put("dropped", &(dropped as f64).into());
    }

    fn put(&self, name: &str, value: &JsValue) {
        let _ = Reflect::set(&self.object, &name.into(), value);
    }
}
