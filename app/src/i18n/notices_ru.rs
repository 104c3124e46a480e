//! Russian of [`super::notices`].

use silhueta_shared::job::FailureCode;
use silhueta_shared::notice::{AnewReason, Notice, VideoWarning};
use silhueta_shared::protocol::Page;

use super::Locale;
use super::notices::{device, facts, failure_line, frames_of, page, people_of, stage, tracks_of, warning as told};

const L: Locale = Locale::Ru;

pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Opened(video) => format!("{}, {}", facts(L, video), video.codec),
        Notice::Models { detector, reid, pose } => {
            format!("Сети: детектор {detector}, реидентификация {reid}, поза {pose}")
        }
        Notice::Boxes { file, frames, people, is_from_zero, pose } => {
            let (people, frames) = (people_of(L, (*people).into()), frames_of(L, *frames));
            let zero = if *is_from_zero {
                "; в файле люди считаются с 0, в результатах — с 1"
            } else {
                ""
            };
            format!("Рамки из файла {file}: {people}, {frames}; поза {pose}{zero}")
        }
        Notice::BoxesMismatch { boxes, video } => {
            let (is_short, boxes, video) = (boxes < video, frames_of(L, *boxes), frames_of(L, *video));
            let so = if is_short {
                "на последних кадрах видео никого нет"
            } else {
                "последние рамки не используются"
            };
            format!("В файле рамок {boxes}, в видео {video}: {so}")
        }
        Notice::Building { device: used, model } => {
            format!("{}: подготовка {model}; это займёт несколько минут, но только один раз", device(L, *used))
        }
        Notice::DeviceUsed { device: used } => format!("Сети работают на устройстве: {}", device(L, *used)),
        Notice::PassedOver { device, why } => format!("{device} использовать нельзя: {why}"),
        Notice::StageEnded { stage: ended, frames: 0, seconds, .. } => {
            format!("{}: {}", stage(L, *ended), L.seconds(*seconds))
        }
        Notice::StageEnded { stage: ended, frames, seconds, fps } => {
            let (frames, seconds, rate) = (frames_of(L, *frames), L.seconds(*seconds), L.rate(*fps));
            format!("{}: {frames} за {seconds}, {rate}", stage(L, *ended))
        }
        Notice::Identified { tracks, people } => {
            format!("{} → {}", tracks_of(L, (*tracks).into()), people_of(L, (*people).into()))
        }
        Notice::Video(warning) => told(L, warning),
        Notice::Model { text } => format!("Модель: {text}"),
        Notice::SmallNetworks { models } => {
            let models = models.join(", ");
            format!("Работают встроенные малые сети: {models}. Большие — на странице «{}»", page(L, Page::Modelos))
        }
        Notice::FixedBatch { model, batch } => format!(
            "{model} обрабатывает только по {batch} изображений сразу: одно стоит столько же, сколько {batch}. \
             Экспортируйте модель с размером пакета 1 или динамическим"
        ),
        Notice::Paused => "Пауза".into(),
        Notice::Resumed => "Продолжение".into(),
        Notice::Stopping => "Остановка…".into(),
        Notice::Cancelled => "Остановлено".into(),
        Notice::Interrupted => "Прервано: программа завершилась во время работы".into(),
        Notice::PageClosed => "Прервано: закрыта страница, к которой была привязана работа".into(),
        Notice::Requeued { attempt, fresh: false } => format!("Снова в очереди, с продолжением (попытка {attempt})"),
        Notice::Requeued { attempt, fresh: true } => format!("Снова в очереди, с начала (попытка {attempt})"),
        Notice::GoesOn { stage: at, frame: 0 } => format!("Продолжение: {}", stage(L, *at)),
        Notice::GoesOn { stage: at, frame } => format!("Продолжение: {}, кадр {}", stage(L, *at), L.int(*frame)),
        Notice::BeginsAnew { why } => format!("Начинается с первого кадра: {}", anew(*why)),
        Notice::FinishedBefore { folder } => format!("Уже готово: {folder}"),
        Notice::Completed { people, seconds } => {
            format!("Готово: {}, {}", people_of(L, (*people).into()), L.seconds(*seconds))
        }
        Notice::Failed(failed) => failure_line(L, failed),
        Notice::LeftOver { path, why } => format!("Не удалось удалить {path}: {why}"),
    }
}

fn anew(why: AnewReason) -> &'static str {
    match why {
        AnewReason::Source => "видео изменилось после остановки",
        AnewReason::Models => "раньше работали другие сети",
        AnewReason::Settings => "раньше были другие настройки",
        AnewReason::Machine => "раньше была другая версия, другое устройство или другой процессор",
        AnewReason::Damaged => "сохранённое нельзя использовать",
        AnewReason::Pictures => "видео теперь декодируется в другие изображения",
        AnewReason::Boxes => "файл рамок изменился после остановки",
    }
}

pub(super) fn warning(warning: &VideoWarning) -> String {
    match warning {
        VideoWarning::EndedEarly { frames, why } => {
            format!("Чтение закончилось раньше, после {}: {why}", frames_of(L, *frames))
        }
        VideoWarning::CutOff { decoded, promised } => {
            format!(
                "Файл обещает {}, читается только {}: возможно, он обрезан",
                frames_of(L, *promised),
                L.int(*decoded)
            )
        }
        VideoWarning::Damaged { packets } => L.counted(
            *packets,
            ["повреждённый пакет пропущен", "повреждённых пакета пропущено", "повреждённых пакетов пропущено"],
        ),
        VideoWarning::RepairedTimes { frames } => {
            format!("{} без верного времени: взята средняя частота", frames_of(L, *frames))
        }
    }
}

/// What happened, and what to do.
pub(super) const fn failure(code: FailureCode) -> (&'static str, &'static str) {
    match code {
        FailureCode::SourceMissing => {
            ("Видео нет на месте, или его нельзя прочитать.", "Проверьте, что файл существует и доступен для чтения.")
        }
        FailureCode::SourceUnreadable => (
            "Файл не читается как видео.",
            "Откройте его в проигрывателе; если не играет, скопируйте заново или преобразуйте.",
        ),
        FailureCode::SourceWithoutPictures => {
            ("В файле нет изображения.", "Выберите файл с видео, а не только со звуком.")
        }
        FailureCode::SourceTooLarge => ("Кадры видео слишком велики.", "Преобразуйте видео в меньшее разрешение."),
        FailureCode::SourceChanged => {
            ("Видео изменилось во время работы.", "Дождитесь конца записи или копирования и начните заново.")
        }
        FailureCode::BoxesUnfit => (
            "Файл с рамками людей использовать нельзя.",
            "Исправьте файл или начните без него, чтобы людей нашла программа.",
        ),
        FailureCode::ModelUnfit => (
            "Не хватает модели, или файл не подходит для своей роли.",
            "Выберите другую модель в настройках или положите подходящую в папку моделей.",
        ),
        FailureCode::RuntimeMissing => (
            "Не удалось загрузить ONNX Runtime.",
            "Установите его через «cargo xtask run» или укажите файл в SILHUETA_ONNXRUNTIME.",
        ),
        FailureCode::DeviceMissing => {
            ("Выбранное устройство использовать нельзя.", "Выберите «Авто» или другое устройство в настройках.")
        }
        FailureCode::PrecisionMissing => (
            "Выбранная точность невозможна с этим устройством или этими моделями.",
            "Выберите точность «Авто»; для fp16 нужен TensorRT или OpenVINO, для int8 — копии, которые делает «silhueta models quantize».",
        ),
        FailureCode::WorkerMissing => {
            ("Не удалось запустить рабочий процесс.", "Файл silhueta-worker должен лежать рядом с silhueta.")
        }
        FailureCode::WorkerDied => (
            "Рабочий процесс завершился сам.",
            "Попробуйте ещё раз; если повторится, последние строки есть в журнале программы.",
        ),
        FailureCode::WorkerHung => {
            ("Рабочий процесс перестал отвечать и был завершён.", "Попробуйте ещё раз, возможно, на другом устройстве.")
        }
        FailureCode::CutOff => (
            "Программа несколько раз завершалась во время этой работы.",
            "Причина может быть в журнале программы; затем попробуйте ещё раз.",
        ),
        FailureCode::OutputBusy => {
            ("С этими результатами работает другой процесс.", "Подождите, пока он закончит, или остановите его.")
        }
        FailureCode::NoSpace => ("На диске нет места.", "Освободите место в папке результатов и продолжите."),
        FailureCode::OutputUnwritable => ("Результаты не записываются.", "Проверьте право записи в папку результатов."),
        FailureCode::Internal => (
            "Случилось то, чего быть не должно.",
            "Попробуйте ещё раз; если повторится, передайте подробности разработчикам.",
        ),
    }
}
