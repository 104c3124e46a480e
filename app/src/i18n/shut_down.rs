//! Words of the button that ends the helper.

use super::section;

/// Every text of it.
pub(crate) struct ShutDownTexts {
    pub(crate) title: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) button: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) question: &'static str,
    pub(crate) question_at_work: fn(&str) -> String,
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
};
