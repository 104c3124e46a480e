//! A folder's lines: what the filter leaves of them, and the way up.

use silhueta_shared::protocol::{Listing, RootId};

use super::selection::Row;

/// The lines of a listing whose name holds every word of `filter`, in any case.
pub(super) fn rows(listing: &Listing, filter: &str) -> Vec<Row> {
    let filter = filter.to_lowercase();
    let words: Vec<&str> = filter.split_whitespace().collect();
    let fits = |name: &str| {
        let name = name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let left = listing.entries.iter().filter(|entry| fits(&entry.name));
    left.map(|entry| Row { entry: entry.clone(), place: (listing.root, below(&listing.path, &entry.name)) }).collect()
}

/// The path of a name in a folder.
fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder above; none above the root itself.
pub(super) fn above(path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    Some(path.rsplit_once('/').map_or_else(String::new, |(above, _)| above.to_owned()))
}

/// The way from the root to a folder: a name and a path each.
pub(super) fn crumbs(root: &str, path: &str) -> Vec<(String, String)> {
    let mut crumbs = vec![(base_name(root).to_owned(), String::new())];
    let mut so_far = String::new();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        so_far = below(&so_far, name);
        crumbs.push((name.to_owned(), so_far.clone()));
    }
    crumbs
}

/// The last part of a path of the helper's system; all of it where there is no such part.
pub(super) fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches(['/', '\\']);
    trimmed.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(path)
}

/// Which of `roots` a path that was just opened is: the one that is new, else the one of that name.
pub(super) fn opened(before: &[RootId], roots: &[(RootId, String)], path: &str) -> Option<RootId> {
    let trim = |path: &str| path.trim().trim_end_matches(['/', '\\']).to_owned();
    let new = roots.iter().find(|(id, _)| !before.contains(id));
    new.or_else(|| roots.iter().find(|(_, known)| trim(known) == trim(path))).map(|(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::protocol::{Entry, EntryKind};

    fn root(n: u64) -> RootId {
        RootId::new(n).unwrap()
    }

    #[test]
    fn the_filter_wants_every_word_in_any_case_and_place() {
        let entry = |name: &str| Entry { name: name.into(), kind: EntryKind::Video, size: 1, changed: 0 };
        let entries = ["Rua_Centro_0412.mp4", "rua_norte_0412.mp4", "AÇÃO.mkv"].map(entry).to_vec();
        let listing = Listing { root: root(1), path: "abril/dia 4".into(), entries, cut: false };
        let left = |filter: &str| rows(&listing, filter).into_iter().map(|row| row.place.1).collect::<Vec<_>>();
        assert_eq!(left("0412 centro"), ["abril/dia 4/Rua_Centro_0412.mp4"]);
        assert_eq!((left("").len(), left("  ").len(), left("ação").len(), left("sul").len()), (3, 3, 1, 0));
        let top = Listing { path: String::new(), ..listing };
        assert_eq!(rows(&top, "ação")[0].place, (root(1), "AÇÃO.mkv".into()));
    }

    #[test]
    fn crumbs_lead_to_every_folder_on_the_way() {
        let said = crumbs("/home/ana/vídeos/", "abril/dia 4");
        let expected = [("vídeos", ""), ("abril", "abril"), ("dia 4", "abril/dia 4")];
        assert_eq!(said, expected.map(|(name, path)| (name.to_owned(), path.to_owned())));
        assert_eq!(crumbs("D:\\lab", ""), [("lab".to_owned(), String::new())]);
        assert_eq!((base_name("/"), base_name("C:\\")), ("/", "C:"));
    }

    #[test]
    fn the_way_up_ends_at_the_root() {
        assert_eq!(above("a/b"), Some("a".into()));
        assert_eq!(above("a"), Some(String::new()));
        assert_eq!(above(""), None);
    }

    #[test]
    fn a_folder_that_was_open_before_is_gone_to_all_the_same() {
        let roots = [(root(1), "/v".to_owned()), (root(3), "/w".to_owned())];
        assert_eq!(opened(&[root(1)], &roots, "/w/"), Some(root(3)));
        assert_eq!(opened(&[root(1), root(3)], &roots, " /v/ "), Some(root(1)));
        assert_eq!(opened(&[root(1), root(3)], &roots, "/link-to-v"), None);
    }
}
