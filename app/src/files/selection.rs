//! Which videos are chosen, and where the keyboard is. What was chosen in one folder stays chosen in the next.

use silhueta_shared::protocol::{Entry, EntryKind, RootId};

/// A file: its root and its path below it.
pub(super) type Place = (RootId, String);

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) entry: Entry,
    pub(super) place: Place,
}

impl Row {
    /// Whether it can be chosen.
    pub(super) fn is_video(&self) -> bool {
        self.entry.kind == EntryKind::Video
    }
}

/// Chosen videos, in the order they were chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    chosen: Vec<Place>,
    cursor: usize,
    /// Where a range begins.
    anchor: usize,
}

impl Selection {
    /// In the order they were chosen.
    pub(super) fn chosen(&self) -> &[Place] {
        &self.chosen
    }

    /// Whether this one is.
    pub(super) fn holds(&self, place: &Place) -> bool {
        self.chosen.contains(place)
    }

    /// The line that the keyboard is on.
    pub(super) const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Another folder, or other lines of it: the keyboard begins at the top.
    pub(super) fn home(&mut self) {
        (self.cursor, self.anchor) = (0, 0);
    }

    /// Nothing is chosen.
    pub(super) fn clear(&mut self) {
        self.chosen.clear();
    }

    /// A click on a line, or the space bar: chooses it or no longer; with `range`, all from the last one on.
    pub(super) fn press(&mut self, rows: &[Row], at: usize, range: bool) {
        self.cursor = at;
        if range {
            self.take(rows, self.anchor.min(at), self.anchor.max(at));
            return;
        }
        self.anchor = at;
        let Some(row) = rows.get(at).filter(|row| row.is_video()) else { return };
        if self.holds(&row.place) {
            self.chosen.retain(|place| *place != row.place);
        } else {
            self.chosen.push(row.place.clone());
        }
    }

    /// Moves the keyboard by so many lines; with `range`, all it passes are chosen.
    pub(super) fn step(&mut self, rows: &[Row], by: isize, range: bool) {
        let last = rows.len().saturating_sub(1);
        self.cursor = self.cursor.min(last).saturating_add_signed(by).min(last);
        if range {
            self.take(rows, self.anchor.min(self.cursor), self.anchor.max(self.cursor));
        } else {
            self.anchor = self.cursor;
        }
    }

    /// Chooses every video of the list.
    pub(super) fn all(&mut self, rows: &[Row]) {
        self.take(rows, 0, rows.len().saturating_sub(1));
    }

    fn take(&mut self, rows: &[Row], from: usize, to: usize) {
        for row in rows.iter().take(to + 1).skip(from).filter(|row| row.is_video()) {
            if !self.holds(&row.place) {
                self.chosen.push(row.place.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |name: &str| {
            let kind = if name.contains('.') { EntryKind::Video } else { EntryKind::Folder };
            let entry = Entry { name: name.into(), kind, size: 1, changed: 0 };
            Row { entry, place: (RootId::new(1).unwrap(), format!("dia/{name}")) }
        };
        ["noite", "a.mp4", "b.mp4", "c.mp4"].map(row).to_vec()
    }

    fn names(selection: &Selection) -> Vec<&str> {
        selection.chosen().iter().map(|(_, path)| path.strip_prefix("dia/").unwrap()).collect()
    }

    #[test]
    fn a_click_chooses_and_a_second_one_no_longer() {
        let (rows, mut selection) = (rows(), Selection::default());
        selection.press(&rows, 3, false);
        selection.press(&rows, 1, false);
        assert_eq!(names(&selection), ["c.mp4", "a.mp4"], "in the order chosen");
        selection.press(&rows, 3, false);
        assert_eq!(names(&selection), ["a.mp4"]);
    }

    #[test]
    fn a_range_is_from_the_last_click_and_leaves_folders_out() {
        let (rows, mut selection) = (rows(), Selection::default());
        selection.press(&rows, 2, false);
        selection.press(&rows, 0, true);
        assert_eq!(names(&selection), ["b.mp4", "a.mp4"]);
        selection.press(&rows, 3, true);
        assert_eq!(names(&selection), ["b.mp4", "a.mp4", "c.mp4"]);
    }

    #[test]
    fn the_keyboard_stays_in_the_list() {
        let (rows, mut selection) = (rows(), Selection::default());
        selection.step(&rows, -1, false);
        assert_eq!(selection.cursor(), 0);
        selection.step(&rows, 100, false);
        assert_eq!(selection.cursor(), 3);
        selection.step(&rows, -1, true);
        assert_eq!(names(&selection), ["b.mp4", "c.mp4"]);
        selection.step(&[], 1, true);
        assert_eq!(selection.cursor(), 0);
    }

    #[test]
    fn all_is_every_video_and_what_is_elsewhere_stays() {
        let (rows, mut selection) = (rows(), Selection::default());
        selection.chosen.push((RootId::new(2).unwrap(), "x.mp4".into()));
        selection.all(&rows);
        selection.all(&rows);
        assert_eq!(selection.chosen().len(), 4);
        selection.home();
        assert_eq!((selection.chosen().len(), selection.cursor()), (4, 0));
        selection.clear();
        assert!(selection.chosen().is_empty());
    }
}
