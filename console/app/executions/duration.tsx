import { formatDuration } from '../shared/format';
import { useNow } from './use-now';

/** The time between two instants, or until now. */
export function Duration({ from, to }: { readonly from: string; readonly to: string | null }) {
  const now = useNow(to === null);
  const end = to === null ? Math.max(now, Date.parse(from)) : Date.parse(to);
  return <>{formatDuration(end - Date.parse(from))}</>;
}
