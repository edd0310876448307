/**
 * Preloaded into the tasks and functions of a crash run: puts their clock forward by the milliseconds that the file
 * DAYBOOK_CRASH_AHEAD holds, so that time passes for them as it does for the queue.
 */
const { readFileSync } = require('node:fs');

const RealDate = Date;
const file = process.env.DAYBOOK_CRASH_AHEAD ?? '';
/** How old what was read may be. */
const FRESH_MS = 20;

let ahead = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  if (performance.now() - readAt > FRESH_MS) {
    readAt = performance.now();
    try {
      ahead = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      // Not put forward yet.
    }
  }
  return RealDate.now() + ahead;
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static now() {
    return now();
  }
};
