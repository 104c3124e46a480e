//! Words of the queue, and of work that was not finished.

use silhueta_shared::protocol::Resumable;

use super::{Locale, notices, section};

/// Every text of it.
pub(crate) struct Queue {
    pub(crate) waiting: fn(&str) -> String,
    pub(crate) paused: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) let_go_on: &'static str,
    pub(crate) take_out: fn(&str) -> String,
    pub(crate) unfinished: fn(&str) -> String,
    pub(crate) continue_all: &'static str,
    pub(crate) not_begun: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) anew: &'static str,
    pub(crate) remove: fn(&str) -> String,
    pub(crate) sure: &'static str,
    pub(crate) discard: &'static str,
    pub(crate) keep: &'static str,
    pub(crate) attached: &'static str,
    pub(crate) attached_hint: &'static str,
}

section!(Queue);

const PT_BR: Queue = Queue {
    waiting: |n| format!("{n} na fila"),
    paused: "Fila em pausa: nada novo começa.",
    pause: "Pausar a fila",
    let_go_on: "Retomar a fila",
    take_out: |name| format!("Tirar {name} da fila"),
    unfinished: |videos| format!("Por terminar: {videos}"),
    continue_all: "Continuar todos",
    not_begun: "não tinha começado",
    go_on: "Continuar",
    try_again: "Tentar de novo",
    anew: "Do início",
    remove: |name| format!("Esquecer {name}; resultados prontos ficam na pasta"),
    sure: "O que já foi feito será apagado.",
    discard: "Apagar",
    keep: "Manter",
    attached: "Parar ao fechar esta página",
    attached_hint: "senão, o trabalho continua sem ela",
};

const EN: Queue = Queue {
    waiting: |n| format!("{n} in the queue"),
    paused: "Queue paused: nothing new begins.",
    pause: "Pause the queue",
    let_go_on: "Resume the queue",
    take_out: |name| format!("Take {name} out of the queue"),
    unfinished: |videos| format!("Unfinished: {videos}"),
    continue_all: "Continue all",
    not_begun: "had not begun",
    go_on: "Continue",
    try_again: "Try again",
    anew: "From the start",
    remove: |name| format!("Forget {name}; finished results stay in their folder"),
    sure: "What was done so far will be deleted.",
    discard: "Delete",
    keep: "Keep",
    attached: "Stop when I close this page",
    attached_hint: "otherwise the work goes on without it",
};

const RU: Queue = Queue {
    waiting: |n| format!("В очереди: {n}"),
    paused: "Очередь на паузе: новое не начинается.",
    pause: "Приостановить очередь",
    let_go_on: "Возобновить очередь",
    take_out: |name| format!("Убрать {name} из очереди"),
    unfinished: |videos| format!("Не закончено: {videos}"),
    continue_all: "Продолжить все",
    not_begun: "не начиналось",
    go_on: "Продолжить",
    try_again: "Повторить",
    anew: "С начала",
    remove: |name| format!("Забыть {name}; готовые результаты останутся в папке"),
    sure: "Уже сделанное будет удалено.",
    discard: "Удалить",
    keep: "Оставить",
    attached: "Остановить при закрытии страницы",
    attached_hint: "иначе работа продолжится без неё",
};

/// `parou em Pose, quadro 1.234 de 5.000; o que foi feito está guardado`.
pub(crate) fn kept(locale: Locale, kept: Option<&Resumable>) -> String {
    let Some(Resumable { stage, done, total }) = kept else {
        return match locale {
            Locale::PtBr => "nada ficou guardado",
            Locale::En => "nothing was kept",
            Locale::Ru => "ничего не сохранено",
        }
        .to_owned();
    };
    let at_start = *done == 0;
    let (stage, done) = (notices::stage(locale, *stage), locale.int(*done));
    let total = total.map(|total| locale.int(total));
    match (locale, total) {
        (Locale::PtBr, _) if at_start => format!("continua em {stage}; o que foi feito está guardado"),
        (Locale::En, _) if at_start => format!("goes on at {stage}; partial results kept"),
        (Locale::Ru, _) if at_start => format!("продолжится с этапа «{stage}»; сделанное сохранено"),
        (Locale::PtBr, Some(total)) => {
            format!("continua em {stage}, quadro {done} de {total}; o que foi feito está guardado")
        }
        (Locale::PtBr, None) => format!("continua em {stage}, quadro {done}; o que foi feito está guardado"),
        (Locale::En, Some(total)) => format!("goes on at {stage}, frame {done} of {total}; partial results kept"),
        (Locale::En, None) => format!("goes on at {stage}, frame {done}; partial results kept"),
        (Locale::Ru, Some(total)) => {
            format!("продолжится с этапа «{stage}», кадр {done} из {total}; сделанное сохранено")
        }
        (Locale::Ru, None) => format!("продолжится с этапа «{stage}», кадр {done}; сделанное сохранено"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::job::Stage;

    #[test]
    fn where_it_goes_on_is_said_with_and_without_a_total() {
        let at = |total| Resumable { stage: Stage::Pose, done: 1234, total };
        let said = |locale, total| kept(locale, Some(&at(total)));
        assert_eq!(said(Locale::En, Some(5000)), "goes on at Pose, frame 1,234 of 5,000; partial results kept");
        assert!(said(Locale::PtBr, Some(5000)).contains("quadro 1.234 de 5.000"));
        assert!(said(Locale::Ru, None).contains("кадр 1"));
        let start = Resumable { done: 0, ..at(Some(5000)) };
        assert_eq!(kept(Locale::En, Some(&start)), "goes on at Pose; partial results kept");
        assert_eq!(kept(Locale::En, None), "nothing was kept");
    }
}
