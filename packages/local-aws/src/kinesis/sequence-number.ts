/**
 * Sequence numbers are decimal texts of 56 digits that grow within a shard, as on AWS. Here they hold the number of the
 * shard and the position of the record.
 */
const PATTERN = /^49(\d{6})(\d{48})$/;

export function sequenceNumber(shard: number, position: number): string {
  return `49${String(shard).padStart(6, '0')}${String(position).padStart(48, '0')}`;
}

/** The position of a record; undefined for a text that is not a sequence number of the shard. */
export function positionOf(text: string, shard: number): number | undefined {
  const [, ofShard, position] = PATTERN.exec(text) ?? [];
  return Number(ofShard) === shard ? Number(position) : undefined;
}
