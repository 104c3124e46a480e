//! Words of the pages that are still to come, and of Painel and Configurações.

use silhueta_shared::protocol::Page;

use super::{Locale, section};

/// A page to come.
pub(crate) struct Door {
    /// What it will do.
    pub(crate) will: &'static str,
    /// What can be done instead today.
    pub(crate) today: &'static str,
}

/// What a page that is not there yet says.
pub(crate) fn door(locale: Locale, page: Page) -> Door {
    let [pt_br, en, ru] = match page {
        Page::Testes => [
            (
                "Aqui você vai rodar modelos de ação treinados sobre vídeos já processados e ver, por pessoa, o que cada uma faz e quando.",
                "Hoje: processe os vídeos; os arquivos de poses que saem servem de entrada para o seu próprio modelo.",
            ),
            (
                "Here you will run trained action models over processed videos and see, for each person, what they do and when.",
                "Today: process videos; the pose files that come out are input for a model of your own.",
            ),
            (
                "Здесь можно будет запускать обученные модели действий на обработанных видео и видеть по каждому человеку, что он делает и когда.",
                "Сегодня: обработайте видео; файлы поз подойдут на вход вашей собственной модели.",
            ),
        ],
        Page::AoVivo => [
            (
                "Aqui você vai acompanhar câmeras ao vivo e contar pessoas que cruzam uma linha.",
                "Hoje: grave um trecho da câmera e processe o arquivo.",
            ),
            (
                "Here you will watch cameras live and count people who cross a line.",
                "Today: record a piece of the camera and process the file.",
            ),
            (
                "Здесь можно будет смотреть камеры вживую и считать людей, пересекающих линию.",
                "Сегодня: запишите отрывок с камеры и обработайте файл.",
            ),
        ],
        Page::Rostos => [
            (
                "Aqui vão ficar os melhores rostos vistos por cada câmera, com a nota de qualidade explicada.",
                "Hoje: a página Processar segue cada pessoa por todo o vídeo, sem guardar rostos.",
            ),
            (
                "Here the best faces seen by each camera will be kept, with their quality score explained.",
                "Today: the page Process follows each person through the whole video and keeps no faces.",
            ),
            (
                "Здесь будут лучшие лица с каждой камеры, с понятной оценкой качества.",
                "Сегодня: «Обработка» ведёт каждого человека через всё видео и лиц не хранит.",
            ),
        ],
        Page::Resultados => [
            (
                "Aqui você vai rever cada vídeo com os esqueletos, corrigir identidades e exportar para outros programas.",
                "Hoje: ao fim de cada execução, Processar oferece o vídeo anotado e os dados para abrir ou baixar.",
            ),
            (
                "Here you will go through each video with its skeletons, correct identities and export to other programs.",
                "Today: when a run ends, Process offers the annotated video and the data to open or download.",
            ),
            (
                "Здесь можно будет просматривать видео со скелетами, исправлять личности и выгружать данные в другие программы.",
                "Сегодня: в конце запуска «Обработка» даёт открыть видео с разметкой и скачать данные.",
            ),
        ],
        Page::Painel | Page::Processar | Page::Tarefas | Page::Modelos | Page::Configuracoes => {
            [("", ""), ("", ""), ("", "")]
        }
    };
    let (will, today) = match locale {
        Locale::PtBr => pt_br,
        Locale::En => en,
        Locale::Ru => ru,
    };
    Door { will, today }
}

/// Every text of Painel and Configurações.
pub(crate) struct Doors {
    pub(crate) not_yet: &'static str,
    pub(crate) go_processar: &'static str,
    pub(crate) painel_lead: &'static str,
    pub(crate) now: &'static str,
    pub(crate) idle: &'static str,
    /// Tasks at work, and those that wait.
    pub(crate) tasks: fn(&str, &str) -> String,
    pub(crate) last_jobs: &'static str,
    pub(crate) no_jobs: &'static str,
    pub(crate) machine: &'static str,
    pub(crate) machine_unknown: &'static str,
    pub(crate) processor: &'static str,
    pub(crate) cores: fn(u64) -> String,
    pub(crate) devices: &'static str,
    pub(crate) passed_over: &'static str,
    pub(crate) runtime: &'static str,
    pub(crate) codecs: &'static str,
    pub(crate) disk_free: &'static str,
    pub(crate) results_folder: &'static str,
    pub(crate) version: &'static str,
    pub(crate) configuracoes_lead: &'static str,
    pub(crate) appearance: &'static str,
    pub(crate) folders: &'static str,
    pub(crate) folders_hint: &'static str,
    pub(crate) no_folders: &'static str,
    pub(crate) close_folder: fn(&str) -> String,
    pub(crate) close: &'static str,
}

section!(Doors);

const PT_BR: Doors = Doors {
    not_yet: "Ainda não nesta versão",
    go_processar: "Ir para Processar",
    painel_lead: "O que a máquina faz agora e o que fez por último.",
    now: "Agora",
    idle: "Nenhuma página trabalha.",
    tasks: |active, waiting| format!("{active} em trabalho, {waiting} na espera"),
    last_jobs: "Últimos trabalhos",
    no_jobs: "Nenhum vídeo foi processado ainda.",
    machine: "Máquina",
    machine_unknown: "A máquina está sendo examinada…",
    processor: "Processador",
    cores: |n| if n == 1 { "1 núcleo".into() } else { format!("{n} núcleos") },
    devices: "Dispositivos",
    passed_over: "Indisponíveis",
    runtime: "ONNX Runtime",
    codecs: "Codecs",
    disk_free: "Espaço livre",
    results_folder: "Resultados em",
    version: "Versão",
    configuracoes_lead: "Valem para este navegador; as pastas valem para o programa.",
    appearance: "Aparência",
    folders: "Pastas abertas",
    folders_hint: "Só o que está nelas pode ser escolhido pelo navegador. Fechar uma pasta não apaga nada.",
    no_folders: "Nenhuma pasta está aberta. Abra uma em Processar.",
    close_folder: |path| format!("Fechar {path}"),
    close: "Fechar",
};

const EN: Doors = Doors {
    not_yet: "Not in this version yet",
    go_processar: "Go to Process",
    painel_lead: "What the machine is doing now, and did last.",
    now: "Now",
    idle: "No page is working.",
    tasks: |active, waiting| format!("{active} at work, {waiting} waiting"),
    last_jobs: "Last jobs",
    no_jobs: "No video has been processed yet.",
    machine: "Machine",
    machine_unknown: "The machine is being looked at…",
    processor: "Processor",
    cores: |n| if n == 1 { "1 core".into() } else { format!("{n} cores") },
    devices: "Devices",
    passed_over: "Not available",
    runtime: "ONNX Runtime",
    codecs: "Codecs",
    disk_free: "Free space",
    results_folder: "Results in",
    version: "Version",
    configuracoes_lead: "For this browser; the folders are the helper's.",
    appearance: "Appearance",
    folders: "Open folders",
    folders_hint: "Only what is in them can be chosen from the browser. Closing a folder deletes nothing.",
    no_folders: "No folder is open. Open one in Process.",
    close_folder: |path| format!("Close {path}"),
    close: "Close",
};

const RU: Doors = Doors {
    not_yet: "В этой версии ещё нет",
    go_processar: "К обработке",
    painel_lead: "Что машина делает сейчас и что делала недавно.",
    now: "Сейчас",
    idle: "Ни одна страница не работает.",
    tasks: |active, waiting| format!("в работе {active}, ждут {waiting}"),
    last_jobs: "Последние работы",
    no_jobs: "Ни одно видео ещё не обработано.",
    machine: "Машина",
    machine_unknown: "Машина проверяется…",
    processor: "Процессор",
    cores: |n| Locale::Ru.counted(n, ["ядро", "ядра", "ядер"]),
    devices: "Устройства",
    passed_over: "Недоступны",
    runtime: "ONNX Runtime",
    codecs: "Кодеки",
    disk_free: "Свободно",
    results_folder: "Результаты в",
    version: "Версия",
    configuracoes_lead: "Для этого браузера; папки — для программы.",
    appearance: "Вид",
    folders: "Открытые папки",
    folders_hint: "Из браузера можно выбрать только то, что в них лежит. Закрытие папки ничего не удаляет.",
    no_folders: "Открытых папок нет. Откройте папку в «Обработке».",
    close_folder: |path| format!("Закрыть {path}"),
    close: "Закрыть",
};
