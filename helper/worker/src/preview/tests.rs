use std::cell::Cell;
use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;
use std::thread::JoinHandle;

use silhueta_shared::worker::{Decoder, Event, PreviewWish};

use super::*;
use crate::control::Control;
use crate::wire::{Events, start_writer};

/// A reporter whose pictures are collected on the other end of its pipe.
fn reporter() -> (Reporter, Events, JoinHandle<Vec<Picture>>) {
    let (read, write) = rustix::pipe::pipe().unwrap();
    let events = start_writer(File::from(write));
    let collected = std::thread::spawn(move || {
        let (mut decoder, mut bytes) = (Decoder::default(), Vec::new());
        File::from(read).read_to_end(&mut bytes).unwrap();
        decoder.push(&bytes);
        let events = std::iter::from_fn(|| decoder.message::<Event>().unwrap());
        events.filter_map(|event| if let Event::Preview(picture) = event { Some(*picture) } else { None }).collect()
    });
    (Reporter::new(events.clone(), Arc::new(Control::default())), events, collected)
}

fn frame(index: u64) -> Arc<Frame> {
    Arc::new(Frame { index, pts: index as i64 * 10, width: 64, height: 48, bgr: vec![90; 64 * 48 * 3].into() })
}

/// Offers frames without a pause for half a second; returns how often their people were asked for, how many
/// pictures were encoded and which came.
fn offer_for_half_a_second(wish: PreviewWish) -> (u32, u64, Vec<Picture>) {
    let (reporter, events, collected) = reporter();
    reporter.wishes().set(wish);
    let asked = Cell::new(0);
    let encoded = std::thread::scope(|scope| {
        let mut gate = Gate::open(scope, &reporter, TimeBase::new(1, 100).unwrap());
        let begun = Instant::now();
        let mut index = 0;
        while begun.elapsed() < Duration::from_millis(500) {
            gate.offer(&frame(index), || {
                asked.set(asked.get() + 1);
                Vec::new()
            });
            index += 1;
            std::thread::sleep(Duration::from_micros(200));
        }
        gate.close()
    });
    assert!(!reporter.wishes().any(), "what was still wished for is forgotten");
    events.finish(Event::Stopped);
    (asked.get(), encoded, collected.join().unwrap())
}

#[test]
fn without_a_wish_a_frame_is_not_even_looked_at() {
    assert_eq!(offer_for_half_a_second(PreviewWish::default()), (0, 0, Vec::new()));
}

#[test]
fn as_many_pictures_come_as_were_wished_for() {
    let (_, encoded, pictures) = offer_for_half_a_second(PreviewWish { plain: 2, drawn: 1 });
    let came = |kind: fn(&Picture) -> bool| pictures.iter().filter(|picture| kind(picture)).count();
    assert_eq!((came(|p| p.jpeg.is_some()), came(|p| p.drawn.is_some())), (2, 1));
    // One that a newer picture replaced is made up for.
    assert!((3..=5).contains(&encoded), "{encoded}");
    let last = &pictures[pictures.len() - 1];
    assert_eq!((last.pts, last.seconds), (last.frame as i64 * 10, last.frame as f64 / 10.0));
}

#[test]
fn thirty_a_second_are_offered_at_most() {
    let (asked, encoded, pictures) = offer_for_half_a_second(PreviewWish { plain: 255, drawn: 0 });
    assert!((1..=16).contains(&asked), "{asked} offers in half a second");
    assert!(encoded >= 1 && encoded <= u64::from(asked), "{encoded} of {asked}");
    assert!(pictures.is_sorted_by(|a, b| a.frame < b.frame));
}
