import { EXECUTION_STATUSES, type ExecutionStatus, type ListedExecution } from '../../api/executions';

/** The filter of the list; empty values match everything. It is stored in the page's URL. */
export interface ListFilter {
  readonly status: ExecutionStatus | '';
  /** Part of the name, in any case. */
  readonly text: string;
  /** Days of the reporting time zone, YYYY-MM-DD, both included. */
  readonly from: string;
  readonly to: string;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** Ignores parameters of the URL that are not valid filters. */
export function readFilter(search: URLSearchParams): ListFilter {
  const day = (name: string) => (DAY.test(search.get(name) ?? '') ? (search.get(name) ?? '') : '');
  const status = EXECUTION_STATUSES.find((one) => one === search.get('status')) ?? '';
  return { status, text: search.get('text') ?? '', from: day('from'), to: day('to') };
}

/** Whether an execution matches the filter, apart from its status, which the service filters. */
export function matcher({ text, from, to }: ListFilter, timeZone: string): (row: ListedExecution) => boolean {
  const wanted = text.trim().toLowerCase();
  const dayOf = dayIn(timeZone);
  return ({ name, started }) => {
    if (wanted !== '' && !name.toLowerCase().includes(wanted)) return false;
    if (from === '' && to === '') return true;
    const day = dayOf(started);
    return (from === '' || day >= from) && (to === '' || day <= to);
  };
}

/** Whether no execution that started earlier can match. */
export function isBefore({ from }: ListFilter, timeZone: string, started: string): boolean {
  return from !== '' && dayIn(timeZone)(started) < from;
}

/** The day of an instant. */
function dayIn(timeZone: string): (instant: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (instant) => format.format(new Date(instant));
}
