//! A sentence for each refusal of the helper.

use silhueta_shared::protocol::{ErrorCode, WireError};

use super::Locale;

/// What a refusal says to a person; the helper's own English words are its detail.
pub(crate) fn refusal(locale: Locale, error: &WireError) -> &'static str {
    match locale {
        Locale::PtBr => pt_br(error.code),
        Locale::En => en(error.code),
        Locale::Ru => ru(error.code),
    }
}

const fn pt_br(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Malformed | ErrorCode::OutOfOrder => "A página e o programa não se entenderam. Recarregue a página.",
        ErrorCode::UnsupportedProtocol => "O programa é de outra versão. Recarregue a página.",
        ErrorCode::BadValue => "Um dos valores não pode ser usado.",
        ErrorCode::PageLocked => "Outra página está trabalhando. Espere terminar ou pare o trabalho lá.",
        ErrorCode::NotFound => "Isso não existe mais.",
        ErrorCode::IllegalState => "Agora não dá: o trabalho está em outro estado.",
        ErrorCode::OutsideRoots => "O arquivo não está em uma pasta aberta. Abra a pasta primeiro.",
        ErrorCode::PathNotAllowed => "No navegador, escolha os arquivos em uma pasta aberta ou envie-os.",
        ErrorCode::NotAVideo => "O arquivo não pode ser lido como vídeo.",
        ErrorCode::ModelUnfit => "Falta um modelo, ou o escolhido não serve.",
        ErrorCode::NotAModel => "O arquivo não pode ser usado como modelo.",
        ErrorCode::NeedsExport => "O arquivo tem só pesos, sem a rede. Exporte-o uma vez para ONNX.",
        ErrorCode::NameTaken => "Já existe outro modelo com esse nome.",
        ErrorCode::InUse => "Está em uso agora. Espere terminar ou pare o trabalho.",
        ErrorCode::Offline => "Sem acesso à rede, ou o servidor não responde.",
        ErrorCode::NotDelivered => "Nenhum endereço entregou o modelo. Tente mais tarde ou traga o arquivo.",
        ErrorCode::WrongDigest => "O que chegou não é o arquivo certo e foi descartado.",
        ErrorCode::DiskFull => "Não há espaço livre no disco.",
        ErrorCode::Forbidden => "O programa não aceita pedidos deste endereço.",
        ErrorCode::Unauthorized => "É preciso um código de acesso.",
        ErrorCode::TooLarge => "É maior do que o permitido.",
        ErrorCode::QuotaExceeded => "Não há mais espaço para envios.",
        ErrorCode::Closing => "Sem conexão com o programa. Tente de novo quando ele voltar.",
        ErrorCode::Internal => "O programa falhou nisso. O registro dele diz mais.",
    }
}

const fn en(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Malformed | ErrorCode::OutOfOrder => {
            "Page and helper did not understand each other. Reload the page."
        }
        ErrorCode::UnsupportedProtocol => "The helper is of another version. Reload the page.",
        ErrorCode::BadValue => "One of the values can't be used.",
        ErrorCode::PageLocked => "Another page is working. Wait until it ends, or stop it there.",
        ErrorCode::NotFound => "That is not there any more.",
        ErrorCode::IllegalState => "Not now: the work is in another state.",
        ErrorCode::OutsideRoots => "The file is not in an open folder. Open its folder first.",
        ErrorCode::PathNotAllowed => "In a browser, choose files from an open folder or upload them.",
        ErrorCode::NotAVideo => "The file can't be read as a video.",
        ErrorCode::ModelUnfit => "A model is missing, or the chosen one doesn't fit.",
        ErrorCode::NotAModel => "The file can't be used as a model.",
        ErrorCode::NeedsExport => "The file holds only weights, no network. Export it to ONNX once.",
        ErrorCode::NameTaken => "There is another model of that name.",
        ErrorCode::InUse => "It is in use now. Wait until that ends, or stop it.",
        ErrorCode::Offline => "There is no network, or the server can't be reached.",
        ErrorCode::NotDelivered => "No address gave the model. Try again later, or bring its file.",
        ErrorCode::WrongDigest => "What came is not the right file and was thrown away.",
        ErrorCode::DiskFull => "There is no room on the disk.",
        ErrorCode::Forbidden => "The helper takes no requests from this address.",
        ErrorCode::Unauthorized => "An access code is needed.",
        ErrorCode::TooLarge => "That is more than is allowed.",
        ErrorCode::QuotaExceeded => "There is no room left for uploads.",
        ErrorCode::Closing => "No connection to the helper. Try again when it is back.",
        ErrorCode::Internal => "The helper failed at this. Its log says more.",
    }
}

const fn ru(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Malformed | ErrorCode::OutOfOrder => {
            "Страница и программа не поняли друг друга. Перезагрузите страницу."
        }
        ErrorCode::UnsupportedProtocol => "Программа другой версии. Перезагрузите страницу.",
        ErrorCode::BadValue => "Одно из значений не подходит.",
        ErrorCode::PageLocked => "Работает другая страница. Дождитесь конца или остановите её там.",
        ErrorCode::NotFound => "Этого больше нет.",
        ErrorCode::IllegalState => "Сейчас нельзя: работа в другом состоянии.",
        ErrorCode::OutsideRoots => "Файл не в открытой папке. Сначала откройте его папку.",
        ErrorCode::PathNotAllowed => "В браузере выбирайте файлы из открытой папки или загружайте их.",
        ErrorCode::NotAVideo => "Файл не читается как видео.",
        ErrorCode::ModelUnfit => "Не хватает модели, или выбранная не подходит.",
        ErrorCode::NotAModel => "Файл нельзя использовать как модель.",
        ErrorCode::NeedsExport => "В файле только веса, без сети. Один раз экспортируйте его в ONNX.",
        ErrorCode::NameTaken => "Модель с таким именем уже есть.",
        ErrorCode::InUse => "Сейчас используется. Дождитесь конца или остановите работу.",
        ErrorCode::Offline => "Нет сети, или сервер недоступен.",
        ErrorCode::NotDelivered => "Ни один адрес не отдал модель. Повторите позже или принесите файл.",
        ErrorCode::WrongDigest => "Пришёл не тот файл, он удалён.",
        ErrorCode::DiskFull => "На диске нет места.",
        ErrorCode::Forbidden => "Программа не принимает запросы с этого адреса.",
        ErrorCode::Unauthorized => "Нужен код доступа.",
        ErrorCode::TooLarge => "Это больше, чем разрешено.",
        ErrorCode::QuotaExceeded => "Для загрузок больше нет места.",
        ErrorCode::Closing => "Нет связи с программой. Повторите, когда она вернётся.",
        ErrorCode::Internal => "У программы это не получилось. Подробности в её журнале.",
    }
}
