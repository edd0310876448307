/** Events as they were received, for people and programs. This file contains only types. */

import type { EventOrigin } from './event-files';

/**
 * The events that one entry point received on one UTC day, in files that were processed. What was received is counted line by line;
 * received = distinct + duplicates + bots + rejected, and what is left over is missing in the lake.
 */
export interface EventDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly origin: EventOrigin;
  readonly received: number;
  /** Events of people whose stored version was received here. */
  readonly distinct: number;
  /** Received again, here or elsewhere. */
  readonly duplicates: number;
  /** Events of bots whose stored version was received here. */
  readonly bots: number;
  /** With a reason each, among the rejected rows of their file. */
  readonly rejected: number;
}

/** A day whose lines were looked up in the lake one by one. */
export interface VerifiedEventDay extends EventDay {
  /** Received, not rejected, and not in the lake. */
  readonly missing: number;
}
