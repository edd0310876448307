import { ParquetEnvelopeReader, ParquetReader } from 'parquetjs-lite';
import type { MemoryBucket } from './memory-bucket';

/** A row as text, null where it has no value; instants in ISO 8601 to the microsecond. */
export type TextRow = Record<string, string | null>;

interface LogLine {
  metaData?: { schemaString: string; partitionColumns: string[] };
  add?: {
    path: string;
    partitionValues: Record<string, string | null>;
    size: number;
    stats: string;
    dataChange: boolean;
  };
  remove?: { path: string };
}

export type LiveFile = NonNullable<LogLine['add']> & { readonly rows: TextRow[] };

/**
 * A table's live files and rows as a reader sees them who shares no code with the lake: the log replayed from its first
 * entry, the Parquet files decoded by parquetjs-lite down to physical values.
 */
export async function readDelta(bucket: MemoryBucket, location: string): Promise<LiveFile[]> {
  const live = new Map<string, NonNullable<LogLine['add']>>();
  let types = new Map<string, string>();
  for (const key of bucket.keys(`${location}/_delta_log/`).filter((name) => name.endsWith('.json'))) {
    for (const line of (bucket.text(key) ?? '').trim().split('\n')) {
      const { metaData, add, remove } = JSON.parse(line) as LogLine;
      if (metaData) {
        const { fields } = JSON.parse(metaData.schemaString) as { fields: { name: string; type: string }[] };
        types = new Map(fields.map(({ name, type }) => [name, type]));
      }
      if (remove && !live.delete(remove.path))
        throw new Error(`${key} removes ${remove.path}, which is not live`);
      if (add) {
        // Its action may change, not its rows.
        const known = live.get(add.path);
        if (known && (add.dataChange || add.size !== known.size || add.stats !== known.stats))
          throw new Error(`${key} adds ${add.path} again`);
        live.set(add.path, add);
      }
    }
  }
  const files: LiveFile[] = [];
  for (const add of live.values()) {
    const object = bucket.objects.get(`${location}/${decodeURIComponent(add.path)}`);
    if (!object) throw new Error(`${add.path} is live and not in the bucket`);
    if (object.size !== add.size)
      throw new Error(`${add.path} has ${object.size} bytes, its add says ${add.size}`);
    const rows = (await physicalRows(Buffer.from(object.body))).map((physical) =>
      Object.fromEntries(
        [...types].map(([name, type]) => [
          name,
          name in add.partitionValues ? (add.partitionValues[name] ?? null) : asText(physical[name], type),
        ]),
      ),
    );
    files.push({ ...add, rows });
  }
  return files;
}

export async function readDeltaRows(bucket: MemoryBucket, location: string): Promise<TextRow[]> {
  return (await readDelta(bucket, location)).flatMap(({ rows }) => rows);
}

async function physicalRows(body: Buffer): Promise<Record<string, unknown>[]> {
  const envelope = await ParquetEnvelopeReader.openBuffer(body);
  await envelope.readHeader();
  const metadata = await envelope.readFooter();
  // It knows no decimals; without their annotations it gives every column as it lies in the file.
  for (const element of metadata.schema) element.converted_type = null;
  const reader = await ParquetReader.openEnvelopeReader(await ParquetEnvelopeReader.openBuffer(body), {
    metadata,
  });
  const cursor = reader.getCursor();
  const rows: Record<string, unknown>[] = [];
  for (let row = await cursor.next(); row; row = await cursor.next()) rows.push(row);
  return rows;
}

function asText(value: unknown, type: string): string | null {
  if (value === undefined || value === null) return null;
  if (type === 'string') return Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
  if (type === 'boolean' || type === 'double') return String(value);
  const whole = Buffer.isBuffer(value)
    ? BigInt.asIntN(8 * value.length, BigInt(`0x${value.toString('hex')}`))
    : BigInt(value as string);
  if (type === 'long') return whole.toString();
  if (type === 'date') return new Date(Number(whole) * 86_400_000).toISOString().slice(0, 10);
  if (type === 'timestamp') {
    const millis = whole >= 0n ? whole / 1000n : -((-whole + 999n) / 1000n);
    const micros = String(whole - millis * 1000n).padStart(3, '0');
    return new Date(Number(millis)).toISOString().replace('Z', `${micros}Z`);
  }
  const scale = Number(/^decimal\(\d+,(\d+)\)$/.exec(type)?.[1]);
  if (Number.isNaN(scale)) throw new Error(`no reader for ${type}`);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0');
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
