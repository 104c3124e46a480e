//! What scripts of the earlier system see of the pages' work: the run that holds the workbench, and its log.

use silhueta_shared::protocol::{JobView, LogLine};

use super::Workbench;

impl Workbench {
    /// The job that holds the workbench: the page's that runs, or comes next.
    pub(in crate::serve) fn holder(&self) -> Option<&JobView> {
        let lock = self.lock()?;
        self.jobs.get(&lock.job).map(|job| &job.view)
    }

    /// Lines of all pages' jobs since a time in milliseconds since 1970, oldest first, each with its job.
    pub(in crate::serve) fn lines_since(&self, after: u64) -> Vec<(&JobView, &LogLine)> {
        let of_pages = self.jobs.values().filter(|job| !job.is_task());
        let lines = of_pages.flat_map(|job| job.log.iter().map(|line| (&job.view, line)));
        let mut lines: Vec<_> = lines.filter(|(_, line)| line.at > after).collect();
        // What was said in the same millisecond stays in its order.
        lines.sort_by_key(|(_, line)| line.at);
        lines
    }
}
