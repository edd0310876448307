import fc from 'fast-check';
import { parseXml, type XmlElement } from 'local-aws/testing';
import { send } from './s3-client';
import { BUCKET, type HostileServer } from './s3-server';
import { hostileKey, wildText } from './tokens';

/** One operation on the bucket; there are few keys, so that operations collide. */
const command = fc.oneof(
  { arbitrary: fc.record({ op: fc.constant('put' as const), at: fc.nat(), body: wildText }), weight: 5 },
  { arbitrary: fc.record({ op: fc.constant('delete' as const), at: fc.nat() }), weight: 2 },
  { arbitrary: fc.record({ op: fc.constant('copy' as const), at: fc.nat(), from: fc.nat() }), weight: 2 },
  {
    arbitrary: fc.record({
      op: fc.constant('deleteMany' as const),
      ats: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ op: fc.constant('parts' as const), at: fc.nat(), body: wildText }), weight: 1 },
  { arbitrary: fc.record({ op: fc.constant('tag' as const), at: fc.nat(), value: wildText }), weight: 1 },
  {
    arbitrary: fc.record({
      op: fc.constant('list' as const),
      prefix: fc.oneof(fc.constant(''), wildText),
      delimiter: fc.constantFrom('', '/', 'a', '..', '\u00e9', '%', '\0'),
      page: fc.integer({ min: 1, max: 3 }),
    }),
    weight: 2,
  },
  { arbitrary: fc.constant({ op: 'restart' as const }), weight: 1 },
);

export const history = fc.record({
  keys: fc.uniqueArray(hostileKey, { minLength: 2, maxLength: 6 }),
  commands: fc.array(command, { maxLength: 14 }),
});

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;
type Command = History['commands'][number];

const pathOf = (key: string) => `/${BUCKET}/${encodeURIComponent(key)}`;
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const xml = (text: string) => text.replace(/[^a-z0-9]/giu, (character) => `&#${character.codePointAt(0)};`);

/**
 * Applies a history to the local S3 and to a map.
 * @returns the differences, one sentence each
 */
export async function differences({ keys, commands }: History, server: HostileServer): Promise<string[]> {
  const run = new Run(keys, server);
  await run.empty();
  for (const one of commands) await run.apply(one);
  await run.compare();
  run.faults.push(...(await server.leftovers()), ...server.unforeseen.splice(0));
  return run.faults;
}

class Run {
  readonly faults: string[] = [];
  private readonly model = new Map<string, Buffer>();
  private readonly tags = new Map<string, string>();

  constructor(
    private readonly keys: readonly string[],
    private readonly server: HostileServer,
  ) {}

  async apply(one: Command): Promise<void> {
    const { port } = this.server;
    switch (one.op) {
      case 'put': {
        const key = this.keyAt(one.at);
        const body = Buffer.from(one.body);
        this.expectStatus('put', key, (await send(port, 'PUT', pathOf(key), body)).status, 200);
        this.store(key, body);
        return;
      }
      case 'delete': {
        const key = this.keyAt(one.at);
        this.expectStatus('delete', key, (await send(port, 'DELETE', pathOf(key))).status, 204);
        this.forget(key);
        return;
      }
      case 'deleteMany': {
        const some = [...new Set(one.ats.map((at) => this.keyAt(at)))];
        const objects = some.map((key) => `<Object><Key>${xml(key)}</Key></Object>`);
        const answer = await send(port, 'POST', `/${BUCKET}?delete`, `<Delete>${objects.join('')}</Delete>`);
        const deleted = parseXml(answer.body.toString(), 'DeleteResult').all('Deleted');
        this.same('deleted keys', deleted.map((each) => each.textOf('Key')).sort(), [...some].sort());
        for (const key of some) this.forget(key);
        return;
      }
      case 'copy': {
        const [from, to] = [this.keyAt(one.from), this.keyAt(one.at)];
        if (from === to) return;
        const headers = { 'x-amz-copy-source': encodeURIComponent(`${BUCKET}/${from}`) };
        const { status } = await send(port, 'PUT', pathOf(to), '', headers);
        const source = this.model.get(from);
        this.expectStatus(`copy of ${JSON.stringify(from)}`, to, status, source ? 200 : 404);
        if (!source) return;
        const tag = this.tags.get(from);
        this.store(to, source);
        if (tag !== undefined) this.tags.set(to, tag);
        return;
      }
      case 'parts':
        return this.uploadInParts(this.keyAt(one.at), Buffer.from(one.body));
      case 'tag':
        return this.tag(this.keyAt(one.at), one.value);
      case 'list':
        return this.list(one.prefix, one.delimiter, one.page);
      case 'restart':
        return this.server.restart();
    }
  }

  async empty(): Promise<void> {
    for (const { key } of await this.page('', '', 1000)) {
      if (key !== undefined) await send(this.server.port, 'DELETE', pathOf(key));
    }
  }

  async compare(): Promise<void> {
    for (const key of this.keys) {
      const answer = await send(this.server.port, 'GET', pathOf(key));
      const body = this.model.get(key);
      this.expectStatus('get', key, answer.status, body ? 200 : 404);
      if (body && !answer.body.equals(body)) this.faults.push(`${JSON.stringify(key)} has other bytes`);
      const tagging = await send(this.server.port, 'GET', `${pathOf(key)}?tagging`);
      if (body) {
        const tag = parseXml(tagging.body.toString(), 'Tagging').first('TagSet')?.first('Tag');
        this.same(`tag of ${JSON.stringify(key)}`, tag?.textOf('Value') ?? null, this.tags.get(key) ?? null);
      }
    }
    await this.list('', '', 1000);
  }

  private async uploadInParts(key: string, body: Buffer): Promise<void> {
    const { port } = this.server;
    const initiated = await send(port, 'POST', `${pathOf(key)}?uploads`);
    const id = parseXml(initiated.body.toString(), 'InitiateMultipartUploadResult').requiredTextOf(
      'UploadId',
    );
    const part = await send(port, 'PUT', `${pathOf(key)}?partNumber=1&uploadId=${id}`, body);
    const parts = `<Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part>`;
    const document = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
    const { status } = await send(port, 'POST', `${pathOf(key)}?uploadId=${id}`, document);
    this.expectStatus('upload in parts', key, status, 200);
    this.store(key, body);
  }

  private async tag(key: string, value: string): Promise<void> {
    const set = `<Tagging><TagSet><Tag><Key>k</Key><Value>${xml(value)}</Value></Tag></TagSet></Tagging>`;
    const { status } = await send(this.server.port, 'PUT', `${pathOf(key)}?tagging`, set);
    this.expectStatus('tag', key, status, this.model.has(key) ? 200 : 404);
    if (this.model.has(key)) this.tags.set(key, value);
  }

  private async list(prefix: string, delimiter: string, page: number): Promise<void> {
    const found = await this.page(prefix, delimiter, page);
    const wanted = new Set<string>();
    for (const key of [...this.model.keys()].sort(byBytes)) {
      if (!key.startsWith(prefix)) continue;
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      wanted.add(at < 0 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter.length)}`);
    }
    const names = found.map(({ key, common }) => (key === undefined ? `prefix ${common}` : `key ${key}`));
    this.same(`list of ${JSON.stringify([prefix, delimiter, page])}`, names.sort(), [...wanted].sort());
  }

  /** All pages of a list. */
  private async page(prefix: string, delimiter: string, size: number) {
    const entries: { key?: string; common?: string }[] = [];
    for (let token = ''; ; ) {
      const query = `list-type=2&encoding-type=url&max-keys=${size}&prefix=${encodeURIComponent(prefix)}&delimiter=${encodeURIComponent(delimiter)}${token}`;
      const { body } = await send(this.server.port, 'GET', `/${BUCKET}?${query}`);
      const root = parseXml(body.toString(), 'ListBucketResult');
      const text = (one: XmlElement, name: string) => decodeURIComponent(one.requiredTextOf(name));
      entries.push(...root.all('Contents').map((one) => ({ key: text(one, 'Key') })));
      entries.push(...root.all('CommonPrefixes').map((one) => ({ common: text(one, 'Prefix') })));
      if (root.textOf('IsTruncated') !== 'true') return entries;
      token = `&continuation-token=${encodeURIComponent(root.requiredTextOf('NextContinuationToken'))}`;
    }
  }

  private keyAt(at: number): string {
    return this.keys[at % this.keys.length] as string;
  }

  private store(key: string, body: Buffer): void {
    this.model.set(key, body);
    this.tags.delete(key);
  }

  private forget(key: string): void {
    this.model.delete(key);
    this.tags.delete(key);
  }

  private expectStatus(what: string, key: string, found: number, wanted: number): void {
    if (found !== wanted)
      this.faults.push(`${what} ${JSON.stringify(key)} was answered ${found}, not ${wanted}`);
  }

  private same(what: string, found: unknown, wanted: unknown): void {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      this.faults.push(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
    }
  }
}
