//! What the helper tells, in the reader's language: every notice, failure, state, stage, page and role. The
//! English reason of a system or a runtime is appended as it is.

use silhueta_shared::job::{Device, Failure, FailureCode, Stage};
use silhueta_shared::model::Role;
use silhueta_shared::notice::{Notice, VideoFacts, VideoWarning};
use silhueta_shared::protocol::{Page, StageView};
use silhueta_shared::state::JobState;

use super::format::Forms;
use super::{Locale, notices_en as en, notices_pt as pt, notices_ru as ru};

/// One notice as a line.
pub(crate) fn notice(locale: Locale, notice: &Notice) -> String {
    match locale {
        Locale::PtBr => pt::notice(notice),
        Locale::En => en::notice(notice),
        Locale::Ru => ru::notice(notice),
    }
}

/// What happened, as a sentence.
pub(crate) fn failure(locale: Locale, code: FailureCode) -> &'static str {
    told(locale, code).0
}

/// What to do about it.
pub(crate) fn way_out(locale: Locale, code: FailureCode) -> &'static str {
    told(locale, code).1
}

fn told(locale: Locale, code: FailureCode) -> (&'static str, &'static str) {
    match locale {
        Locale::PtBr => pt::failure(code),
        Locale::En => en::failure(code),
        Locale::Ru => ru::failure(code),
    }
}

/// A failure as a line of the log.
pub(super) fn failure_line(locale: Locale, failed: &Failure) -> String {
    format!("{} ({})", failure(locale, failed.code), failed.message)
}

/// A stage's name.
pub(crate) const fn stage(locale: Locale, stage: Stage) -> &'static str {
    let [pt_br, en, ru] = match stage {
        Stage::Probe => ["Preparar", "Prepare", "Подготовка"],
        Stage::Track => ["Rastrear", "Track", "Слежение"],
        Stage::Identify => ["Identificar", "Identify", "Опознание"],
        Stage::Pose => ["Pose", "Pose", "Поза"],
        Stage::Export => ["Exportar", "Export", "Выгрузка"],
    };
    pick(locale, pt_br, en, ru)
}

/// What a stage does, in a few words.
pub(crate) const fn stage_does(locale: Locale, stage: Stage) -> &'static str {
    let [pt_br, en, ru] = match stage {
        Stage::Probe => [
            "abre o vídeo e carrega as redes",
            "opens the video, loads the networks",
            "открывает видео, загружает сети",
        ],
        Stage::Track => {
            ["encontra e segue cada pessoa", "finds and follows each person", "находит и ведёт каждого человека"]
        }
        Stage::Identify => {
            ["junta trilhas da mesma pessoa", "joins tracks of the same person", "соединяет треки одного человека"]
        }
        Stage::Pose => ["encontra as articulações", "finds the joints", "находит суставы"],
        Stage::Export => ["grava os resultados", "writes the results", "записывает результаты"],
    };
    pick(locale, pt_br, en, ru)
}

/// A page's name.
pub(crate) const fn page(locale: Locale, page: Page) -> &'static str {
    let [pt_br, en, ru] = match page {
        Page::Painel => ["Painel", "Dashboard", "Обзор"],
        Page::Processar => ["Processar", "Process", "Обработка"],
        Page::Testes => ["Testes", "Tests", "Проверка"],
        Page::AoVivo => ["Ao vivo", "Live", "Камеры"],
        Page::Rostos => ["Rostos", "Faces", "Лица"],
        Page::Resultados => ["Resultados", "Results", "Результаты"],
        Page::Tarefas => ["Tarefas", "Tasks", "Задачи"],
        Page::Modelos => ["Modelos", "Models", "Модели"],
        Page::Configuracoes => ["Configurações", "Settings", "Настройки"],
    };
    pick(locale, pt_br, en, ru)
}

/// A role's name.
pub(crate) const fn role(locale: Locale, role: Role) -> &'static str {
    let [pt_br, en, ru] = match role {
        Role::Detector => ["Detector", "Detector", "Детектор"],
        Role::Reid => ["Reidentificação", "Re-identification", "Реидентификация"],
        Role::Pose => ["Pose", "Pose", "Поза"],
        Role::Face => ["Rostos", "Faces", "Лица"],
        Role::Landmarks => ["Pontos do rosto", "Face points", "Точки лица"],
        Role::Lifter => ["Pose em 3D", "3D pose", "Поза в 3D"],
    };
    pick(locale, pt_br, en, ru)
}

/// What a role is for.
pub(crate) const fn role_does(locale: Locale, role: Role) -> &'static str {
    let [pt_br, en, ru] = match role {
        Role::Detector => ["encontra pessoas em cada quadro", "finds people in each frame", "находит людей на кадре"],
        Role::Reid => ["distingue uma pessoa da outra", "tells people apart", "отличает людей друг от друга"],
        Role::Pose => [
            "encontra as articulações de cada pessoa",
            "finds each person's joints",
            "находит суставы каждого человека",
        ],
        Role::Face => ["encontra rostos", "finds faces", "находит лица"],
        Role::Landmarks => ["encontra os pontos de um rosto", "finds the points of a face", "находит точки лица"],
        Role::Lifter => [
            "leva as articulações da imagem para o espaço",
            "lifts joints from the picture into space",
            "переводит суставы с изображения в пространство",
        ],
    };
    pick(locale, pt_br, en, ru)
}

/// A device's name.
pub(crate) const fn device(locale: Locale, device: Device) -> &'static str {
    match device {
        Device::Auto => pick(locale, "Auto", "Auto", "Авто"),
        Device::Cpu => "CPU",
        Device::Cuda => "CUDA",
        Device::Tensorrt => "TensorRT",
        Device::Openvino => "OpenVINO",
    }
}

/// A job's state in a word or two.
pub(crate) const fn state(locale: Locale, state: JobState) -> &'static str {
    let [pt_br, en, ru] = match state {
        JobState::Queued => ["na fila", "queued", "в очереди"],
        JobState::Running(_) => ["em processo", "working", "в работе"],
        JobState::Paused(_) => ["pausado", "paused", "на паузе"],
        JobState::Completed => ["concluído", "done", "готово"],
        JobState::Failed => ["falhou", "failed", "сбой"],
        JobState::Cancelled => ["parado", "stopped", "остановлено"],
        JobState::Interrupted => ["interrompido", "interrupted", "прервано"],
    };
    pick(locale, pt_br, en, ru)
}

/// The state's name for programs.
pub(crate) const fn state_name(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Running(_) => "running",
        JobState::Paused(_) => "paused",
        JobState::Completed => "completed",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
        JobState::Interrupted => "interrupted",
    }
}

/// `1280×720 · 30 qps · 18.812 quadros`.
pub(crate) fn facts(locale: Locale, facts: &VideoFacts) -> String {
    let VideoFacts { width, height, fps, frames, .. } = facts;
    let rate = locale.video_rate(*fps);
    let frames = frames.map(|frames| format!(" · {}", frames_of(locale, frames))).unwrap_or_default();
    format!("{width}×{height} · {rate}{frames}")
}

/// `18.812 quadros`.
pub(crate) fn frames_of(locale: Locale, n: u64) -> String {
    let forms = match locale {
        Locale::PtBr => ["quadro", "quadros", "quadros"],
        Locale::En => ["frame", "frames", "frames"],
        Locale::Ru => ["кадр", "кадра", "кадров"],
    };
    locale.counted(n, forms)
}

/// `8.090 / 18.812` while it counts, `18.812 quadros` after.
pub(crate) fn frames_at(locale: Locale, view: &StageView, counting: bool) -> String {
    match view.total {
        Some(total) if counting && total > 0 => format!("{} / {}", locale.int(view.done), locale.int(total)),
        _ => frames_of(locale, view.done),
    }
}

/// `41 trilhas`.
pub(crate) fn tracks_of(locale: Locale, n: u64) -> String {
    locale.counted(n, tracks(locale))
}

/// Tracks in their forms.
pub(crate) const fn tracks(locale: Locale) -> Forms {
    match locale {
        Locale::PtBr => ["trilha", "trilhas", "trilhas"],
        Locale::En => ["track", "tracks", "tracks"],
        Locale::Ru => ["трек", "трека", "треков"],
    }
}

/// `17 pessoas`.
pub(crate) fn people_of(locale: Locale, n: u64) -> String {
    locale.counted(n, people(locale))
}

/// People in their forms.
pub(crate) const fn people(locale: Locale) -> Forms {
    match locale {
        Locale::PtBr => ["pessoa", "pessoas", "pessoas"],
        Locale::En => ["person", "people", "people"],
        Locale::Ru => ["человек", "человека", "человек"],
    }
}

/// `3 vídeos`.
pub(crate) fn videos_of(locale: Locale, n: u64) -> String {
    let forms = match locale {
        Locale::PtBr => ["vídeo", "vídeos", "vídeos"],
        Locale::En => ["video", "videos", "videos"],
        Locale::Ru => ["видео", "видео", "видео"],
    };
    locale.counted(n, forms)
}

/// A warning about the video itself.
pub(super) fn warning(locale: Locale, warning: &VideoWarning) -> String {
    match locale {
        Locale::PtBr => pt::warning(warning),
        Locale::En => en::warning(warning),
        Locale::Ru => ru::warning(warning),
    }
}

const fn pick(locale: Locale, pt_br: &'static str, en: &'static str, ru: &'static str) -> &'static str {
    match locale {
        Locale::PtBr => pt_br,
        Locale::En => en,
        Locale::Ru => ru,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::notice::VideoWarning;

    fn said(locale: Locale, of: &Notice) -> String {
        notice(locale, of).replace('\u{a0}', " ")
    }

    #[test]
    fn a_notice_is_told_in_each_language() {
        let ended = Notice::StageEnded { stage: Stage::Track, frames: 18_812, seconds: 196.0, fps: 96.2 };
        assert_eq!(said(Locale::PtBr, &ended), "Rastrear: 18.812 quadros em 3:16, 96 qps");
        assert_eq!(said(Locale::En, &ended), "Track: 18,812 frames in 3:16, 96 fps");
        let prepared = Notice::StageEnded { stage: Stage::Probe, frames: 0, seconds: 1.24, fps: 0.0 };
        assert_eq!(said(Locale::PtBr, &prepared), "Preparar: 1,2 s", "no frames, nothing said of them");
        assert_eq!(said(Locale::Ru, &ended), "Слежение: 18 812 кадров за 3:16, 96 к/с");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        let one = Notice::Identified { tracks: 1, people: 1 };
        assert_eq!(said(Locale::PtBr, &one), "1 trilha → 1 pessoa");
        assert_eq!(said(Locale::Ru, &Notice::Identified { tracks: 22, people: 3 }), "22 трека → 3 человека");
    }

    #[test]
    fn technical_reasons_stay_as_they_are() {
        let notice = Notice::PassedOver { device: "CUDA".into(), why: "libcudart.so.13: not found".into() };
        for locale in Locale::ALL {
            assert!(said(locale, &notice).ends_with("libcudart.so.13: not found"));
        }
        let cut = Notice::Video(VideoWarning::CutOff { decoded: 9, promised: 12 });
        assert!(said(Locale::PtBr, &cut).contains("12 quadros"), "{}", said(Locale::PtBr, &cut));
    }
}
