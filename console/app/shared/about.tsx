import { useQuery } from '@tanstack/react-query';
import type { About } from '../../api/about';
import { getJson } from './api';
import { formatInstant } from './format';

/** The deployment; undefined until loaded. */
export function useAbout(): About | undefined {
  return useQuery(aboutQuery).data;
}

export const aboutQuery = {
  queryKey: ['about'],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<About>('about', undefined, signal),
  staleTime: 60_000,
};

/** An instant in the reporting time zone, with the zone's name. */
export function Time({ at }: { readonly at: string | null | undefined }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  return at ? <time dateTime={at}>{formatInstant(at, timeZone)}</time> : null;
}
