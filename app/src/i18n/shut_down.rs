//! Words of the button that ends the helper.

use super::{Locale, section};

/// Every text of it.
pub(crate) struct ShutDownTexts {
    pub(crate) title: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) button: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) question: &'static str,
    pub(crate) question_at_work: fn(&str) -> String,
    /// Only tasks of scripts are under way.
    pub(crate) question_tasks: fn(u64) -> String,
}

section!(ShutDownTexts);

const PT_BR: ShutDownTexts = ShutDownTexts {
    title: "Encerrar o programa",
    hint: "Faz o mesmo que Ctrl+C no terminal. Para voltar, execute silhueta serve.",
    button: "Encerrar",
    cancel: "Cancelar",
    question: "Encerrar o programa? Nada está em andamento.",
    question_at_work: |video| {
        format!("Encerrar o programa? {video} está em andamento e será interrompido; o que já foi feito é guardado.")
    },
    question_tasks: |n| {
        let tasks = Locale::PtBr.counted(n, ["tarefa vai continuar", "tarefas vão continuar", "tarefas vão continuar"]);
        format!("Encerrar o programa? Quando ele voltar, {tasks} sem perder o que já foi feito.")
    },
};

const EN: ShutDownTexts = ShutDownTexts {
    title: "Shut down the program",
    hint: "Does what Ctrl+C in the terminal does. To come back, run silhueta serve.",
    button: "Shut down",
    cancel: "Cancel",
    question: "Shut the program down? Nothing is at work.",
    question_at_work: |video| {
        format!("Shut the program down? {video} is at work and will be interrupted; what is done so far is kept.")
    },
    question_tasks: |n| {
        let tasks = Locale::En.counted(n, ["task goes on", "tasks go on", "tasks go on"]);
        format!("Shut the program down? When it is back, {tasks}; what is done so far is kept.")
    },
};

const RU: ShutDownTexts = ShutDownTexts {
    title: "Завершить программу",
    hint: "То же, что Ctrl+C в терминале. Чтобы вернуться, выполните silhueta serve.",
    button: "Завершить",
    cancel: "Отмена",
    question: "Завершить программу? Сейчас ничего не выполняется.",
    question_at_work: |video| {
        format!("Завершить программу? {video} ещё обрабатывается и будет прервано; уже сделанное сохранится.")
    },
    question_tasks: |n| {
        let tasks = Locale::Ru.counted(n, ["задача продолжится", "задачи продолжатся", "задач продолжатся"]);
        format!("Завершить программу? После нового запуска {tasks}; уже сделанное сохранится.")
    },
};
