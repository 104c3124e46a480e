//! Words of what came out: results and failures.

use super::{Locale, section};

/// Every text of the results.
pub(crate) struct Results {
    pub(crate) title: &'static str,
    pub(crate) time: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) small: &'static str,
    pub(crate) open: &'static str,
    pub(crate) download: &'static str,
    pub(crate) failed: fn(&str) -> String,
    pub(crate) way_out: &'static str,
    pub(crate) partial: &'static str,
}

section!(Results);

const PT_BR: Results = Results {
    title: "Resultados",
    time: "tempo",
    folder: "Pasta",
    small: "Feito com redes pequenas embutidas; redes maiores acham mais.",
    open: "Abrir",
    download: "Baixar",
    failed: |video| format!("{video} falhou"),
    way_out: "O que fazer",
    partial: "Os outros vídeos da execução não são afetados.",
};

const EN: Results = Results {
    title: "Results",
    time: "time",
    folder: "Folder",
    small: "Made with small built-in networks; larger ones see more.",
    open: "Open",
    download: "Download",
    failed: |video| format!("{video} failed"),
    way_out: "What to do",
    partial: "The run's other videos are not affected.",
};

const RU: Results = Results {
    title: "Результаты",
    time: "время",
    folder: "Папка",
    small: "Сделано встроенными малыми сетями; большие находят больше.",
    open: "Открыть",
    download: "Скачать",
    failed: |video| format!("{video}: сбой"),
    way_out: "Что делать",
    partial: "На другие видео запуска это не влияет.",
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
        "identities.json" => [
            "quem foi visto e quando, com os motivos",
            "who was seen when, with the reasons",
            "кто и когда был виден, с основаниями",
        ],
        "summary.json" => ["modelos, ajustes e tempos", "models, settings and times", "модели, настройки и время"],
        _ => ["", "", ""],
    };
    match locale {
        Locale::PtBr => pt_br,
        Locale::En => en,
        Locale::Ru => ru,
    }
}
