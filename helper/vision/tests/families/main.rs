//! Every family by path alone, and real networks as other exporters would have written them: with a fixed batch,
//! in half precision, fed with bytes, with NMS inside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test: a failure here is a failed test")]

mod remake;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use silhueta_registry::{Family, Registry};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::{ChannelOrder, Device};
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::Detection;
use silhueta_vision::frame::Frame;
use silhueta_vision::networks;
use silhueta_vision::runtime::{Runtime, RuntimeError};
use silhueta_vision::video::{Decoder, Limits};

use remake::{F16, Remake, U8};

/// ImageNet's red, green, blue.
const IMAGENET: [[f32; 3]; 2] = [[123.675, 116.28, 103.53], [58.395, 57.12, 57.375]];

struct Bench {
    models: PathBuf,
    runtime: &'static Runtime,
    folder: tempfile::TempDir,
    frame: Arc<Frame>,
}

/// People who are wholly seen in the first frame of `crossing_360p.mp4`.
const PEOPLE: [Bbox; 2] =
    [Bbox { x1: 146.0, y1: 81.0, x2: 207.0, y2: 290.0 }, Bbox { x1: 500.0, y1: 108.0, x2: 552.0, y2: 272.0 }];

impl Bench {
    fn open(test: &str) -> Option<Self> {
        // A process has one environment of ONNX Runtime.
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        let (data, library) = (silhueta_e2e::data(test)?, silhueta_e2e::runtime(test)?);
        let runtime = RUNTIME.get_or_init(|| Runtime::load(&library).unwrap());
        let clip = data.join("clips/crossing_360p.mp4");
        let mut decoder = Decoder::open(&clip, &Limits::default(), 1, &Arc::default()).unwrap();
        let frame = Arc::new(decoder.next_frame().unwrap().unwrap());
        Some(Self { models: data.join("models"), runtime, folder: tempfile::tempdir().unwrap(), frame })
    }

    /// The file by its path alone, as a job gets it.
    fn model(&self, path: &Path, role: Role) -> ModelFile {
        Registry::new(vec![]).resolve(role, path.to_str()).unwrap().model
    }

    fn real(&self, id: &str) -> PathBuf {
        self.models.join(format!("{id}.onnx"))
    }

    fn remade(&self, id: &str, name: &str, change: impl FnOnce(Remake) -> Remake) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.onnx"));
        let bytes = change(Remake::of(&std::fs::read(self.real(id)).unwrap())).bytes();
        std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
        path
    }

    fn poses(&self, path: &Path) -> Vec<Vec<Keypoint>> {
        let model = self.model(path, Role::Pose);
        let mut network = networks::pose(self.runtime, Device::Cpu, &model, ChannelOrder::Rgb).unwrap();
        network.estimate(&PEOPLE.map(|bbox| (Arc::clone(&self.frame), bbox))).unwrap()
    }

    fn embeddings(&self, path: &Path) -> Vec<Vec<f32>> {
        let model = self.model(path, Role::Reid);
        networks::reid(self.runtime, Device::Cpu, &model).unwrap().embed(&self.frame, &PEOPLE).unwrap()
    }

    fn people(&self, path: &Path) -> Result<Vec<Detection>, RuntimeError> {
        let model = self.model(path, Role::Detector);
        networks::detector(self.runtime, Device::Cpu, &model)?.detect(&self.frame)
    }
}

/// The largest distance between joints, in pixels.
fn apart(a: &[Vec<Keypoint>], b: &[Vec<Keypoint>]) -> f32 {
    assert_eq!(a.len(), b.len());
    let joints = a.iter().flatten().zip(b.iter().flatten());
    joints.map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).fold(0.0, f32::max)
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn sure(found: Vec<Detection>) -> Vec<Detection> {
    found.into_iter().filter(|person| person.score > 0.3).collect()
}

/// Whether both saw the same people, box by box.
fn same_people(a: &[Detection], b: &[Detection], overlap: f32) -> bool {
    a.len() == b.len() && a.iter().all(|one| b.iter().any(|other| one.bbox.iou(&other.bbox) > overlap))
}

#[test]
fn every_model_runs_in_its_role_by_its_path_alone() {
    let Some(bench) = Bench::open("families: every model by path") else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(&bench.models).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "onnx") {
            continue;
        }
        seen += 1;
        let contract = silhueta_registry::locate::inspect(&path).unwrap();
        match contract.role() {
            Role::Detector => {
                let people = bench.people(&path).unwrap();
                for person in PEOPLE {
                    let best = people.iter().map(|found| found.bbox.iou(&person)).fold(0.0, f32::max);
                    assert!(best > 0.6, "{}: {person:?} is seen with {best}", path.display());
                }
            }
            Role::Reid => {
                let embeddings = bench.embeddings(&path);
                let Family::Osnet { dim } = contract.family else { panic!("{contract}") };
                assert!(embeddings.iter().all(|one| one.len() == dim && one.iter().all(|v| v.is_finite())));
                assert!(cosine(&embeddings[0], &embeddings[1]) < 0.95, "{}: two people", path.display());
            }
            Role::Pose => {
                for (joints, bbox) in bench.poses(&path).iter().zip(PEOPLE) {
                    let sure = joints.iter().filter(|joint| joint.score > 0.3).count();
                    assert!(joints.len() == 17 && sure > 12, "{}: {sure} joints", path.display());
                    assert!(joints[0].y < joints[15].y && joints[0].x > bbox.x1 - 20.0 && joints[0].x < bbox.x2 + 20.0);
                }
            }
            // Not run by any job yet: what they say of a picture has the shape that the family promises.
            Role::Face | Role::Landmarks => {
                let (w, h) = if contract.role() == Role::Face { (320, 320) } else { (112, 112) };
                let mut network = bench.runtime.network(&path, Device::Cpu).unwrap();
                let lengths = network.run([1, 3, h, w], &vec![0.5; 3 * w * h], |outputs| {
                    let length = |name: &String| outputs.f32(name).map(|(_, values)| values.len());
                    contract.output_names.iter().map(length).collect::<Result<Vec<_>, _>>()
                });
                let cells = [1600, 400, 100];
                let expected = match contract.family {
                    Family::YuNet => [1, 1, 4, 10].iter().flat_map(|n| cells.map(|cells| n * cells)).collect(),
                    Family::Landmarks { points } => vec![2 * points],
                    other => panic!("{other}"),
                };
                assert_eq!(lengths.unwrap(), expected, "{}", path.display());
            }
            Role::Lifter => panic!("{}: no lifter is among them", path.display()),
        }
    }
    assert_eq!(seen, 10);
}

#[test]
fn a_fixed_batch_is_made_free_where_that_says_the_same() {
    let Some(bench) = Bench::open("families: a fixed batch") else { return };
    let expected = bench.embeddings(&bench.real("osnet_x0_25_msmt17"));
    for at in [1, 16] {
        let fixed = bench.remade("osnet_x0_25_msmt17", &format!("osnet_{at}"), |model| model.fix_batch(at));
        let given = bench.embeddings(&fixed);
        assert!(given.iter().zip(&expected).all(|(a, b)| cosine(a, b) > 0.99999), "batch {at}");
        assert_eq!(bench.runtime.free_batch(&fixed), Some(true), "batch {at}");
    }
    // Its own export is fixed at 1, and has a reshape that says so.
    bench.embeddings(&bench.real("osnet_x0_5"));
    assert_eq!(bench.runtime.free_batch(&bench.real("osnet_x0_5")), Some(true));

    let fixed = bench.remade("tinypose_256x192_heatmap", "tinypose_4", |model| model.fix_batch(4));
    assert!(apart(&bench.poses(&fixed), &bench.poses(&bench.real("tinypose_256x192_heatmap"))) < 0.01);
    assert_eq!(bench.runtime.free_batch(&fixed), Some(true));
}

#[test]
fn a_batch_that_matters_is_kept() {
    let Some(bench) = Bench::open("families: a batch that matters") else { return };
    let mixed = bench.remade("osnet_x0_25_msmt17", "mixed", |model| model.mix_batch().fix_batch(4));
    let (alone, together) = (bench.embeddings(&mixed), bench.embeddings(&bench.real("osnet_x0_25_msmt17")));
    assert_eq!((alone.len(), alone[0].len()), (2, 512));
    assert_ne!(alone[0], together[0], "it is run as it is");
    assert_eq!(bench.runtime.free_batch(&mixed), Some(false));
    assert_eq!(bench.runtime.filled_batch(&mixed), Some(4));
    assert_eq!(bench.runtime.filled_batch(&bench.real("osnet_x0_25_msmt17")), None);
}

#[test]
fn a_detector_with_a_batch_of_several_sees_the_same_people() {
    let Some(bench) = Bench::open("families: a detector's batch") else { return };
    let expected = sure(bench.people(&bench.real("yolox_nano")).unwrap());
    assert!(!expected.is_empty());
    let free = bench.remade("yolox_nano", "yolox_3", |model| model.fix_batch(3));
    assert!(same_people(&expected, &sure(bench.people(&free).unwrap()), 0.99));
    assert_eq!((bench.runtime.free_batch(&free), bench.runtime.filled_batch(&free)), (Some(true), None));
    // Each picture gets the mean of all: the same one three times over is that twice.
    let mixed = bench.remade("yolox_nano", "yolox_mixed", |model| model.mix_batch().fix_batch(3));
    bench.people(&mixed).unwrap();
    assert_eq!((bench.runtime.free_batch(&mixed), bench.runtime.filled_batch(&mixed)), (Some(false), Some(3)));
}

#[test]
fn yolox_with_nms_inside_sees_what_yolox_sees() {
    let Some(bench) = Bench::open("families: YOLOX with NMS inside") else { return };
    let path = bench.remade("yolox_nano", "end2end", |model| model.nms_inside(416));
    let contract = silhueta_registry::locate::inspect(&path).unwrap();
    assert_eq!(contract.family, Family::YoloxNms);
    let (inside, outside) =
        (sure(bench.people(&path).unwrap()), sure(bench.people(&bench.real("yolox_nano")).unwrap()));
    assert!(same_people(&inside, &outside, 0.99), "{inside:?}\n{outside:?}");
}

#[test]
fn half_precision_in_and_out_changes_next_to_nothing() {
    let Some(bench) = Bench::open("families: half precision") else { return };
    let half = |id: &str| bench.remade(id, &format!("{id}_f16"), |model| model.input_as(F16, None).output_as_f16());
    let moved =
        apart(&bench.poses(&half("tinypose_256x192_heatmap")), &bench.poses(&bench.real("tinypose_256x192_heatmap")));
    // A joint between two neighbours may lean to the other one: half a cell.
    assert!(moved < 2.1, "{moved} px");
    let (ours, theirs) = (bench.embeddings(&half("osnet_x0_5")), bench.embeddings(&bench.real("osnet_x0_5")));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| cosine(a, b) > 0.999));
    for id in ["yolov8n", "yolox_nano"] {
        let (ours, theirs) = (bench.people(&half(id)).unwrap(), bench.people(&bench.real(id)).unwrap());
        assert!(!theirs.is_empty() && same_people(&sure(ours), &sure(theirs), 0.95), "{id}");
    }
}

#[test]
fn a_graph_that_normalises_by_itself_gets_the_pixels() {
    let Some(bench) = Bench::open("families: bytes in") else { return };
    let bytes = |id: &str, scale| bench.remade(id, &format!("{id}_u8"), |model| model.input_as(U8, scale));
    let poses = bench.poses(&bytes("tinypose_256x192_heatmap", Some(IMAGENET)));
    assert!(apart(&poses, &bench.poses(&bench.real("tinypose_256x192_heatmap"))) < 0.01);
    let (ours, theirs) =
        (bench.embeddings(&bytes("osnet_x0_5", Some(IMAGENET))), bench.embeddings(&bench.real("osnet_x0_5")));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| cosine(a, b) > 0.9999));
    for (id, scale) in [("yolox_nano", None), ("yolov8n", Some([[0.0; 3], [255.0; 3]]))] {
        let (ours, theirs) = (bench.people(&bytes(id, scale)).unwrap(), bench.people(&bench.real(id)).unwrap());
        assert!(!theirs.is_empty() && same_people(&sure(ours), &sure(theirs), 0.99), "{id}");
    }
}
