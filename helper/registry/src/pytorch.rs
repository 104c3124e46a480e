//! PyTorch checkpoints, which hold weights but no graph that could be run: how to make ONNX of one.

use std::path::Path;

use crate::manifest::Entry;

/// Where the recipes are, in the project's own sources.
const RECIPES: &str = "models/recipes/README.md";
/// What torchreid calls its OSNets; no name is the beginning of another.
const OSNETS: [&str; 9] = [
    "osnet_ain_x1_0",
    "osnet_ain_x0_75",
    "osnet_ain_x0_5",
    "osnet_ain_x0_25",
    "osnet_ibn_x1_0",
    "osnet_x1_0",
    "osnet_x0_75",
    "osnet_x0_5",
    "osnet_x0_25",
];
/// YOLOX's sizes, as its authors' files and their exporter name them.
const YOLOXS: [&str; 6] = ["nano", "tiny", "s", "m", "l", "x"];

/// Whether the name says that this is a PyTorch file.
pub(crate) fn is_checkpoint(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ["pt", "pth"].iter().any(|known| ext.eq_ignore_ascii_case(known)))
}

/// What to type to get an ONNX file of it. Only the name is looked at: a checkpoint is a program, too.
pub(crate) fn export_recipe(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (file, name) = (path.display(), stem.to_lowercase().replace('-', "_"));
    let begin = "it is a PyTorch checkpoint, with weights but no graph; export it once";
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if name.contains("osnet") {
        let known = OSNETS.into_iter().find(|known| name.contains(known));
        let model = known.unwrap_or("osnet_x1_0");
        let width = if known.is_some() { "" } else { " (if it is not an osnet_x1_0, put its own name there)" };
        let alone = osnet(model, &file.to_string(), &stem);
        format!(
            "{begin}, where torch and torchreid are{width}:\n  \
             python models/recipes/osnet.py {model} \"{file}\" \"{stem}.onnx\"\n\
             or, without Silhueta's sources:\n  \
             {alone}"
        )
    } else if has(&["rtmpose", "rtmw", "rtmdet", "hrnet", "8xb"]) {
        format!("{begin} with MMDeploy: {RECIPES} has the commands for RTMPose, RTMDet, HRNet and MMDetection's YOLOX")
    } else if name.contains("vitpose") {
        format!(
            "{begin}, where torch and transformers are; models/recipes/vitpose.py does that from Transformers' own \
             files:\n  python models/recipes/vitpose.py usyd-community/vitpose-base-simple \"{stem}.onnx\""
        )
    } else if let Some(rest) = name.strip_prefix("yolox_") {
        let size = YOLOXS.into_iter().find(|size| rest.split('_').next() == Some(size));
        let which = size.map_or_else(|| "-f YOUR_EXPERIMENT.py".to_owned(), |size| format!("-n yolox-{size}"));
        format!(
            "{begin}, in the repository of YOLOX:\n  \
             python tools/export_onnx.py {which} -c \"{file}\" --output-name \"{stem}.onnx\""
        )
    } else {
        format!(
            "{begin}. A YOLO of Ultralytics (YOLOv8, YOLO11, YOLO26):\n  \
             yolo export model=\"{file}\" format=onnx\n\
             Any other: {RECIPES} has the commands for YOLOX, RTMPose, RTMDet, OSNet and ViTPose"
        )
    }
}

/// The command that makes a model of the manifest of its published weights, for families of which there is one that
/// needs nothing but their own project.
pub fn recipe(entry: &Entry) -> Option<String> {
    let id = &entry.id;
    match entry.family.as_str() {
        // A quantized one takes more than a command.
        _ if id.contains("int8") => None,
        "yolov8" | "yolo_end2end" => Some(format!("yolo export model=\"{id}.pt\" format=onnx")),
        "osnet" => {
            let model = OSNETS.into_iter().find(|known| id.contains(known))?;
            Some(osnet(model, &format!("{id}.pth"), id))
        }
        _ => None,
    }
}

/// Exports an OSNet with nothing but torch and torchreid.
fn osnet(model: &str, file: &str, stem: &str) -> String {
    format!(
        "python -c \"import sys, torch, torchreid; \
         m = torchreid.models.build_model('{model}', num_classes=1, pretrained=False); \
         s = torch.load(sys.argv[1], map_location='cpu'); s = s.get('state_dict', s); \
         print(m.load_state_dict({{k.removeprefix('module.'): v for k, v in s.items() if 'classifier' not in k}}, \
         strict=False)); \
         torch.onnx.export(m.eval(), torch.zeros(1, 3, 256, 128), sys.argv[2], \
         input_names=['images'], output_names=['output'], \
         dynamic_axes={{'images': {{0: 'batch'}}, 'output': {{0: 'batch'}}}}, dynamo=False)\" \
         \"{file}\" \"{stem}.onnx\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_checkpoint_gets_the_command_of_its_own_project() {
        for (name, parts) in [
            ("yolo11m.pt", &["yolo export model=\"/m/yolo11m.pt\" format=onnx", "models/recipes"][..]),
            ("yolo26n.pt", &["yolo export model=\"/m/yolo26n.pt\""]),
            ("yolox_m.pth", &["export_onnx.py -n yolox-m -c \"/m/yolox_m.pth\" --output-name \"yolox_m.onnx\""]),
            ("yolox_tiny.pth", &["-n yolox-tiny "]),
            ("yolox_loja.pth", &["-f YOUR_EXPERIMENT.py "]),
            ("yolox_tiny_8xb8-300e_humanart-6f3252f9.pth", &["MMDeploy"]),
            ("rtmpose-m_simcc-body7.pth", &["MMDeploy", "models/recipes"]),
            ("vitpose-b.pth", &["models/recipes/vitpose.py", "\"vitpose-b.onnx\""]),
            ("osnet_x0_5_msmt17.pt", &["osnet.py osnet_x0_5 \"/m/osnet_x0_5_msmt17.pt\"", "build_model('osnet_x0_5'"]),
            ("osnet_ain_x0_25.pth", &["build_model('osnet_ain_x0_25'", "{'images': {0: 'batch'}"]),
            ("meu_osnet.pth", &["osnet_x1_0", "if it is not"]),
        ] {
            let said = export_recipe(&Path::new("/m").join(name));
            for part in parts {
                assert!(said.contains(part), "{name}: {part} missing in {said}");
            }
        }
        let widths = OSNETS.map(|name| export_recipe(Path::new(&format!("{name}_msmt17.pth"))));
        assert!(widths.iter().zip(OSNETS).all(|(said, name)| said.contains(&format!("build_model('{name}'"))));
    }

    #[test]
    fn what_has_to_be_brought_has_its_command_where_there_is_one() {
        let of = |id: &str| recipe(crate::manifest::Manifest::builtin().find(id).unwrap());
        assert_eq!(of("yolov8n").as_deref(), Some("yolo export model=\"yolov8n.pt\" format=onnx"));
        let osnet = of("osnet_x0_5").unwrap();
        assert!(
            osnet.contains("build_model('osnet_x0_5'") && osnet.ends_with("\"osnet_x0_5.pth\" \"osnet_x0_5.onnx\"")
        );
        assert_eq!([of("yolo26n_int8"), of("pfld_68")], [None, None]);
    }

    #[test]
    fn the_recipes_that_are_named_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for file in [RECIPES, "models/recipes/osnet.py", "models/recipes/vitpose.py"] {
            assert!(root.join(file).is_file(), "{file}");
        }
    }
}
