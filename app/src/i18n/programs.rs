//! Words of the panel for people who write to the task API.

use super::section;

/// Every text of it.
pub(crate) struct Programs {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) post: &'static str,
    pub(crate) post_hint: &'static str,
    pub(crate) status: &'static str,
    pub(crate) status_hint: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) delete_hint: &'static str,
    pub(crate) upload: &'static str,
    pub(crate) upload_hint: &'static str,
    pub(crate) health: &'static str,
    /// A video's path, in place of which people write their own.
    pub(crate) example: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) docs_hint: &'static str,
    pub(crate) token: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) line_of: fn(&str) -> String,
}

section!(Programs);

const PT_BR: Programs = Programs {
    title: "Para programas",
    lead: "Cole no terminal: cada linha vale como está.",
    post: "Enviar um vídeo",
    post_hint: "O arquivo precisa estar nesta máquina. A resposta traz o task_id.",
    status: "Acompanhar uma tarefa",
    status_hint: "Troque ID pelo task_id que a resposta ao envio trouxe.",
    failed: "Listar as que falharam",
    cancel: "Cancelar uma tarefa",
    delete: "Apagar o registro",
    delete_hint: "Só o registro: o trabalho continua e os resultados ficam.",
    upload: "Enviar o próprio arquivo",
    upload_hint: "Para vídeos que não estão nesta máquina.",
    health: "Ver se o programa está bem",
    example: "/caminho/do/video.mp4",
    docs: "Documentação da API",
    docs_hint: "tudo o que ela aceita, com exemplos",
    token: "As linhas leem o token deste arquivo",
    secret: "Segredo que assina os avisos (webhooks)",
    line_of: |what| format!("Linha para: {what}"),
};

const EN: Programs = Programs {
    title: "For programs",
    lead: "Paste into a terminal: each line holds as it stands.",
    post: "Send a video",
    post_hint: "The file must be on this machine. The answer has the task_id.",
    status: "Follow a task",
    status_hint: "Put the task_id from the answer in place of ID.",
    failed: "List those that failed",
    cancel: "Cancel a task",
    delete: "Delete the record",
    delete_hint: "Only the record: the work goes on and results stay.",
    upload: "Send the file itself",
    upload_hint: "For videos that are not on this machine.",
    health: "See whether the helper is well",
    example: "/path/to/video.mp4",
    docs: "Documentation of the API",
    docs_hint: "all that it takes, with examples",
    token: "The lines read the token from this file",
    secret: "Secret that webhooks are signed with",
    line_of: |what| format!("Line for: {what}"),
};

const RU: Programs = Programs {
    title: "Для программ",
    lead: "Вставьте в терминал: каждая строка работает как есть.",
    post: "Отправить видео",
    post_hint: "Файл должен быть на этой машине. В ответе придёт task_id.",
    status: "Следить за задачей",
    status_hint: "Вместо ID подставьте task_id из ответа.",
    failed: "Показать те, что завершились сбоем",
    cancel: "Отменить задачу",
    delete: "Удалить запись",
    delete_hint: "Только запись: работа продолжится, результаты останутся.",
    upload: "Отправить сам файл",
    upload_hint: "Для видео, которых нет на этой машине.",
    health: "Узнать, всё ли в порядке",
    example: "/path/to/video.mp4",
    docs: "Документация API",
    docs_hint: "всё, что он принимает, с примерами",
    token: "Строки читают токен из этого файла",
    secret: "Секрет, которым подписываются уведомления",
    line_of: |what| format!("Строка: {what}"),
};
