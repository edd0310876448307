import type { PartitionValues } from '../../api/lake';

/** `year=2025 month=03`, with `(none)` for null. */
export function partitionText(values: PartitionValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value === null || value === '' ? '(none)' : value}`)
    .join(' ');
}

/** Parses a partition from the URL; undefined if it is invalid. */
export function parsePartition(text: string | null): PartitionValues | undefined {
  if (text === null) return undefined;
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values !== 'object' || values === null || Array.isArray(values)) return undefined;
    const isText = (value: unknown) => value === null || typeof value === 'string';
    return Object.values(values).every(isText) ? (values as PartitionValues) : undefined;
  } catch {
    return undefined;
  }
}
