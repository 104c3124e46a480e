//! The figures of tracks as they are told: the names are stable, scripts read them.

use serde::Serialize;
use silhueta_results::metrics::Scores;

/// The figures of one sequence, or of several taken together. Shares are 0..=1 (MOTA may be below 0).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Figures {
    /// HOTA and what it is made of, means over the overlaps 0.05 … 0.95.
    pub(super) hota: f64,
    pub(super) det_a: f64,
    pub(super) ass_a: f64,
    pub(super) loc_a: f64,
    pub(super) det_re: f64,
    pub(super) det_pr: f64,
    pub(super) ass_re: f64,
    pub(super) ass_pr: f64,
    /// CLEAR.
    pub(super) mota: f64,
    pub(super) motp: f64,
    /// Boxes matched, missed and too many.
    pub(super) tp: u64,
    #[serde(rename = "fn")]
    pub(super) fn_: u64,
    pub(super) fp: u64,
    /// Identity switches and fragmentations.
    pub(super) idsw: u64,
    pub(super) frag: u64,
    /// People mostly tracked, partly tracked, mostly lost.
    pub(super) mt: u64,
    pub(super) pt: u64,
    pub(super) ml: u64,
    /// Identity: F1, precision and recall, and the boxes that they count.
    pub(super) idf1: f64,
    pub(super) idp: f64,
    pub(super) idr: f64,
    pub(super) idtp: u64,
    pub(super) idfn: u64,
    pub(super) idfp: u64,
}

impl From<&Scores> for Figures {
    fn from(scores: &Scores) -> Self {
        let (hota, clear, identity) = (scores.hota.mean(), &scores.clear, &scores.identity);
        Self {
            hota: hota.hota,
            det_a: hota.det_a,
            ass_a: hota.ass_a,
            loc_a: hota.loc_a,
            det_re: hota.det_re,
            det_pr: hota.det_pr,
            ass_re: hota.ass_re,
            ass_pr: hota.ass_pr,
            mota: clear.mota(),
            motp: clear.motp(),
            tp: clear.tp,
            fn_: clear.fn_,
            fp: clear.fp,
            idsw: clear.idsw,
            frag: clear.frag,
            mt: clear.mt,
            pt: clear.pt,
            ml: clear.ml,
            idf1: identity.idf1(),
            idp: identity.idp(),
            idr: identity.idr(),
            idtp: identity.idtp,
            idfn: identity.idfn,
            idfp: identity.idfp,
        }
    }
}
