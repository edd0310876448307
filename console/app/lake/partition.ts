import type { PartitionValues } from '../../api/lake';

/** `year=2025 month=03`; a row without a value has none to show. */
export function partitionText(values: PartitionValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value === null || value === '' ? '(none)' : value}`)
    .join(' ');
}

/** A partition out of an address; undefined for what is none. */
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
