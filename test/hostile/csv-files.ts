import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { catalog } from '../../catalog/catalog';
import type { Kind } from '../reference/kpis';
import { hostileText, MARK, wildText } from './tokens';

/** A file as someone might upload it. */
export interface HostileFile {
  readonly key: string;
  readonly body: Buffer;
}

const GOOD = {
  int64: '7',
  money: '12.50',
  timestamp: '2025-03-30T16:14:26',
  text: 'delivered',
} as const;

const hostileCell = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 60 },
  { arbitrary: hostileText, weight: 3 },
  {
    arbitrary: fc.constantFrom(
      '',
      '9'.repeat(40),
      '-9223372036854775808',
      '1e400',
      '0x10',
      '٣',
      '9999-12-31T23:59:59-15:59',
      '0001-01-01T00:00:00+15:59',
      '2025-03-30T16:14:26.123456789Z',
      '99999999999999.99995',
      'NaN',
      'Infinity',
    ),
    weight: 2,
  },
);

/** A file of a kind under a header that fits, with hostile cells here and there. */
const table = fc
  .record({
    kind: fc.constantFrom<Kind>('products', 'orders', 'order_items'),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    extra: fc.array(hostileText, { maxLength: 3 }),
    quoting: fc.constantFrom('never', 'needed', 'always'),
    bom: fc.constantFrom('', '\ufeff'),
    last: fc.boolean(),
    rows: fc.array(fc.array(hostileCell, { minLength: 10, maxLength: 10 }), { maxLength: 12 }),
  })
  .map(({ kind, delimiter, end, extra, quoting, bom, last, rows }) => {
    const columns = catalog.contract(kind).columns;
    const written = (cell: string) => {
      const needed = quoting === 'always' || (quoting === 'needed' && /["\r\n,;|\t]/.test(cell));
      return needed ? `"${cell.replaceAll('"', '""')}"` : cell;
    };
    const lines = [
      [...columns.map(({ name }) => name), ...extra],
      ...rows.map((row) => [
        ...columns.map(({ type }, at) => row[at] ?? GOOD[type as keyof typeof GOOD]),
        ...extra,
      ]),
    ].map((cells) => cells.map(written).join(delimiter));
    return { kind, text: bom + lines.join(end) + (last ? end : '') };
  });

/** Damage to the bytes of a file: `at` is a share of its length. */
export const damage = fc.oneof(
  fc.record({
    op: fc.constant('insert' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: wildText,
  }),
  fc.record({
    op: fc.constant('bytes' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  }),
  fc.record({ op: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    op: fc.constant('repeat' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.constantFrom('"', ',', ';', '\n', '\r', '\r\n', ' ', '""', ',"', '"\n', "'", '\ufeff', MARK),
    times: fc.integer({ min: 1, max: 3000 }),
  }),
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

export function damaged(bytes: Buffer, damages: readonly Damage[]): Buffer {
  return damages.reduce(damagedOnce, bytes);
}

function damagedOnce(whole: Buffer, damage: Damage): Buffer {
  const at = Math.floor(damage.at * whole.length);
  const [head, tail] = [whole.subarray(0, at), whole.subarray(at)];
  switch (damage.op) {
    case 'insert':
      return Buffer.concat([head, Buffer.from(damage.text), tail]);
    case 'bytes':
      return Buffer.concat([head, Buffer.from(damage.bytes), tail.subarray(damage.bytes.length)]);
    case 'cut':
      return head;
    case 'repeat':
      return Buffer.concat([head, Buffer.from(damage.text.repeat(damage.times)), tail]);
  }
}

/** Damages of a gzip file that leave it one for some readers: the flags of its header, what stands behind it. */
const packing = fc.constantFrom<(bytes: Buffer) => Buffer>(
  (bytes) => bytes,
  (bytes) => Buffer.concat([bytes, Buffer.alloc(64)]),
  (bytes) => Buffer.concat([bytes, Buffer.from(MARK)]),
  (bytes) => Buffer.concat([gzipSync(''), bytes, gzipSync('')]),
  (bytes) => withFlags(bytes, 1),
  (bytes) =>
    Buffer.concat([withFlags(bytes.subarray(0, 10), 16), Buffer.from(`${MARK}\0`), bytes.subarray(10)]),
  (bytes) =>
    Buffer.concat([withFlags(bytes.subarray(0, 10), 8), Buffer.from(`${MARK}'"\0`), bytes.subarray(10)]),
);

function withFlags(bytes: Buffer, flags: number): Buffer {
  const flagged = Buffer.from(bytes);
  flagged[3] = flags;
  return flagged;
}

const folder = fc.oneof(
  wildText,
  fc.constantFrom('..', '../..', '.', 'a/../../..', 'staging/orders/_delta_log', '/'),
  fc.integer({ min: 1, max: 440 }).map((deep) => 'd/'.repeat(deep)),
);

function keyOf(place: string, kind: Kind | '', tail: string, extension: string): string {
  const name = `/${kind}${tail.replaceAll('/', '_')}${extension}`;
  const room = 1024 - Buffer.byteLength(`input/${name}`);
  // A character that is cut in two becomes one of three bytes.
  const fitting = Buffer.from(place)
    .subarray(0, Math.max(0, room - 3))
    .toString();
  return `input/${fitting}${name}`;
}

/** A hostile file: most have a header that fits, and are damaged after that, before or after they are packed. */
export const hostileFile: fc.Arbitrary<HostileFile> = fc
  .record({
    folder,
    tail: wildText,
    named: fc.boolean(),
    gzip: fc.boolean(),
    content: fc.oneof(
      { arbitrary: table, weight: 14 },
      {
        arbitrary: wildText.map((text) => ({ kind: 'orders' as const, text: text.repeat(5) })),
        weight: 1,
      },
    ),
    damages: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      { arbitrary: fc.array(damage, { maxLength: 3 }), weight: 2 },
    ),
    packing,
    packedDamages: fc.oneof(
      { arbitrary: fc.constant([]), weight: 9 },
      { arbitrary: fc.array(damage, { maxLength: 1 }), weight: 1 },
    ),
    extension: fc.oneof({ arbitrary: fc.constant('.csv'), weight: 30 }, fc.constantFrom('.CSV', '.xlsx', '')),
  })
  .map((file) => {
    const text = damaged(Buffer.from(file.content.text), file.damages);
    const body = file.gzip ? damaged(file.packing(gzipSync(text)), file.packedDamages) : text;
    const key = keyOf(
      file.folder,
      file.named ? file.content.kind : '',
      file.tail,
      file.gzip ? `${file.extension}.gz` : file.extension,
    );
    return { key, body };
  });

export const hostileBatch = fc.record({
  files: fc.array(hostileFile, { minLength: 1, maxLength: 4 }),
  share: fc.constantFrom(0.2, 1),
});
