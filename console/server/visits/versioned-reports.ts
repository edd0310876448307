import type { Snapshot } from '../../../lake/snapshot';
import { BoundedMap } from '../bounded-map';

/** Choices whose reports are kept. */
const KEPT = 20;

/**
 * Caches reports that are computed from one version of a table, for pages that poll: until the table changes, a report costs no more
 * than asking for its version. Concurrent callers share one computation; errors are not cached.
 */
export class VersionedReports<Report> {
  private readonly reports = new BoundedMap<string, Promise<Report>>(KEPT);

  /** @param choice what the report depends on besides the version, as JSON */
  of(
    { version, metadata }: Pick<Snapshot, 'version' | 'metadata'>,
    choice: object,
    compute: () => Promise<Report>,
  ): Promise<Report> {
    const key = JSON.stringify([metadata.id, version, choice]);
    const known = this.reports.get(key);
    if (known) return known;
    const report = compute();
    this.reports.set(key, report);
    report.catch(() => this.reports.delete(key));
    return report;
  }
}
