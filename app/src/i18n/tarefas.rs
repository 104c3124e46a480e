//! Words of the page Tarefas. A task is a she in Portuguese and Russian: states have words of their own here.

use silhueta_shared::protocol::{WebhookState, WebhookView};
use silhueta_shared::state::JobState;

use super::{Locale, section};

/// Every text of the page but the panel for programs.
pub(crate) struct Tarefas {
    pub(crate) lead: &'static str,
    // How much goes on.
    pub(crate) at_work: fn(u64) -> String,
    pub(crate) waiting: fn(&str) -> String,
    /// The page and its video, while tasks wait for that.
    pub(crate) held: fn(&str, &str) -> String,
    pub(crate) held_tasks: fn(u64) -> String,
    pub(crate) held_paused: &'static str,
    // What is shown.
    pub(crate) filter: &'static str,
    pub(crate) all: &'static str,
    /// At work, waiting, done, unfinished.
    pub(crate) groups: [&'static str; 4],
    pub(crate) search: &'static str,
    pub(crate) none_found: &'static str,
    pub(crate) show_all: &'static str,
    pub(crate) title_work: &'static str,
    pub(crate) title_waiting: &'static str,
    pub(crate) title_ended: &'static str,
    pub(crate) more: fn(u64) -> String,
    pub(crate) older: &'static str,
    // A task.
    pub(crate) from: fn(&str) -> String,
    pub(crate) place: fn(u64) -> String,
    pub(crate) attempt: fn(u32) -> String,
    pub(crate) forgotten: &'static str,
    pub(crate) forgotten_hint: &'static str,
    pub(crate) with_boxes: &'static str,
    pub(crate) took: fn(&str) -> String,
    pub(crate) stage_left: fn(&str) -> String,
    pub(crate) whole_left: fn(&str) -> String,
    pub(crate) stalled_hint: &'static str,
    pub(crate) progress_of: fn(&str) -> String,
    // What can be done with it.
    pub(crate) cancel: &'static str,
    pub(crate) cancel_of: fn(&str) -> String,
    pub(crate) take_out: fn(&str) -> String,
    pub(crate) pause_of: fn(&str) -> String,
    pub(crate) resume_of: fn(&str) -> String,
    pub(crate) continue_of: fn(&str) -> String,
    pub(crate) again_of: fn(&str) -> String,
    pub(crate) anew_of: fn(&str) -> String,
    pub(crate) forget: fn(&str) -> String,
    // Its details.
    pub(crate) video: &'static str,
    pub(crate) model: &'static str,
    pub(crate) boxes: &'static str,
    pub(crate) boxes_hint: &'static str,
    pub(crate) posted: &'static str,
    pub(crate) posted_by: fn(&str, &str) -> String,
    pub(crate) id: &'static str,
    pub(crate) predictions: &'static str,
    pub(crate) visualization: &'static str,
    pub(crate) no_visualization: &'static str,
    pub(crate) to_come: &'static str,
    pub(crate) webhook: &'static str,
    pub(crate) open_video: &'static str,
    pub(crate) get_json: &'static str,

    // Before the first one.
    pub(crate) empty: &'static str,
    pub(crate) empty_how: [&'static str; 2],
    // For who listens.
    pub(crate) all_over: &'static str,
}

section!(Tarefas);

const PT_BR: Tarefas = Tarefas {
    lead: "Vídeos que outros programas enviam pela API de tarefas: a espera, o andamento e o que já terminou.",
    at_work: |n| {
        if n == 1 { "em trabalho, uma de cada vez".into() } else { format!("em trabalho, até {n} ao mesmo tempo") }
    },
    waiting: |room| format!("na espera, cabem {room}"),
    held: |page, video| format!("{page} está trabalhando em {video}."),
    held_tasks: |n| {
        if n == 1 {
            "Uma tarefa espera: começa quando esse trabalho terminar.".into()
        } else {
            format!("{} tarefas esperam: começam quando esse trabalho terminar.", Locale::PtBr.int(n))
        }
    },
    held_paused: "A fila dessa página está em pausa.",
    filter: "Mostrar só um grupo",
    all: "Todas",
    groups: ["Em trabalho", "Na espera", "Concluídas", "Não concluídas"],
    search: "Buscar por vídeo, modelo, remetente ou ID",
    none_found: "Nenhuma tarefa corresponde.",
    show_all: "Mostrar todas",
    title_work: "Em trabalho",
    title_waiting: "Na espera",
    title_ended: "Terminadas",
    more: |n| format!("Mostrar mais {n}"),
    older: "As mais antigas não aparecem aqui; GET /tasks lista todas.",
    from: |who| format!("de {who}"),
    place: |n| format!("{n}ª na espera"),
    attempt: |n| format!("tentativa {n}"),
    forgotten: "registro apagado",
    forgotten_hint: "Quem a enviou apagou o registro: a API não a conhece mais. O trabalho não é afetado.",
    with_boxes: "com caixas",
    took: |time| format!("levou {time}"),
    stage_left: |time| format!("faltam {time} nesta etapa"),
    whole_left: |time| format!("cerca de {time} até o fim"),
    stalled_hint: "Pode estar lento ou travado. Cancelar sempre funciona.",
    progress_of: |name| format!("Andamento de {name}"),
    cancel: "Cancelar",
    cancel_of: |name| format!("Cancelar {name}"),
    take_out: |name| format!("Tirar {name} da espera"),
    pause_of: |name| format!("Pausar {name}"),
    resume_of: |name| format!("Retomar {name}"),
    continue_of: |name| format!("Continuar {name}"),
    again_of: |name| format!("Tentar {name} de novo"),
    anew_of: |name| format!("Refazer {name} do início"),
    forget: |name| format!("Esquecer {name}; os resultados prontos ficam onde estão"),
    video: "Vídeo",
    model: "Modelo",
    boxes: "Caixas",
    boxes_hint: "dadas por quem enviou; a detecção é dispensada",
    posted: "Enviada",
    posted_by: |who, when| format!("por {who}, {when}"),
    id: "ID",
    predictions: "Predições",
    visualization: "Vídeo anotado",
    no_visualization: "não foi pedido",
    to_come: "ainda não gravado",
    webhook: "Aviso do fim",
    open_video: "Ver vídeo",
    get_json: "Baixar JSON",
    empty: "Nenhuma tarefa ainda",
    empty_how: [
        "Pela API de tarefas, um script envia um vídeo com uma só linha e recebe um ID para acompanhar o trabalho.",
        "As tarefas começam sozinhas quando nenhuma página trabalha, continuam depois de um reinício e aparecem aqui assim que chegam.",
    ],
    all_over: "Nenhuma tarefa em trabalho",
};

const EN: Tarefas = Tarefas {
    lead: "Videos that other programs send through the task API: what waits, what works, what is over.",
    at_work: |n| if n == 1 { "at work, one at a time".into() } else { format!("at work, up to {n} at once") },
    waiting: |room| format!("waiting, room for {room}"),
    held: |page, video| format!("{page} is working on {video}."),
    held_tasks: |n| {
        if n == 1 {
            "One task waits: it begins when that work ends.".into()
        } else {
            format!("{} tasks wait: they begin when that work ends.", Locale::En.int(n))
        }
    },
    held_paused: "The queue of that page is paused.",
    filter: "Show one group only",
    all: "All",
    groups: ["At work", "Waiting", "Done", "Not finished"],
    search: "Search by video, model, sender or ID",
    none_found: "No task matches.",
    show_all: "Show all",
    title_work: "At work",
    title_waiting: "Waiting",
    title_ended: "Ended",
    more: |n| format!("Show {n} more"),
    older: "Older ones are not shown here; GET /tasks lists them all.",
    from: |who| format!("from {who}"),
    place: |n| format!("no. {n} in line"),
    attempt: |n| format!("attempt {n}"),
    forgotten: "record deleted",
    forgotten_hint: "Its sender deleted the record: the API does not know it any more. The work is not affected.",
    with_boxes: "with boxes",
    took: |time| format!("took {time}"),
    stage_left: |time| format!("{time} left in this stage"),
    whole_left: |time| format!("about {time} to the end"),
    stalled_hint: "It may be slow or stuck. Cancel always works.",
    progress_of: |name| format!("Progress of {name}"),
    cancel: "Cancel",
    cancel_of: |name| format!("Cancel {name}"),
    take_out: |name| format!("Take {name} out of the line"),
    pause_of: |name| format!("Pause {name}"),
    resume_of: |name| format!("Resume {name}"),
    continue_of: |name| format!("Continue {name}"),
    again_of: |name| format!("Try {name} again"),
    anew_of: |name| format!("Do {name} from the start"),
    forget: |name| format!("Forget {name}; finished results stay where they are"),
    video: "Video",
    model: "Model",
    boxes: "Boxes",
    boxes_hint: "given by its sender; detection is left out",
    posted: "Sent",
    posted_by: |who, when| format!("by {who}, {when}"),
    id: "ID",
    predictions: "Predictions",
    visualization: "Annotated video",
    no_visualization: "not asked for",
    to_come: "not written yet",
    webhook: "Webhook",
    open_video: "View video",
    get_json: "Get JSON",
    empty: "No tasks yet",
    empty_how: [
        "Through the task API a script sends a video with a single line and gets an ID to follow the work by.",
        "Tasks begin by themselves while no page works, go on after a restart, and appear here as soon as they come.",
    ],
    all_over: "No task at work",
};

const RU: Tarefas = Tarefas {
    lead: "Видео, которые другие программы присылают через API задач: что ждёт, что в работе и что закончено.",
    at_work: |n| {
        if n == 1 {
            "в работе, по одной".into()
        } else {
            format!("в работе, до {n} одновременно")
        }
    },
    waiting: |room| format!("ждут, мест: {room}"),
    held: |page, video| format!("«{page}» работает над {video}."),
    held_tasks: |n| {
        if n == 1 {
            "Одна задача ждёт и начнётся, когда эта работа закончится.".into()
        } else {
            let counted = Locale::Ru.counted(n, ["задача ждёт", "задачи ждут", "задач ждут"]);
            format!("{counted} и начнутся, когда эта работа закончится.")
        }
    },
    held_paused: "Очередь той страницы на паузе.",
    filter: "Показать только одну группу",
    all: "Все",
    groups: ["В работе", "Ждут", "Готовые", "Незавершённые"],
    search: "Поиск по видео, модели, отправителю или ID",
    none_found: "Ничего не найдено.",
    show_all: "Показать все",
    title_work: "В работе",
    title_waiting: "Ждут очереди",
    title_ended: "Закончены",
    more: |n| format!("Показать ещё {n}"),
    older: "Более старых здесь нет; GET /tasks перечисляет все.",
    from: |who| format!("от {who}"),
    place: |n| format!("{n}-я в очереди"),
    attempt: |n| format!("попытка {n}"),
    forgotten: "запись удалена",
    forgotten_hint: "Отправитель удалил запись: API больше не знает эту задачу. На работу это не влияет.",
    with_boxes: "с рамками",
    took: |time| format!("заняла {time}"),
    stage_left: |time| format!("до конца этапа {time}"),
    whole_left: |time| format!("всего ещё около {time}"),
    stalled_hint: "Возможно, медленно идёт или зависло. «Отменить» сработает всегда.",
    progress_of: |name| format!("Ход работы: {name}"),
    cancel: "Отменить",
    cancel_of: |name| format!("Отменить: {name}"),
    take_out: |name| format!("Убрать из очереди: {name}"),
    pause_of: |name| format!("Приостановить: {name}"),
    resume_of: |name| format!("Возобновить: {name}"),
    continue_of: |name| format!("Продолжить: {name}"),
    again_of: |name| format!("Повторить: {name}"),
    anew_of: |name| format!("Сделать с начала: {name}"),
    forget: |name| format!("Забыть {name}; готовые результаты останутся на месте"),
    video: "Видео",
    model: "Модель",
    boxes: "Рамки",
    boxes_hint: "даны отправителем; поиск людей не нужен",
    posted: "Отправлена",
    posted_by: |who, when| format!("{who}, {when}"),
    id: "ID",
    predictions: "Предсказания",
    visualization: "Видео с разметкой",
    no_visualization: "не запрошено",
    to_come: "ещё не записано",
    webhook: "Уведомление",
    open_video: "Смотреть видео",
    get_json: "Скачать JSON",
    empty: "Задач пока нет",
    empty_how: [
        "Через API задач скрипт одной строкой присылает видео и получает ID, по которому следит за работой.",
        "Задачи начинаются сами, когда ни одна страница не работает, продолжаются после перезапуска и появляются здесь сразу.",
    ],
    all_over: "В работе ничего нет",
};

/// A task's state in a word or two.
pub(crate) const fn state(locale: Locale, state: JobState) -> &'static str {
    let [pt_br, en, ru] = match state {
        JobState::Queued => ["na espera", "waiting", "ждёт"],
        JobState::Running(_) => ["em trabalho", "working", "в работе"],
        JobState::Paused(_) => ["pausada", "paused", "на паузе"],
        JobState::Completed => ["concluída", "done", "готова"],
        JobState::Failed => ["falhou", "failed", "сбой"],
        JobState::Cancelled => ["cancelada", "cancelled", "отменена"],
        JobState::Interrupted => ["interrompida", "interrupted", "прервана"],
    };
    match locale {
        Locale::PtBr => pt_br,
        Locale::En => en,
        Locale::Ru => ru,
    }
}

/// How far the telling of its end is; `over` when it has ended.
pub(crate) fn webhook(locale: Locale, view: &WebhookView, over: bool) -> String {
    let tries = u64::from(view.tries);
    let times = match locale {
        Locale::PtBr => locale.counted(tries, ["tentativa", "tentativas", "tentativas"]),
        Locale::En => locale.counted(tries, ["try", "tries", "tries"]),
        Locale::Ru => locale.counted(tries, ["попытки", "попыток", "попыток"]),
    };
    match (view.state, locale) {
        (WebhookState::Delivered, Locale::PtBr) => "entregue".into(),
        (WebhookState::Delivered, Locale::En) => "delivered".into(),
        (WebhookState::Delivered, Locale::Ru) => "доставлено".into(),
        (WebhookState::Waiting, Locale::PtBr) if !over => "será enviado quando a tarefa terminar".into(),
        (WebhookState::Waiting, Locale::En) if !over => "will be sent when the task ends".into(),
        (WebhookState::Waiting, Locale::Ru) if !over => "будет отправлено, когда задача закончится".into(),
        (WebhookState::Waiting, Locale::PtBr) if tries == 0 => "enviando…".into(),
        (WebhookState::Waiting, Locale::En) if tries == 0 => "sending…".into(),
        (WebhookState::Waiting, Locale::Ru) if tries == 0 => "отправляется…".into(),
        (WebhookState::Waiting, Locale::PtBr) => format!("sem resposta após {times}; será tentado de novo"),
        (WebhookState::Waiting, Locale::En) => format!("no answer after {times}; it will be tried again"),
        (WebhookState::Waiting, Locale::Ru) => format!("нет ответа после {times}; будет повторено"),
        (WebhookState::Failed, Locale::PtBr) => format!("não entregue após {times}"),
        (WebhookState::Failed, Locale::En) => format!("not delivered after {times}"),
        (WebhookState::Failed, Locale::Ru) => format!("не доставлено после {times}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Section as _;

    #[test]
    fn a_webhook_says_where_it_is() {
        let said = |locale, state, tries, over| {
            let view = WebhookView { url: "https://a/b".into(), state, tries, error: None };
            webhook(locale, &view, over).replace('\u{a0}', " ")
        };
        use WebhookState::{Delivered, Failed, Waiting};
        assert_eq!(said(Locale::En, Waiting, 0, false), "will be sent when the task ends");
        assert_eq!(said(Locale::En, Waiting, 0, true), "sending…");
        assert_eq!(said(Locale::PtBr, Waiting, 1, true), "sem resposta após 1 tentativa; será tentado de novo");
        assert_eq!(said(Locale::Ru, Failed, 21, true), "не доставлено после 21 попытки");
        assert_eq!(said(Locale::En, Delivered, 2, true), "delivered");
    }

    #[test]
    fn numbers_of_tasks_agree() {
        let held = |locale: Locale, n| (Tarefas::of(locale).held_tasks)(n).replace('\u{a0}', " ");
        assert!(held(Locale::PtBr, 1).starts_with("Uma tarefa espera"));
        assert!(held(Locale::En, 1200).starts_with("1,200 tasks wait"));
        assert!(held(Locale::Ru, 22).starts_with("22 задачи ждут"));
    }
}
