//! Builds the page without any tool but cargo: compiles `app` for wasm32, makes its bindings with the
//! library of wasm-bindgen, and writes the folder that the helper serves.
//!
//! `app/index.html` is the one source of what the page consists of, for this and for trunk: see [`crate::markup`].

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::markup::{self, Markup};
use crate::setup::wasm_target;
use crate::shell::{cargo, root, run, step, target};

/// The profile of the page, in the root's Cargo.toml.
const PROFILE: &str = "wasm";

/// The name of everything that wasm-bindgen writes; [`crate::markup`] links to it.
const BINDINGS: &str = "app";

/// The folder that the helper serves.
pub(crate) fn folder() -> PathBuf {
    target().join("page")
}

/// Builds the page; seconds when nothing changed.
pub(crate) fn build() -> Result<()> {
    wasm_target()?;
    step("building the page", || {
        let wasm32 = "wasm32-unknown-unknown";
        run(&mut cargo(&["build", "--quiet", "--target", wasm32, "--profile", PROFILE, "-p", "silhueta-app"]))?;
        let compiled = target().join(wasm32).join(PROFILE);
        let bound = compiled.join("bindings");
        bind(&compiled.join("silhueta-app.wasm"), &bound)?;
        assemble(&root().join("app"), &bound, &folder())
    })
}

/// Makes the bindings, unless they are those of this very file.
fn bind(wasm: &Path, into: &Path) -> Result<()> {
    let of = stamp(wasm)?;
    let note = into.join("of");
    if fs::read_to_string(&note).is_ok_and(|before| before == of) {
        return Ok(());
    }
    if into.exists() {
        fs::remove_dir_all(into).with_context(|| into.display().to_string())?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(BINDINGS).web(true)?.typescript(false);
    // Names of functions are a fifth of the file; what a panic says does not need them.
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(into).with_context(|| format!("bindings for {}", wasm.display()))?;
    // Written last: bindings that were cut off are made again.
    replace(&note, of.as_bytes())
}

/// What tells one build from another; cargo leaves a file that it need not build again untouched.
fn stamp(wasm: &Path) -> Result<String> {
    let about = fs::metadata(wasm).with_context(|| wasm.display().to_string())?;
    let age = about.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!("{} bytes, {} ns", about.len(), age.as_nanos()))
}

/// Writes the folder: index.html with our links, one style sheet, the files it names, and the bindings.
fn assemble(app: &Path, bindings: &Path, page: &Path) -> Result<()> {
    let read = |name: &str| {
        let path = app.join(name);
        fs::read(&path).with_context(|| format!("{}, which index.html names", path.display()))
    };
    let source = String::from_utf8(read("index.html")?).context("index.html is not UTF-8")?;
    let Markup { html, styles, copies } = markup::translate(&source)?;
    for file in fs::read_dir(app.join("styles"))? {
        let name = format!("styles/{}", file?.file_name().to_string_lossy());
        if name.ends_with(".css") && !styles.contains(&name) {
            bail!("{name} is not in app/index.html: nothing would ever load it");
        }
    }
    let mut sheet = Vec::new();
    for name in &styles {
        sheet.extend_from_slice(&read(name)?);
        sheet.push(b'\n');
    }
    fs::create_dir_all(page)?;
    for name in &copies {
        replace(&page.join(base_name(name)), &read(name)?)?;
    }
    replace(&page.join(markup::SHEET), &sheet)?;
    copy_all(bindings, page)?;
    // Last: it is what leads to all others.
    replace(&page.join("index.html"), html.as_bytes())
}

/// The bindings, with the folders that some crates' own scripts come in.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else if entry.file_name() != "of" {
            replace(&target, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// Writes a file as a whole, if its content is new: a helper may be serving it at this moment.
fn replace(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|now| now == content) {
        return Ok(());
    }
    let folder = path.parent().context("a file without a folder")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    everyone_reads(file.as_file())?;
    file.persist(path).with_context(|| path.display().to_string())?;
    Ok(())
}

/// Temporary files are the owner's alone; the page is nobody's secret.
fn everyone_reads(file: &fs::File) -> Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An app of two style sheets, and bindings for it.
    fn made() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            replace(&path, text.as_bytes()).unwrap();
        };
        write(
            "app/index.html",
            "<link data-trunk rel=\"css\" href=\"styles/b.css\">\n<link data-trunk rel=\"css\" href=\"styles/a.css\">\n\
             <link data-trunk rel=\"copy-file\" href=\"start.js\">\n<link data-trunk rel=\"rust\">\n",
        );
        write("app/styles/a.css", "a{}");
        write("app/styles/b.css", "b{}");
        write("app/start.js", "start()");
        write("bound/app.js", "bindings");
        write("bound/snippets/x/y.js", "snippet");
        write("bound/of", "a note");
        folder
    }

    #[test]
    fn the_folder_holds_one_sheet_in_the_order_of_the_links_and_all_that_is_named() {
        let made = made();
        let page = made.path().join("page");
        assemble(&made.path().join("app"), &made.path().join("bound"), &page).unwrap();
        let text = |name: &str| fs::read_to_string(page.join(name)).unwrap();
        assert_eq!(text("page.css"), "b{}\na{}\n");
        assert_eq!(text("start.js"), "start()");
        assert_eq!(text("app.js"), "bindings");
        assert_eq!(text("snippets/x/y.js"), "snippet");
        assert!(!page.join("of").exists());
        assert!(text("index.html").contains("page.css"));
    }

    #[test]
    fn a_style_sheet_that_nothing_loads_is_an_error() {
        let made = made();
        replace(&made.path().join("app/styles/c.css"), b"c{}").unwrap();
        let done = assemble(&made.path().join("app"), &made.path().join("bound"), &made.path().join("page"));
        assert!(done.unwrap_err().to_string().contains("styles/c.css"));
    }

    #[test]
    fn a_file_that_is_the_same_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        replace(&file, b"one").unwrap();
        let old = UNIX_EPOCH + std::time::Duration::from_secs(1000);
        fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
        replace(&file, b"one").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), old);
        replace(&file, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
    }
}
