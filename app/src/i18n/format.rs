//! Numbers, sizes and times as people of each language write them. Spaces inside a figure do not break.

use super::Locale;

/// No-break space.
const NB: char = '\u{a0}';

/// Which form a counted noun takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plural {
    One,
    Few,
    Many,
}

/// A noun in its forms: one, few (2–4 in Russian; elsewhere as many), many.
pub(crate) type Forms = [&'static str; 3];

impl Locale {
    /// The form after a number.
    pub(crate) const fn plural(self, n: u64) -> Plural {
        match self {
            // Portuguese counts "0 quadro" and "1 quadro".
            Self::PtBr if n < 2 => Plural::One,
            Self::En if n == 1 => Plural::One,
            Self::PtBr | Self::En => Plural::Many,
            Self::Ru => match (n % 10, n % 100) {
                (_, 11..=14) => Plural::Many,
                (1, _) => Plural::One,
                (2..=4, _) => Plural::Few,
                _ => Plural::Many,
            },
        }
    }

    /// `18.812 quadros`.
    pub(crate) fn counted(self, n: u64, forms: Forms) -> String {
        format!("{}{NB}{}", self.int(n), self.noun(n, forms))
    }

    /// The noun alone, as it is after a number.
    pub(crate) const fn noun(self, n: u64, [one, few, many]: Forms) -> &'static str {
        match self.plural(n) {
            Plural::One => one,
            Plural::Few => few,
            Plural::Many => many,
        }
    }

    /// Thousands apart: `18.812`, `18,812`, `18 812`. Four digits stand alone in Russian only.
    pub(crate) fn int(self, n: u64) -> String {
        let digits = n.to_string();
        if self == Self::Ru && digits.len() <= 4 {
            return digits;
        }
        let separator = match self {
            Self::PtBr => '.',
            Self::En => ',',
            Self::Ru => NB,
        };
        let mut text = String::with_capacity(digits.len() * 2);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// At most `places` decimals, without zeros at the end: `29,97`, `30`.
    pub(crate) fn decimal(self, value: f64, places: usize) -> String {
        let text = self.fixed(value, places);
        if !text.contains(self.decimal_sign()) {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches(self.decimal_sign()).to_owned()
    }

    /// Exactly `places` decimals.
    pub(crate) fn fixed(self, value: f64, places: usize) -> String {
        if !value.is_finite() {
            return "–".into();
        }
        let text = format!("{:.places$}", value.abs());
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let mut shown = whole.parse().map_or_else(|_| whole.to_owned(), |whole| self.int(whole));
        if !decimals.is_empty() {
            shown.push(self.decimal_sign());
            shown.push_str(decimals);
        }
        // What rounds to nothing has no sign.
        if value < 0.0 && shown.chars().any(|c| ('1'..='9').contains(&c)) { format!("−{shown}") } else { shown }
    }

    /// Frames a second at work, as exact as it deserves: `96 qps`, `5,2 qps`, `0,48 qps`.
    pub(crate) fn rate(self, fps: f64) -> String {
        let places = if fps >= 20.0 {
            0
        } else if fps >= 1.0 {
            1
        } else {
            2
        };
        format!("{}{NB}{}", self.fixed(fps, places), self.fps_unit())
    }

    /// A video's own frames a second: `29,97 qps`.
    pub(crate) fn video_rate(self, fps: f64) -> String {
        format!("{}{NB}{}", self.decimal(fps, 2), self.fps_unit())
    }

    const fn fps_unit(self) -> &'static str {
        match self {
            Self::PtBr => "qps",
            Self::En => "fps",
            Self::Ru => "к/с",
        }
    }

    /// `43 %`; never 100 before the end.
    pub(crate) fn percent(self, share: f64) -> String {
        let hundredths = (share.clamp(0.0, 1.0) * 100.0).floor();
        let space = if self == Self::En { "" } else { "\u{a0}" };
        format!("{hundredths:.0}{space}%")
    }

    /// `9,1 GB`, in powers of 1024 under the names that systems show for them.
    pub(crate) fn bytes(self, bytes: u64) -> String {
        let units = match self {
            Self::PtBr | Self::En => ["B", "KB", "MB", "GB", "TB"],
            Self::Ru => ["Б", "КБ", "МБ", "ГБ", "ТБ"],
        };
        let (mut value, mut unit) = (bytes as f64, 0);
        // 1023.96 would be written as 1024.0.
        while value >= 1023.95 && unit + 1 < units.len() {
            value /= 1024.0;
            unit += 1;
        }
        let places = usize::from(unit > 0 && value < 99.95);
        format!("{}{NB}{}", self.fixed(value, places), units[unit])
    }

    /// `9,1/24 GB`: how much of how much, in the larger one's unit.
    pub(crate) fn bytes_of(self, used: u64, total: u64) -> String {
        const GIB: f64 = (1u64 << 30) as f64;
        let unit = if self == Self::Ru { "ГБ" } else { "GB" };
        let (used, total) = (used as f64 / GIB, total as f64 / GIB);
        format!("{}/{}{NB}{unit}", self.fixed(used, 1), self.fixed(total, usize::from(total < 10.0)))
    }

    /// `29,8 s`: a length of work.
    pub(crate) fn seconds(self, seconds: f64) -> String {
        if seconds >= 60.0 {
            return clock(seconds);
        }
        format!("{}{NB}{}", self.fixed(seconds, 1), self.second_unit())
    }

    /// `3 s`: a time to wait.
    pub(crate) fn whole_seconds(self, seconds: f64) -> String {
        format!("{}{NB}{}", self.fixed(seconds, 0), self.second_unit())
    }

    const fn second_unit(self) -> &'static str {
        if matches!(self, Self::Ru) { "с" } else { "s" }
    }

    const fn decimal_sign(self) -> char {
        if matches!(self, Self::En) { '.' } else { ',' }
    }
}

/// `10:28`, `1:02:03`.
pub(crate) fn clock(seconds: f64) -> String {
    // Longer than a century is nobody's video.
    let seconds = if seconds.is_finite() { seconds.clamp(0.0, 3.2e9).round() as u64 } else { 0 };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Seconds until `done` is `total` at `fps`; none while that can't be said.
pub(crate) fn seconds_left(done: u64, total: Option<u64>, fps: f64) -> Option<f64> {
    let left = total?.checked_sub(done)?;
    let seconds = left as f64 / fps;
    (fps > 0.0 && seconds.is_finite()).then_some(seconds)
}

/// Time of day, `14:02:11`, of milliseconds since 1970 where the clock is `offset` minutes ahead of UTC.
pub(crate) fn time_of_day(ms: u64, offset: i64) -> String {
    let seconds = i64::try_from(ms / 1000).unwrap_or_default().saturating_add(offset.saturating_mul(60));
    let day = seconds.rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", day / 3600, day / 60 % 60, day % 60)
}

/// The time of day, or the date where that was another day than `now`; both in milliseconds since 1970.
pub(crate) fn moment(when: u64, now: u64, locale: Locale) -> String {
    let day = |ms: u64| (ms / 60_000).saturating_add_signed(utc_offset(ms)) / (24 * 60);
    if day(when) == day(now) {
        return time_of_day(when, utc_offset(when));
    }
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(when as f64));
    date.to_locale_date_string(locale.tag(), &wasm_bindgen::JsValue::UNDEFINED).into()
}

/// Minutes that this machine's clock is ahead of UTC at a time.
pub(crate) fn utc_offset(ms: u64) -> i64 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(ms as f64));
    -(date.get_timezone_offset() as i64)
}

#[cfg(test)]
mod tests {
    use super::Locale::{En, PtBr, Ru};
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> String {
        text.replace(NB, " ")
    }

    #[test]
    fn numbers_are_written_as_in_each_language() {
        assert_eq!([PtBr, En, Ru].map(|l| plain(&l.int(18_812))), ["18.812", "18,812", "18 812"]);
        assert_eq!([PtBr, En, Ru].map(|l| plain(&l.int(1_000_000))), ["1.000.000", "1,000,000", "1 000 000"]);
        assert_eq!([PtBr, En, Ru].map(|l| l.int(8_090)), ["8.090", "8,090", "8090"]);
        assert_eq!([PtBr, En, Ru].map(|l| l.decimal(29.97, 2)), ["29,97", "29.97", "29,97"]);
        assert_eq!([PtBr, En, Ru].map(|l| l.decimal(30.0, 2)), ["30", "30", "30"]);
        assert_eq!(PtBr.decimal(100.0, 0), "100", "zeros of the whole stay");
        assert_eq!((PtBr.fixed(-0.04, 1), PtBr.fixed(-1234.5, 1)), ("0,0".into(), "−1.234,5".into()));
        assert_eq!(En.fixed(f64::NAN, 1), "–");
    }

    #[test]
    fn counted_nouns_take_their_forms() {
        let forms = ["кадр", "кадра", "кадров"];
        let said = |n| plain(&Ru.counted(n, forms));
        let counted = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 111, 121].map(said);
        let expected = [
            "0 кадров",
            "1 кадр",
            "2 кадра",
            "4 кадра",
            "5 кадров",
            "11 кадров",
            "12 кадров",
            "14 кадров",
            "21 кадр",
            "22 кадра",
            "25 кадров",
            "111 кадров",
            "121 кадр",
        ];
        assert_eq!(counted, expected);
        assert_eq!((PtBr.plural(0), PtBr.plural(1), PtBr.plural(2)), (Plural::One, Plural::One, Plural::Many));
        assert_eq!((En.plural(0), En.plural(1), En.plural(2)), (Plural::Many, Plural::One, Plural::Many));
    }

    #[test]
    fn rates_are_as_exact_as_they_deserve() {
        let said = [96.4, 19.96, 5.21, 0.481].map(|fps| plain(&PtBr.rate(fps)));
        assert_eq!(said, ["96 qps", "20,0 qps", "5,2 qps", "0,48 qps"]);
        assert_eq!(plain(&Ru.video_rate(30.0)), "30 к/с");
    }

    #[test]
    fn sizes_and_shares() {
        assert_eq!(
            [0, 999, 1024, 1_048_525, 1 << 20].map(|b| plain(&En.bytes(b))),
            ["0 B", "999 B", "1.0 KB", "1.0 MB", "1.0 MB"]
        );
        assert_eq!(plain(&PtBr.bytes(102_400 << 10)), "100 MB");
        assert_eq!(plain(&Ru.bytes(3 << 30)), "3,0 ГБ");
        assert_eq!(plain(&PtBr.bytes_of(9_770_000_000, 24 << 30)), "9,1/24 GB");
        assert_eq!(
            (plain(&PtBr.percent(0.439)), En.percent(0.9999), En.percent(7.0)),
            ("43 %".into(), "99%".into(), "100%".into())
        );
    }

    #[test]
    fn times() {
        assert_eq!(
            [0.0, 9.6, 628.0, 3723.0, f64::NAN, -4.0].map(clock),
            ["0:00", "0:10", "10:28", "1:02:03", "0:00", "0:00"]
        );
        assert_eq!((plain(&PtBr.seconds(29.84)), plain(&Ru.seconds(75.2))), ("29,8 s".into(), "1:15".into()));
        assert_eq!((plain(&En.whole_seconds(2.6)), plain(&Ru.whole_seconds(3.0))), ("3 s".into(), "3 с".into()));
        assert_eq!(time_of_day(0, 0), "00:00:00");
        assert_eq!(time_of_day(3_600_000, -180), "22:00:00");
        assert_eq!(seconds_left(8_090, Some(18_812), 62.0).map(clock).as_deref(), Some("2:53"));
        assert_eq!(seconds_left(5, None, 10.0), None);
        assert_eq!(seconds_left(5, Some(9), 0.0), None);
        assert_eq!(seconds_left(9, Some(5), 1.0), None, "the container promised too few");
    }

    proptest! {
        #[test]
        fn an_int_reads_back(n in any::<u64>()) {
            for locale in Locale::ALL {
                let digits: String = locale.int(n).chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(digits.parse::<u64>().unwrap(), n);
            }
        }
    }
}
