//! Languages, themes and sizes: everything paints, nothing complains, nothing is out of reach.

use silhueta_e2e::Processar;
use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;

use super::JOB;

const PAGES: [&str; 9] =
    ["painel", "processar", "testes", "ao-vivo", "rostos", "resultados", "tarefas", "modelos", "configuracoes"];

#[test]
fn three_languages_and_two_themes_paint_without_a_complaint() {
    journey("page: languages and themes", async |server, browser| {
        let page = Processar::open(browser, &server.address).await;
        let tab = &page.tab;
        let mut titles = std::collections::BTreeSet::new();
        for theme in ["dark", "light"] {
            tab.select("theme", theme).await;
            tab.wait("the theme", SOON, &format!("document.documentElement.dataset.theme === '{theme}'")).await;
            for locale in ["pt-BR", "en", "ru"] {
                tab.select("locale", locale).await;
                tab.wait("the language", SOON, &format!("document.documentElement.lang === '{locale}'")).await;
                for name in PAGES {
                    tab.click(&format!("nav-{}", name.replace('-', "_"))).await;
                    tab.wait(name, SOON, &format!("location.pathname === '/{name}'")).await;
                    tab.see("main h1, main h2", SOON).await;
                    titles.insert((name, tab.text("main h1, main h2").await));
                }
            }
            // The choice outlives a reload.
            tab.reload().await;
            page.connected().await;
            tab.wait("the theme again", SOON, &format!("document.documentElement.dataset.theme === '{theme}'")).await;
            assert_eq!(tab.eval::<String>("document.documentElement.lang").await, "ru");
        }
        // Pages have titles of their own in each language.
        assert!(titles.len() >= 9 * 2, "{titles:?}");
        tab.assert_quiet();
    });
}

#[test]
fn a_narrow_window_reaches_every_function_and_a_wide_one_is_filled() {
    journey("page: sizes", async |server, browser| {
        server.clip("crossing_360p.mp4", "crossing.mp4", 30);
        let page = Processar::open(browser, &server.address).await;
        let tab = &page.tab;
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        for (width, height) in [(2560, 1440), (1920, 1080), (1280, 800), (768, 1024), (390, 844)] {
            tab.resize(width, height).await;
            for locale in ["pt-BR", "en", "ru"] {
                tab.see("locale", SOON).await;
                tab.eval::<serde_json::Value>(&format!(
                    "(() => {{ const e = document.querySelector(\"[data-testid='locale']\"); e.value = '{locale}'; \
                     e.dispatchEvent(new Event('change', {{bubbles: true}})); return null; }})()"
                ))
                .await;
                tab.wait("the language", SOON, &format!("document.documentElement.lang === '{locale}'")).await;
                tab.wait(&format!("no scrolling sideways at {width} in {locale}"), SOON, fits).await;
            }
        }
        // The whole way at 390 pixels, by touch of what is to be seen.
        page.pick(server, &["crossing.mp4"]).await;
        page.small_networks().await;
        page.turn("preview-toggle", false).await;
        page.turn("preview-toggle", true).await;
        page.start().await;
        tab.click("pause").await;
        page.video("crossing.mp4", "paused", SOON).await;
        tab.click("resume").await;
        page.video("crossing.mp4", "completed", JOB).await;
        tab.see("results", SOON).await;
        tab.wait("no scrolling sideways with results", SOON, fits).await;
        for name in ["configuracoes", "modelos", "processar"] {
            // The menu closes behind each choice.
            tab.click(".topbar button").await;
            tab.click(&format!("nav-{name}")).await;
            tab.wait(name, SOON, &format!("location.pathname === '/{name}'")).await;
            tab.wait(&format!("no scrolling sideways on {name}"), SOON, fits).await;
        }
        tab.assert_quiet();
    });
}
