import { useEffect, useRef, useState } from 'react';
import type { QueryAnswer, QueryRequest } from '../../api/lake';
import { postJson } from '../shared/api';

/** A run of a query: running, succeeded, failed, or stopped. */
export interface QueryRun {
  readonly sql: string;
  /** Identifies the run. */
  readonly number: number;
  /** From performance.now, in milliseconds. */
  readonly startedAt: number;
  readonly answer?: QueryAnswer;
  readonly error?: Error;
  readonly isStopped?: boolean;
}

/** Runs one query at a time. A new query, or leaving the page, cancels it on the server too. */
export function useQueryRun() {
  const [run, setRun] = useState<QueryRun>();
  const running = useRef<AbortController>(undefined);
  const number = useRef(0);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (request: QueryRequest) => {
    const { sql } = request;
    running.current?.abort();
    const aborter = new AbortController();
    running.current = aborter;
    number.current += 1;
    const started: QueryRun = { sql, number: number.current, startedAt: performance.now() };
    setRun(started);
    let ended: QueryRun;
    try {
      ended = { ...started, answer: await postJson<QueryAnswer>('lake/query', request, aborter.signal) };
    } catch (error) {
      if (aborter.signal.aborted) ended = { ...started, isStopped: true };
      else ended = { ...started, error: error instanceof Error ? error : new Error(String(error)) };
    }
    // A newer run may have replaced it.
    setRun((current) => (current?.number === started.number ? ended : current));
  };
  return { run, start, stop: () => running.current?.abort() };
}

export const isRunning = (run: QueryRun | undefined): boolean =>
  run !== undefined && !run.answer && !run.error && !run.isStopped;
