import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveView } from '../../../operations/live/live-view';
import type { MayRest } from '../../../operations/live/raw-file-feed';
import type { LatestEvent, LiveCounts, LiveMinutes, LiveRange } from '../../../operations/live/views';

/** Without a request for this long, the view is closed and frees its memory. A hidden page asks every 30 seconds. */
const IDLE_MS = 120_000;
/** Of a look, in milliseconds: more until the last hour has been read. */
const LOOK_MS = { recent: 500, older: 200 };
/** Between two looks while there are no requests: files are found in input/, before an execution has archived them. */
const KEEP_UP_MS = 4_000;
/** Numbers are computed while there are no requests if that takes at most this part of the time. */
const KEEP_UP_PART = 0.25;
/** A request that is not one of a series, a page's first one, gets what was found last, if that is not older. The next one follows at once. */
const FIRST_MS = { pause: 3_000, maxAge: 6_000 };
/** A request does not wait longer for a look. */
const MAX_WAIT_MS = 700;
/** Numbers are reused for this many times as long as they took, so that a window takes at most 10% of the time. */
const REUSE_FACTOR = 9;
/** But not longer, in milliseconds: the first ones, and those of a busy computer, take long. A day of a large shop takes seconds. */
const MAX_REUSE_MS: Readonly<Record<LiveMinutes, number>> = { 5: 1_000, 60: 1_500, 1440: 20_000 };

export interface SharedRange {
  readonly range: LiveRange;
  readonly readSince: Date | null;
  readonly received: LiveCounts;
}

interface KnownRange {
  readonly range: LiveRange;
  /** When it was computed, and until when it is reused. */
  readonly at: number;
  readonly until: number;
  readonly tookMs: number;
}

/**
 * One live view for all requests. It is opened by the first one, looks at new files now and then, so that the next request waits for few of
 * them, and is closed when there was none for a while: an unused console has none.
 */
export class SharedLiveView {
  private opened: Promise<LiveView> | undefined;
  private idle: NodeJS.Timeout | undefined;
  private keepingUp: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private readonly ranges = new Map<LiveMinutes, KnownRange>();
  /** When each was asked for. */
  private readonly asked = new Map<LiveMinutes | 'events', number>();
  private readonly running = new Map<LiveMinutes, Promise<LiveRange>>();

  /** @param lookPauseMs between two looks at new files */
  constructor(
    private readonly open: () => Promise<LiveView>,
    private readonly lookPauseMs: number,
    private readonly idleMs = IDLE_MS,
    private readonly keepUpMs = KEEP_UP_MS,
  ) {}

  /** The numbers of the last minutes. @throws errors of S3, and of the first access to the deployment */
  async range(minutes: LiveMinutes): Promise<SharedRange> {
    const view = await this.view();
    const found = this.ranges.get(minutes);
    if (this.isFirst(minutes) && found && performance.now() - found.at < FIRST_MS.maxAge) {
      return { range: found.range, readSince: view.readSince, received: view.received };
    }
    await this.look(view);
    const known = this.ranges.get(minutes);
    const range = known && performance.now() < known.until ? known.range : await this.compute(view, minutes);
    return { range, readSince: view.readSince, received: view.received };
  }

  /** The events that were received last. @throws as {@link range} */
  async latestEvents(): Promise<LatestEvent[]> {
    const view = await this.view();
    const isFresh = performance.now() - this.lookedAt < FIRST_MS.maxAge;
    if (!(this.isFirst('events') && isFresh)) await this.look(view);
    return view.latestEvents();
  }

  /** True while it holds events in memory. */
  get isOpen(): boolean {
    return this.opened !== undefined;
  }

  /** Deletes its temporary files. The next request opens it again. */
  async close(): Promise<void> {
    clearTimeout(this.idle);
    clearInterval(this.keepingUp);
    this.keepingUp = undefined;
    const view = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    this.ranges.clear();
    this.asked.clear();
    this.lookedAt = Number.NEGATIVE_INFINITY;
    await view?.close();
  }

  private async view(): Promise<LiveView> {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.close(), this.idleMs).unref();
    this.opened ??= this.open();
    this.keepingUp ??= setInterval(() => void this.keepUp(), this.keepUpMs).unref();
    try {
      return await this.opened;
    } catch (error) {
      // The next request tries again.
      this.opened = undefined;
      throw error;
    }
  }

  /** A fault is told to the next request, which looks again. */
  private async keepUp(): Promise<void> {
    try {
      const view = await this.opened;
      if (!view) return;
      await this.look(view);
      for (const [minutes, { until, tookMs }] of this.ranges) {
        if (performance.now() > until && tookMs < this.keepUpMs * KEEP_UP_PART)
          await this.compute(view, minutes);
      }
    } catch {}
  }

  /** True if it was not asked for a moment ago. */
  private isFirst(what: LiveMinutes | 'events'): boolean {
    const now = performance.now();
    const before = this.asked.get(what) ?? Number.NEGATIVE_INFINITY;
    this.asked.set(what, now);
    return now - before > FIRST_MS.pause;
  }

  private async look(view: LiveView): Promise<void> {
    if (!this.looking && performance.now() - this.lookedAt >= this.lookPauseMs) {
      this.looking = view.read(forSomeTime()).finally(() => {
        this.looking = undefined;
        this.lookedAt = performance.now();
      });
    }
    await Promise.race([this.looking, sleep(MAX_WAIT_MS, undefined, { ref: false })]);
  }

  private compute(view: LiveView, minutes: LiveMinutes): Promise<LiveRange> {
    const running = this.running.get(minutes) ?? this.computeOnce(view, minutes);
    this.running.set(minutes, running);
    return running;
  }

  private async computeOnce(view: LiveView, minutes: LiveMinutes): Promise<LiveRange> {
    const started = performance.now();
    try {
      const range = await view.range(minutes);
      const ended = performance.now();
      const tookMs = ended - started;
      const until = ended + Math.min(MAX_REUSE_MS[minutes], tookMs * REUSE_FACTOR);
      this.ranges.set(minutes, { range, at: started, until, tookMs });
      return range;
    } finally {
      this.running.delete(minutes);
    }
  }
}

/** Lets a look rest once it has taken its time with files, of which it reads some at least. */
function forSomeTime(): MayRest {
  let started: number | undefined;
  return (isRecent) => {
    started ??= performance.now();
    return performance.now() - started > (isRecent ? LOOK_MS.recent : LOOK_MS.older);
  };
}
