//! Columns that stand under each other.

/// Lines of a table: the first column to the left, the others to the right, two spaces between.
pub(super) fn lines(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let length = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
    let width = |column| rows.iter().map(|row| length(row, column)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cell = |(column, (cell, &width)): (usize, (&String, &usize))| {
            if column == 0 { format!("{cell:width$}") } else { format!("  {cell:>width$}") }
        };
        row.iter().zip(&widths).enumerate().map(cell).collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A share in percent, as precise as the field's tables.
pub(super) fn percent(share: f64) -> String {
    format!("{:.3}", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [["", "HOTA", "IDSW"], ["über", &percent(0.701_967_7), "57"], ["b", &percent(-1.0), "1234567"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let wanted = ["          HOTA     IDSW", "über    70.197       57", "b     -100.000  1234567"];
        assert_eq!(lines(&rows), wanted);
    }
}
