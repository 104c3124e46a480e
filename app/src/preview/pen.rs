//! Draws people onto the overlay, in colours that stay a person's own, each line on a soft dark edge so that it
//! is seen on any picture.

use silhueta_shared::colour::{self, FINGER_COLOURS};
use silhueta_shared::track::IdentityId;
use silhueta_shared::worker::PreviewPerson;
use web_sys::CanvasRenderingContext2d;

use super::figure::{self, Figure, Layer};
use super::fit::Fit;
use super::look::Look;

const EDGE: &str = "rgba(6, 10, 12, 0.55)";
const ON_COLOUR: &str = "#0b1113";
const TAU: f64 = std::f64::consts::TAU;

/// What is drawn.
pub(super) struct Scene<'s> {
    pub(super) people: &'s [PreviewPerson],
    pub(super) fit: Fit,
    /// The view, in CSS pixels.
    pub(super) view: [f64; 2],
    pub(super) look: Look,
    /// The one to look at; all others are dimmed.
    pub(super) chosen: Option<IdentityId>,
}

/// Draws it; the context measures in CSS pixels and is clear.
pub(super) fn draw(pen: &CanvasRenderingContext2d, scene: &Scene<'_>) {
    // Lines follow the size that people see, not the video's.
    let width = (scene.view[0].min(scene.view[1]) / 260.0).clamp(1.25, 3.5);
    pen.set_line_cap("round");
    pen.set_line_join("round");
    let (mut people, chosen): (Vec<_>, Vec<_>) =
        scene.people.iter().partition(|person| Some(person.identity) != scene.chosen);
    // The one to look at is drawn over all others.
    people.extend(chosen);
    for person in people {
        let is_chosen = Some(person.identity) == scene.chosen;
        pen.set_global_alpha(if scene.chosen.is_some() && !is_chosen { 0.22 } else { 1.0 });
        let [r, g, b] = colour::of(person.identity);
        let colour = format!("rgb({r}, {g}, {b})");
        let frame = figure::frame(person, scene.fit);
        // And the person's: somebody far away would disappear below their own skeleton.
        let width = frame.map_or(width, |[_, _, w, h]| width.min((w.max(h) / 90.0).max(1.0)));
        let width = if is_chosen { width * 1.35 } else { width };
        if let Some([x, y, w, h]) = frame.filter(|_| scene.look.boxes || is_chosen) {
            pen.begin_path();
            round_rect(pen, [x, y, w, h], (w.min(h) * 0.12).min(6.0));
            stroke(pen, &colour, width);
        }
        if scene.look.skeletons {
            skeleton(pen, person, scene.fit, &colour, width);
        }
        if let Some(frame) = frame.filter(|_| scene.look.names || is_chosen) {
            name(pen, person.identity, frame, scene.view, &colour);
        }
    }
    pen.set_global_alpha(1.0);
}

fn skeleton(pen: &CanvasRenderingContext2d, person: &PreviewPerson, fit: Fit, colour: &str, width: f64) {
    let dot = (width * 0.5).max(0.9);
    let figure = Figure::new(person, fit, 2.0 * dot);
    limbs(pen, &figure, Layer::Bold);
    stroke(pen, colour, width * 1.5);
    joints(pen, &figure, Layer::Bold, width * 1.45);
    pen.set_stroke_style_str(colour);
    pen.set_line_width(width * 0.8);
    pen.set_fill_style_str("#fff");
    pen.stroke();
    pen.fill();
    joints(pen, &figure, Layer::Feet, dot);
    pen.fill();
    for (finger, [r, g, b]) in FINGER_COLOURS.into_iter().enumerate() {
        let colour = format!("rgb({r}, {g}, {b})");
        limbs(pen, &figure, Layer::Finger(finger));
        stroke(pen, &colour, dot);
        joints(pen, &figure, Layer::Finger(finger), dot);
        pen.set_fill_style_str(&colour);
        pen.fill();
    }
    joints(pen, &figure, Layer::Dots, dot);
    pen.set_fill_style_str(colour);
    pen.fill();
}

/// The path along a layer's limbs.
fn limbs(pen: &CanvasRenderingContext2d, figure: &Figure<'_>, layer: Layer) {
    pen.begin_path();
    for ((x1, y1), (x2, y2)) in figure.limbs(layer) {
        pen.move_to(x1, y1);
        pen.line_to(x2, y2);
    }
}

/// The path around a layer's joints.
fn joints(pen: &CanvasRenderingContext2d, figure: &Figure<'_>, layer: Layer, radius: f64) {
    pen.begin_path();
    for (x, y) in figure.joints(layer) {
        pen.move_to(x + radius, y);
        // Only a negative radius is refused.
        let _ = pen.arc(x, y, radius, 0.0, TAU);
    }
}

fn name(pen: &CanvasRenderingContext2d, who: IdentityId, frame: [f64; 4], view: [f64; 2], colour: &str) {
    let size = (view[0].min(view[1]) / 34.0).clamp(11.0, 16.0);
    let text = who.to_string();
    pen.set_font(&format!("650 {size}px system-ui, sans-serif"));
    let text_width = pen.measure_text(&text).map_or(size, |measure| measure.width());
    let chip = [text_width + size * 0.9, size * 1.5];
    let (x, y) = figure::name_place([frame[0], frame[1] - 2.0, frame[2], frame[3]], chip, view);
    pen.begin_path();
    round_rect(pen, [x, y, chip[0], chip[1]], size * 0.36);
    pen.set_stroke_style_str(EDGE);
    pen.set_line_width(1.5);
    pen.stroke();
    pen.set_fill_style_str(colour);
    pen.fill();
    pen.set_fill_style_str(ON_COLOUR);
    pen.set_text_baseline("middle");
    let _ = pen.fill_text(&text, x + size * 0.45, y + chip[1] / 2.0 + size * 0.05);
}

/// The path, first as a dark edge, then in its colour.
fn stroke(pen: &CanvasRenderingContext2d, colour: &str, width: f64) {
    pen.set_line_width(width + 2.0);
    pen.set_stroke_style_str(EDGE);
    pen.stroke();
    pen.set_line_width(width);
    pen.set_stroke_style_str(colour);
    pen.stroke();
}

fn round_rect(pen: &CanvasRenderingContext2d, [x, y, w, h]: [f64; 4], radius: f64) {
    // Only a negative radius is refused.
    let _ = pen.round_rect_with_f64(x, y, w, h, radius.max(0.0));
}
