//! Where each page is.

use silhueta_shared::protocol::Page;

/// A page's address.
pub(crate) const fn path(page: Page) -> &'static str {
    match page {
        Page::Painel => "/painel",
        Page::Processar => "/processar",
        Page::Testes => "/testes",
        Page::AoVivo => "/ao-vivo",
        Page::Rostos => "/rostos",
        Page::Resultados => "/resultados",
        Page::Tarefas => "/tarefas",
        Page::Modelos => "/modelos",
        Page::Configuracoes => "/configuracoes",
    }
}

/// The page at an address.
pub(crate) fn page_at(address: &str) -> Option<Page> {
    let address = address.trim_end_matches('/');
    Page::ALL.into_iter().find(|page| path(*page) == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_at_its_address() {
        for page in Page::ALL {
            assert_eq!(page_at(path(page)), Some(page));
            assert_eq!(page_at(&format!("{}/", path(page))), Some(page));
        }
        assert_eq!(page_at("/"), None);
        assert_eq!(page_at("/processar/7"), None);
    }
}
