//! Portuguese of [`super::notices`].

use silhueta_shared::job::FailureCode;
use silhueta_shared::notice::{AnewReason, Notice, VideoWarning};
use silhueta_shared::protocol::Page;

use super::Locale;
use super::notices::{device, facts, failure_line, frames_of, page, people_of, stage, tracks_of, warning as told};

const L: Locale = Locale::PtBr;

pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Opened(video) => format!("{}, {}", facts(L, video), video.codec),
        Notice::Models { detector, reid, pose } => {
            format!("Redes: detector {detector}, reidentificação {reid}, pose {pose}")
        }
        Notice::Boxes { file, frames, people, is_from_zero, pose } => {
            let (people, frames) = (people_of(L, (*people).into()), frames_of(L, *frames));
            let zero = if *is_from_zero {
                "; no arquivo as pessoas são contadas a partir de 0, nos resultados a partir de 1"
            } else {
                ""
            };
            format!("Caixas de {file}: {people}, {frames}; pose {pose}{zero}")
        }
        Notice::BoxesMismatch { boxes, video } => {
            let (is_short, boxes, video) = (boxes < video, frames_of(L, *boxes), frames_of(L, *video));
            let so = if is_short {
                "nos últimos quadros do vídeo não há ninguém"
            } else {
                "as últimas caixas não são usadas"
            };
            format!("O arquivo de caixas tem {boxes}, o vídeo tem {video}: {so}")
        }
        Notice::Building { device: used, model } => {
            format!("{} está preparando {model}; leva alguns minutos, só na primeira vez", device(L, *used))
        }
        Notice::DeviceUsed { device: used } => format!("As redes rodam em {}", device(L, *used)),
        Notice::PassedOver { device, why } => format!("{device} não pode ser usado: {why}"),
        Notice::StageEnded { stage: ended, frames: 0, seconds, .. } => {
            format!("{}: {}", stage(L, *ended), L.seconds(*seconds))
        }
        Notice::StageEnded { stage: ended, frames, seconds, fps } => {
            let (frames, seconds, rate) = (frames_of(L, *frames), L.seconds(*seconds), L.rate(*fps));
            format!("{}: {frames} em {seconds}, {rate}", stage(L, *ended))
        }
        Notice::Identified { tracks, people } => {
            format!("{} → {}", tracks_of(L, (*tracks).into()), people_of(L, (*people).into()))
        }
        Notice::Video(warning) => told(L, warning),
        Notice::Model { text } => format!("Modelo: {text}"),
        Notice::SmallNetworks { models } => {
            format!(
                "Rodam redes pequenas embutidas: {}. Há maiores na página {}",
                models.join(", "),
                page(L, Page::Modelos)
            )
        }
        Notice::FixedBatch { model, batch } => format!(
            "{model} só trabalha com {batch} imagens por vez: uma imagem custa tanto quanto {batch}. Exporte o modelo \
             com lote 1 ou dinâmico"
        ),
        Notice::Paused => "Pausado".into(),
        Notice::Resumed => "Retomado".into(),
        Notice::Stopping => "Parando…".into(),
        Notice::Cancelled => "Parado".into(),
        Notice::Interrupted => "Interrompido: o programa terminou durante o trabalho".into(),
        Notice::PageClosed => "Interrompido: a página à qual estava ligado foi fechada".into(),
        Notice::Requeued { attempt, fresh: false } => format!("De novo na fila, para continuar (tentativa {attempt})"),
        Notice::Requeued { attempt, fresh: true } => format!("De novo na fila, do início (tentativa {attempt})"),
        Notice::GoesOn { stage: at, frame: 0 } => format!("Continua em {}", stage(L, *at)),
        Notice::GoesOn { stage: at, frame } => format!("Continua em {}, quadro {}", stage(L, *at), L.int(*frame)),
        Notice::BeginsAnew { why } => format!("Começa do primeiro quadro: {}", anew(*why)),
        Notice::FinishedBefore { folder } => format!("Já estava concluído: {folder}"),
        Notice::Completed { people, seconds } => {
            format!("Concluído: {}, {}", people_of(L, (*people).into()), L.seconds(*seconds))
        }
        Notice::Failed(failed) => failure_line(L, failed),
        Notice::LeftOver { path, why } => format!("Não foi possível apagar {path}: {why}"),
    }
}

fn anew(why: AnewReason) -> &'static str {
    match why {
        AnewReason::Source => "o vídeo mudou desde que foi parado",
        AnewReason::Models => "antes eram outras redes",
        AnewReason::Settings => "antes eram outros ajustes",
        AnewReason::Machine => "antes era outra versão, outro dispositivo ou outro processador",
        AnewReason::Damaged => "o que ficou guardado não pode ser usado",
        AnewReason::Pictures => "o vídeo agora é decodificado com outras imagens",
        AnewReason::Boxes => "o arquivo de caixas mudou desde que foi parado",
    }
}

pub(super) fn warning(warning: &VideoWarning) -> String {
    match warning {
        VideoWarning::EndedEarly { frames, why } => {
            format!("A leitura terminou cedo, após {}: {why}", frames_of(L, *frames))
        }
        VideoWarning::CutOff { decoded, promised } => {
            format!(
                "O arquivo promete {}, só {} podem ser lidos: talvez esteja cortado",
                frames_of(L, *promised),
                L.int(*decoded)
            )
        }
        VideoWarning::Damaged { packets } => L.counted(
            *packets,
            ["pacote danificado foi pulado", "pacotes danificados foram pulados", "pacotes danificados foram pulados"],
        ),
        VideoWarning::RepairedTimes { frames } => {
            format!("{} sem tempo válido: usada a taxa média", frames_of(L, *frames))
        }
    }
}

/// What happened, and what to do.
pub(super) const fn failure(code: FailureCode) -> (&'static str, &'static str) {
    match code {
        FailureCode::SourceMissing => (
            "O vídeo não está lá ou não pode ser lido.",
            "Confira se o arquivo existe e se você tem permissão de leitura.",
        ),
        FailureCode::SourceUnreadable => (
            "O arquivo não pode ser lido como vídeo.",
            "Abra-o em um reprodutor; se não tocar, copie-o de novo ou converta-o.",
        ),
        FailureCode::SourceWithoutPictures => {
            ("O arquivo não tem imagens.", "Escolha um arquivo com vídeo, não só com som.")
        }
        FailureCode::SourceTooLarge => {
            ("As imagens do vídeo são grandes demais.", "Converta o vídeo para uma resolução menor.")
        }
        FailureCode::SourceChanged => {
            ("O vídeo mudou durante o trabalho.", "Espere a gravação ou a cópia terminar e comece de novo.")
        }
        FailureCode::BoxesUnfit => (
            "O arquivo com as caixas das pessoas não pode ser usado.",
            "Corrija o arquivo ou comece sem ele para que as pessoas sejam encontradas.",
        ),
        FailureCode::ModelUnfit => (
            "Falta um modelo, ou o arquivo não serve para a função.",
            "Escolha outro modelo nos ajustes ou coloque um que sirva na pasta de modelos.",
        ),
        FailureCode::RuntimeMissing => (
            "O ONNX Runtime não pôde ser carregado.",
            "Instale-o com “cargo xtask run” ou indique o arquivo em SILHUETA_ONNXRUNTIME.",
        ),
        FailureCode::DeviceMissing => {
            ("O dispositivo escolhido não pode ser usado.", "Escolha “Auto” ou outro dispositivo nos ajustes.")
        }
        FailureCode::PrecisionMissing => (
            "A precisão escolhida não é possível com este dispositivo ou estes modelos.",
            "Escolha “Auto” em Precisão; fp16 precisa do TensorRT ou do OpenVINO, int8 de cópias feitas por “silhueta models quantize”.",
        ),
        FailureCode::WorkerMissing => (
            "O processo de trabalho não pôde ser iniciado.",
            "O arquivo silhueta-worker precisa estar ao lado do silhueta.",
        ),
        FailureCode::WorkerDied => (
            "O processo de trabalho terminou sozinho.",
            "Tente de novo; se repetir, o registro do programa mostra as últimas linhas.",
        ),
        FailureCode::WorkerHung => (
            "O processo de trabalho parou de responder e foi encerrado.",
            "Tente de novo, talvez em outro dispositivo.",
        ),
        FailureCode::CutOff => (
            "O programa foi encerrado repetidas vezes durante este trabalho.",
            "O registro do programa pode dizer por quê; depois, tente de novo.",
        ),
        FailureCode::OutputBusy => {
            ("Outro processo está trabalhando nestes resultados.", "Espere até que ele termine, ou pare-o.")
        }
        FailureCode::NoSpace => ("Não há espaço em disco.", "Libere espaço na pasta de resultados e continue."),
        FailureCode::OutputUnwritable => {
            ("Os resultados não podem ser gravados.", "Confira a permissão de escrita na pasta de resultados.")
        }
        FailureCode::Internal => (
            "Aconteceu algo que não deveria acontecer.",
            "Tente de novo; se repetir, envie os detalhes técnicos a quem desenvolve.",
        ),
    }
}
