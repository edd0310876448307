import { useEffect, useRef, useState } from 'react';
import type { QueryAnswer, QueryRequest } from '../../api/lake';
import { postJson } from '../shared/api';

/** A query that was run: under way, answered, failed, or stopped. */
export interface QueryRun {
  readonly sql: string;
  /** Tells runs apart. */
  readonly number: number;
  /** In milliseconds, of performance.now. */
  readonly started: number;
  readonly answer?: QueryAnswer;
  readonly error?: Error;
  readonly isStopped?: boolean;
}

/** Runs one query at a time; another one, or leaving the page, stops it, in the server too. */
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
    const begun: QueryRun = { sql, number: number.current, started: performance.now() };
    setRun(begun);
    let ended: QueryRun;
    try {
      ended = { ...begun, answer: await postJson<QueryAnswer>('lake/query', request, aborter.signal) };
    } catch (error) {
      if (aborter.signal.aborted) ended = { ...begun, isStopped: true };
      else ended = { ...begun, error: error instanceof Error ? error : new Error(String(error)) };
    }
    // A later one may have taken its place.
    setRun((current) => (current?.number === begun.number ? ended : current));
  };
  return { run, start, stop: () => running.current?.abort() };
}

export const isRunning = (run: QueryRun | undefined): boolean =>
  run !== undefined && !run.answer && !run.error && !run.isStopped;
