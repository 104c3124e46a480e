use std::io::Write as _;

use proptest::prelude::*;

use super::*;

fn boxes(text: impl AsRef<[u8]>) -> Result<Boxes> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walk.boxes.json");
    File::create(&path).unwrap().write_all(text.as_ref()).unwrap();
    let read = Boxes::read(&path);
    let surveyed = survey(&path).map_err(|error| error.to_string());
    assert_eq!(read.as_ref().map(Boxes::survey).map_err(ToString::to_string), surveyed.as_ref().map_err(Clone::clone));
    read
}

/// Person, edges and whether it was filled in, frame by frame.
fn told(text: impl AsRef<[u8]>) -> Vec<Vec<(u32, [f32; 4], bool)>> {
    let boxes = boxes(text).unwrap();
    let mut walk = boxes.walk();
    let frames = 0..boxes.survey().frames;
    let place = |place: Place| (place.person.get(), place.bbox.to_array(), place.is_filled);
    frames.map(|frame| walk.at(frame).into_iter().map(place).collect()).collect()
}

fn refused(text: impl AsRef<[u8]>) -> String {
    let said = boxes(text).expect_err("it is wrong").to_string();
    assert!(said.contains("walk.boxes.json"), "{said}");
    said
}

const A: [f32; 4] = [10.0, 20.0, 30.0, 60.0];
const C: [f32; 4] = [14.0, 20.0, 40.0, 60.0];
const B: [f32; 4] = [12.0, 20.0, 35.0, 60.0];

/// As the original's scripts write it, gaps in every way that they know.
#[test]
fn gaps_of_one_person_are_filled_between_two_boxes_and_nowhere_else() {
    for gap in ["[]", "null", "NaN", "[null]", "[NaN]", "[[]]", "[[NaN,NaN,NaN,NaN]]", "[[14, NaN, null, 60]]"] {
        let text = format!("\u{feff}[{gap},[[10,20,30,60]],\r\n {gap} , [[1.4e1,20.0,40,60]],{gap}]\n");
        let expected = [vec![], vec![(1, A, false)], vec![(1, B, true)], vec![(1, C, false)], vec![]];
        assert_eq!(told(text), expected, "{gap}");
    }
}

#[test]
fn the_place_in_the_list_is_the_person() {
    let text = "[[[10,20,30,60],[0,0,4,8]], [null,[2,0,6,8]], [[14,20,40,60]], [[],[6,0,10,8]]]";
    let second = |x, filled| (2, [x, 0.0, x + 4.0, 8.0], filled);
    let expected = [
        vec![(1, A, false), second(0.0, false)],
        vec![(1, B, true), second(2.0, false)],
        vec![(1, C, false), second(4.0, true)],
        vec![second(6.0, false)],
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn track_id_is_the_person_in_any_order_and_scores_are_filled_in_too() {
    let text = r#"[[{"bbox":[0,0,4,8],"track_id":7},{"track_id":3,"score":0.5,"bbox":[10,20,30,60]}],
        [{"track_id":3,"bbox":null},{"bbox":[2,0,6,8],"score":null,"track_id":7.0}], null,
        [{"score":0.2,"bbox":[14,20,40,60],"track_id":3}]]"#;
    let boxes = boxes(text).unwrap();
    assert_eq!((boxes.survey().frames, boxes.survey().people, boxes.survey().is_from_zero), (4, 2, false));
    let mut walk = boxes.walk();
    let scores = |frame, walk: &mut Walk<'_>| -> Vec<_> {
        walk.at(frame).iter().map(|place| (place.person.get(), place.score)).collect()
    };
    assert_eq!(scores(0, &mut walk), [(3, 0.5), (7, 1.0)]);
    assert_eq!(scores(1, &mut walk), [(3, 0.4), (7, 1.0)]);
    assert_eq!(scores(2, &mut walk), [(3, 0.3)]);
    assert_eq!(scores(3, &mut walk), [(3, 0.2)]);
    assert_eq!(scores(4, &mut walk), []);
}

#[test]
fn people_counted_from_zero_are_counted_from_one() {
    let text = r#"[[{"bbox":[0,0,4,8],"track_id":1}],[{"bbox":[1,0,4,8],"track_id":0}]]"#;
    assert!(boxes(text).unwrap().survey().is_from_zero);
    assert_eq!(told(text), [[(2, [0.0, 0.0, 4.0, 8.0], false)], [(1, [1.0, 0.0, 4.0, 8.0], false)]]);
}

#[test]
fn the_digest_is_of_all_bytes() {
    let of = |text: &str| boxes(text).unwrap().survey().sha256.clone();
    assert_eq!(of("[null]"), "1d8fc6ceb1f94c6326d6d5483d258fcb2e179e9869325b245d105c2219bf69fd");
    assert_ne!(of("[null]"), of("[null]\n"));
}

#[test]
fn what_is_wrong_is_said_with_its_frame_and_box_and_what_is_expected() {
    for (text, words) in [
        ("", &["begins with the end of the file"][..]),
        ("{\"frames\":[]}", &["begins with `{`", "list of all frames"]),
        ("[]", &["no frames"]),
        ("[null] [null]", &["`[` comes behind"]),
        ("[null,", &["frame 1", "the end of the file", "list of boxes"]),
        ("[null,[[1,2,3,4]", &["frame 1", "the end of the file"]),
        ("[[[1,2,3,4]] [[1,2,3,4]]]", &["frame 0", "a comma"]),
        ("[[1,2,3,4]]", &["frame 0, box 0", "the number 1", "[[x1, y1, x2, y2], …]"]),
        ("[null,[null,[1,2,3]]]", &["frame 1, box 1", "3 numbers", "[x1, y1, x2, y2]"]),
        ("[[[1,2,3,4,5,6]]]", &["frame 0, box 0", "6 numbers"]),
        ("[[[5,2,3,4]]]", &["frame 0, box 0", "x2 (3) is less than x1 (5)", "left, top, right, bottom"]),
        ("[[[1,2,3,-4]]]", &["frame 0, box 0", "y2 (-4) is less than y1 (2)"]),
        ("[[[1,2,Infinity,4]]]", &["frame 0, box 0", "inf is no place"]),
        ("[[[1,2,3,1e999]]]", &["frame 0, box 0", "inf is no place"]),
        ("[[[1,2,3,1e7]]]", &["10000000 is no place", "1000000 pixels"]),
        ("[[[1,2,\"3\",4]]]", &["the text \"3\" inside", "a number"]),
        ("[[[1,2,3,,4]]]", &["`,` inside"]),
        ("[[[1,2,3,4],]]", &["frame 0, box 1", "`]` where a box should be"]),
        (
            "[[[1,2,3,4]],null,[{\"bbox\":[1,2,3,4],\"track_id\":1}]]",
            &["frame 2, box 0", "frame 0 has a list", "one layout"],
        ),
        ("[[{\"bbox\":[1,2,3,4],\"track_id\":1},[1,2,3,4]]]", &["frame 0, box 1", "frame 0 has an object"]),
        ("[[{\"bbox\":[1,2,3,4]}]]", &["frame 0, box 0", "no track_id"]),
        ("[[{\"track_id\":4}]]", &["frame 0, box 0", "no bbox"]),
        (
            "[[{\"track_id\":4,\"bbox\":[1,2,3,4]},{\"track_id\":4,\"bbox\":[1,2,3,4]}]]",
            &["box 1", "track_id 4", "already"],
        ),
        ("[[{\"track_id\":1.5,\"bbox\":[1,2,3,4]}]]", &["track_id is the number 1.5", "whole number"]),
        ("[[{\"track_id\":-1,\"bbox\":[1,2,3,4]}]]", &["track_id is the number -1"]),
        ("[[{\"track_id\":1,\"score\":1.5,\"bbox\":[1,2,3,4]}]]", &["score is the number 1.5", "0 to 1"]),
        ("[[{\"track_id\":1,\"class\":1}]]", &["a field \"class\"", "bbox, track_id and score"]),
        ("[[{\"track_id\":1,\"track_id\":1}]]", &["\"track_id\" twice"]),
        ("[[{\"track_id\":1 \"bbox\":[1,2,3,4]}]]", &["where a comma or the end"]),
        ("[[{\"track_id\":1,}]]", &["`}` where the name of a field"]),
        ("[nan]", &["frame 0, at byte 4", "`nan` is no JSON"]),
        ("[[[1,2,3,+inf]]]", &["`+inf` is no JSON"]),
        ("\u{1}", &["at byte 0", "no JSON text"]),
    ] {
        let said = refused(text);
        assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
    }
}

#[test]
fn crowds_and_things_that_are_no_files_are_refused() {
    let list = |n: usize| vec!["[1,2,3,4]"; n].join(",");
    assert_eq!(told(format!("[[{}]]", list(64)))[0].len(), 64);
    assert!(refused(format!("[[{}]]", list(65))).contains("frame 0: more than 64 boxes"));

    // Each frame has few, but everybody is there from the first to the last.
    let object = |id: usize| format!("[{{\"bbox\":[1,2,3,4],\"track_id\":{id}}}]");
    let forth: Vec<_> = (0..65).chain((0..65).rev()).map(object).collect();
    assert!(refused(format!("[{}]", forth.join(","))).contains("frame 64: more than 64 people once gaps are filled"));
    let once: Vec<_> = (0..=MAX_PEOPLE).map(object).collect();
    assert!(refused(format!("[{}]", once.join(","))).contains("more than 10000 people"));
    assert_eq!(told(format!("[{}]", once[1..].join(","))).len(), MAX_PEOPLE);

    let folder = tempfile::tempdir().unwrap();
    assert!(survey(folder.path()).unwrap_err().to_string().contains("it is a folder"));
    assert!(matches!(survey(&folder.path().join("none.json")), Err(Error::Read { .. })));
    let large = folder.path().join("large.json");
    File::create(&large).unwrap().set_len(MAX_BYTES + 1).unwrap();
    assert!(survey(&large).unwrap_err().to_string().contains("more than 256 MB"));
}

/// Boxes of one person: some frames have none.
fn path() -> impl Strategy<Value = Vec<Option<[f32; 4]>>> {
    let edge = || (-2000i32..8000).prop_map(|n| n as f32 / 3.0);
    let bbox = (edge(), edge(), 0.0f32..900.0, 0.0f32..900.0).prop_map(|(x, y, w, h)| [x, y, x + w, y + h]);
    prop::collection::vec(prop::option::weighted(0.4, bbox), 1..40)
}

fn written(bbox: Option<[f32; 4]>) -> String {
    bbox.map_or_else(|| "null".into(), |bbox| serde_json::to_string(&bbox).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn given_boxes_come_back_and_filled_ones_lie_between_their_ends(given in path()) {
        let frames: Vec<_> = given.iter().map(|bbox| format!("[{}]", written(*bbox))).collect();
        let told = told(format!("[{}]", frames.join(",")));
        for (frame, people) in told.iter().enumerate() {
            let before = given[..=frame].iter().rev().find_map(|bbox| *bbox);
            let after = given[frame..].iter().find_map(|bbox| *bbox);
            let (Some(before), Some(after)) = (before, after) else {
                prop_assert!(people.is_empty(), "frame {} is no gap", frame);
                continue;
            };
            let (_, bbox, is_filled) = people[0];
            prop_assert_eq!(is_filled, given[frame].is_none());
            prop_assert!(given[frame].is_none_or(|given| given == bbox));
            for ((edge, a), b) in bbox.iter().zip(before).zip(after) {
                prop_assert!((a.min(b)..=a.max(b)).contains(edge), "{} between {} and {}", edge, a, b);
            }
            prop_assert!(bbox[0] <= bbox[2] && bbox[1] <= bbox[3]);
        }
    }

    #[test]
    fn the_order_within_a_frame_and_where_a_walk_begins_do_not_matter(
        people in prop::collection::vec(path(), 1..6), from in 0u64..40, seed in any::<u64>(),
    ) {
        let count = people.iter().map(Vec::len).max().unwrap();
        let text = |turn: bool| {
            let frames = (0..count).map(|frame| {
                let here = people.iter().enumerate();
                let mut here: Vec<_> = here.map(|(id, path)| {
                    let bbox = written(path.get(frame).copied().flatten());
                    format!("{{\"track_id\":{},\"bbox\":{bbox}}}", id * 3 + 1)
                }).collect();
                if turn {
                    let by = (seed as usize).wrapping_mul(frame + 1) % here.len();
                    here.rotate_left(by);
                }
                format!("[{}]", here.join(","))
            });
            format!("[{}]", frames.collect::<Vec<_>>().join(","))
        };
        prop_assert_eq!(told(text(false)), told(text(true)));
        let boxes = boxes(text(false)).unwrap();
        let (mut all, mut late) = (boxes.walk(), boxes.walk());
        for frame in 0..count as u64 {
            let here = all.at(frame);
            if frame >= from {
                prop_assert_eq!(here, late.at(frame));
            }
        }
    }

    #[test]
    fn no_text_is_a_panic(bytes in prop::collection::vec(
        prop::sample::select(b"[]{},:\"0123456789-+.eENaInfinitynultrackbox_score \n\\\xef\xbb\xbf".to_vec()), 0..80,
    )) {
        if let Ok(boxes) = boxes(bytes) {
            let mut walk = boxes.walk();
            (0..boxes.survey().frames + 2).for_each(|frame| drop(walk.at(frame)));
        }
    }
}
