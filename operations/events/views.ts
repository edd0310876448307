/** Events as they were received, for people and programs. This file contains only types. */

import type { EventSource } from '../../domain/events/envelope';

/** Where the events of a file came from: an entry point, or a file of events that was uploaded. */
export type EventOrigin = EventSource | 'files';

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

/** Why events were rejected, and how often. */
export interface RejectedReason {
  /** Empty if the event as a whole is at fault. */
  readonly column: string;
  /** The rule, without the value. */
  readonly rule: string;
  readonly events: number;
}

/** Why a dead letter of events stays: its record is no text, or it stands for a batch of the stream. */
export type KeptReason = 'bytes' | 'stream';

export interface RedrivenEvents {
  /** Those that were in the queue. */
  readonly dead_letters: number;
  /** Written to `input/events/`, and deleted from the queue. */
  readonly moved: number;
  readonly kept: Readonly<Partial<Record<KeptReason, number>>>;
}
