//! Words of what came out: results and failures.

use super::{Locale, section};

/// Every text of the results.
pub(crate) struct Results {
    pub(crate) title: &'static str,
    pub(crate) time: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) open: &'static str,
    pub(crate) download: &'static str,
    pub(crate) failed: fn(&str) -> String,
    pub(crate) way_out: &'static str,
    pub(crate) partial: &'static str,
    pub(crate) cancelled: fn(&str) -> String,
    pub(crate) interrupted: fn(&str) -> String,
    pub(crate) interrupted_hint: &'static str,
    /// The stage, and the frames of it that are done: of how many, where that is known.
    pub(crate) kept: fn(&str, &str) -> String,
    pub(crate) go_on: &'static str,
    pub(crate) go_on_with: fn(&str) -> String,
}

section!(Results);

const PT_BR: Results = Results {
    title: "Resultados",
    time: "tempo",
    folder: "Pasta",
    open: "Abrir",
    download: "Baixar",
    failed: |video| format!("{video} falhou"),
    way_out: "O que fazer",
    partial: "Os outros vídeos da execução não são afetados.",
    cancelled: |video| format!("Parado: {video}"),
    interrupted: |video| format!("{video} foi interrompido"),
    interrupted_hint: "O programa terminou durante o trabalho.",
    kept: |stage, frames| format!("Parcial: o que foi feito está guardado ({stage}, {frames})."),
    go_on: "Continuar",
    go_on_with: |video| format!("Continuar {video}"),
};

const EN: Results = Results {
    title: "Results",
    time: "time",
    folder: "Folder",
    open: "Open",
    download: "Download",
    failed: |video| format!("{video} failed"),
    way_out: "What to do",
    partial: "The run's other videos are not affected.",
    cancelled: |video| format!("Stopped: {video}"),
    interrupted: |video| format!("{video} was interrupted"),
    interrupted_hint: "The helper ended while it worked.",
    kept: |stage, frames| format!("Partial: what was done is kept ({stage}, {frames})."),
    go_on: "Continue",
    go_on_with: |video| format!("Continue {video}"),
};

const RU: Results = Results {
    title: "Результаты",
    time: "время",
    folder: "Папка",
    open: "Открыть",
    download: "Скачать",
    failed: |video| format!("{video}: сбой"),
    way_out: "Что делать",
    partial: "На другие видео запуска это не влияет.",
    cancelled: |video| format!("Остановлено: {video}"),
    interrupted: |video| format!("{video}: прервано"),
    interrupted_hint: "Программа завершилась во время работы.",
    kept: |stage, frames| format!("Частично: сделанное сохранено ({stage}, {frames})."),
    go_on: "Продолжить",
    go_on_with: |video| format!("Продолжить {video}"),
};

/// What a file of the results holds; a name that is not known says itself.
pub(crate) fn about(locale: Locale, name: &str) -> &'static str {
    let [pt_br, en, ru] = match name {
        "overlay.mp4" => ["vídeo anotado", "annotated video", "видео с разметкой"],
        "record.parquet" => {
            ["registro completo, para análise", "the full record, for analysis", "полная запись, для анализа"]
        }
        "pose.json" => ["poses por quadro", "poses by frame", "позы по кадрам"],
        "tracking.json" => ["trilhas por quadro", "tracks by frame", "треки по кадрам"],
        "summary.json" => ["modelos, ajustes e tempos", "models, settings and times", "модели, настройки и время"],
        _ => ["", "", ""],
    };
    match locale {
        Locale::PtBr => pt_br,
        Locale::En => en,
        Locale::Ru => ru,
    }
}
