//! PyTorch checkpoints, which hold weights but no graph that could be run: how to make ONNX of one.

use std::path::Path;

/// Whether the name says that this is a PyTorch file.
pub(crate) fn is_checkpoint(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ["pt", "pth"].iter().any(|known| ext.eq_ignore_ascii_case(known)))
}

/// What to type to get an ONNX file of it.
pub(crate) fn export_recipe(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let file = path.display();
    if stem.to_lowercase().contains("osnet") {
        let model = ["osnet_x0_25", "osnet_x0_5", "osnet_x0_75", "osnet_ain_x1_0", "osnet_ibn_x1_0"]
            .into_iter()
            .find(|name| stem.starts_with(name))
            .unwrap_or("osnet_x1_0");
        format!(
            "it is a PyTorch checkpoint. Export it once, where torch and torchreid are installed:\n  \
             python -c \"import torch, torchreid; \
             m = torchreid.models.build_model('{model}', num_classes=1, pretrained=False); \
             torchreid.utils.load_pretrained_weights(m, r'{file}'); \
             torch.onnx.export(m.eval(), torch.zeros(1, 3, 256, 128), '{stem}.onnx', \
             input_names=['images'], output_names=['output'], \
             dynamic_axes={{'images': {{0: 'batch'}}, 'output': {{0: 'batch'}}}})\""
        )
    } else {
        format!(
            "it is a PyTorch checkpoint. A YOLO of Ultralytics is exported with:\n  \
             yolo export model={file} format=onnx\n\
             other networks with torch.onnx.export or the exporter of their own project"
        )
    }
}
