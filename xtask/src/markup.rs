//! `app/index.html` is written for trunk; this turns its `data-trunk` links into those of the folder that
//! the helper serves, where nothing is inline and everything has a fixed name.

use anyhow::{Context as _, Result, bail};

/// The one style sheet.
pub(crate) const SHEET: &str = "page.css";

/// Fetched while the page is still being read: both are needed before anything works.
const APP: &str = concat!(
    "<link rel=\"modulepreload\" href=\"/app.js\">",
    "<link rel=\"preload\" href=\"/app_bg.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin>",
);

/// A page's text and what it needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Markup {
    /// The text to serve.
    pub(crate) html: String,
    /// Style sheets, in the order that they apply in.
    pub(crate) styles: Vec<String>,
    /// Files to put beside it.
    pub(crate) copies: Vec<String>,
}

/// Reads the links of `source`; each must stand in a tag of its own.
pub(crate) fn translate(source: &str) -> Result<Markup> {
    let mut markup = Markup { html: String::with_capacity(source.len()), styles: Vec::new(), copies: Vec::new() };
    let mut rest = source;
    while let Some(at) = rest.find("<link data-trunk ") {
        let (before, tag) = rest.split_at(at);
        let end = tag.find('>').context("a link without an end")?;
        let (tag, after) = tag.split_at(end + 1);
        markup.html.push_str(before);
        rest = after;
        let href = || attribute(tag, "href").with_context(|| format!("{tag} has no href"));
        match attribute(tag, "rel").unwrap_or_default() {
            "css" => {
                if markup.styles.is_empty() {
                    markup.html.push_str(&format!("<link rel=\"stylesheet\" href=\"/{SHEET}\">"));
                }
                markup.styles.push(href()?.to_owned());
            }
            "icon" => {
                let name = href()?;
                markup.copies.push(name.to_owned());
                markup.html.push_str(&format!("<link rel=\"icon\" href=\"/{name}\">"));
            }
            "copy-file" => markup.copies.push(href()?.to_owned()),
            "rust" => markup.html.push_str(APP),
            other => bail!("nobody knows here what {other} means in {tag}"),
        }
        // A link that leaves nothing behind takes its line with it.
        if markup.html.ends_with(' ')
            && let Some(next) = rest.strip_prefix('\n')
        {
            markup.html.truncate(markup.html.trim_end_matches(' ').len());
            rest = next;
        }
    }
    markup.html.push_str(rest);
    if markup.html.contains("data-trunk") {
        bail!("index.html has a data-trunk that is not written as <link data-trunk …>");
    }
    Ok(markup)
}

/// The value of an attribute in double quotes.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_for_trunk_become_ours_and_the_rest_stays() {
        let source = "<head>\n  <link data-trunk rel=\"icon\" href=\"icon.svg\">\n  <link data-trunk rel=\"css\" href=\"styles/a.css\">\n  \
                      <link data-trunk rel=\"css\" href=\"styles/b.css\">\n  <link data-trunk rel=\"copy-file\" href=\"start.js\">\n  \
                      <link data-trunk rel=\"rust\" data-bin=\"silhueta-app\">\n  <script src=\"/start.js\"></script>\n</head>\n";
        let html = format!(
            "<head>\n  <link rel=\"icon\" href=\"/icon.svg\">\n  <link rel=\"stylesheet\" href=\"/page.css\">\n  {APP}\n  \
             <script src=\"/start.js\"></script>\n</head>\n"
        );
        let styles = vec!["styles/a.css".to_owned(), "styles/b.css".to_owned()];
        let copies = vec!["icon.svg".to_owned(), "start.js".to_owned()];
        assert_eq!(translate(source).unwrap(), Markup { html, styles, copies });
    }

    #[test]
    fn what_would_be_lost_is_an_error() {
        assert!(translate("<link data-trunk rel=\"scss\" href=\"a.scss\">").is_err());
        assert!(translate("<link data-trunk rel=\"css\">").is_err());
        assert!(translate("<link rel=\"css\" data-trunk href=\"a.css\">").is_err());
    }

    /// The security policy allows nothing inline.
    #[test]
    fn the_page_has_no_inline_script_or_style() {
        let html = translate(include_str!("../../app/index.html")).unwrap().html;
        assert!(!html.contains("<style") && !html.contains(" style="));
        for script in html.split("<script").skip(1) {
            let (tag, body) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\"/") && body.starts_with("</script>"), "inline: <script{tag}");
        }
        let mut tags = html.split('<').filter_map(|tag| tag.split('>').next());
        assert!(tags.all(|tag| !tag.contains(" on")), "an inline handler");
    }
}
