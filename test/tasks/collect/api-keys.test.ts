import { ApiKeysError, KeyRing, nameOfKey, parseKeys } from '../../../tasks/collect/api-keys';
import { silentLogger } from '../../builders/silent-logger';

const [WEB, APP] = ['w'.repeat(20), 'a'.repeat(20)];

test('a key has the name that the secret gives it', () => {
  const keys = parseKeys(JSON.stringify({ web: WEB, 'shop.app-2': APP }));
  expect([nameOfKey(keys, WEB), nameOfKey(keys, APP), nameOfKey(keys, ''), nameOfKey(keys, 'web')]).toEqual([
    'web',
    'shop.app-2',
    undefined,
    undefined,
  ]);
});

test.each([
  ['no JSON', 'secret-secret-secret', 'got no JSON object'],
  ['no key', '{}', 'got no key'],
  ['a short key', '{"web":"secret-short"}', 'got keys with the names web'],
  ['a bad name', '{"my web":"secret-secret-secret"}', 'got keys with the names my web'],
])('a secret with %s is refused, and not shown', (_, text, got) => {
  const attempt = () => parseKeys(text);
  expect(attempt).toThrow(ApiKeysError);
  expect(attempt).toThrow(got);
  expect(attempt).not.toThrow(/secret-/);
});

describe('a key ring', () => {
  let now: number;
  let secret: () => string;
  let reads: number;
  let ring: KeyRing;
  beforeEach(() => {
    now = 0;
    reads = 0;
    secret = () => JSON.stringify({ web: WEB });
    const read = async () => {
      reads += 1;
      return secret();
    };
    ring = new KeyRing(read, () => new Date(now), silentLogger);
  });

  test('reads the secret once for many requests, also at the same time', async () => {
    await Promise.all([ring.nameOf(WEB), ring.nameOf(WEB), ring.nameOf('x')]);
    await ring.nameOf(WEB);
    expect(reads).toBe(1);
  });

  test('knows a new key after a minute, and refuses a removed one after five', async () => {
    await ring.nameOf(WEB);
    secret = () => JSON.stringify({ app: APP });
    now += 59_000;
    expect(await ring.nameOf(APP)).toBeUndefined();
    expect(await ring.nameOf(WEB)).toBe('web');
    now += 1000;
    expect(await ring.nameOf(APP)).toBe('app');
    expect(await ring.nameOf(WEB)).toBeUndefined();
    secret = () => JSON.stringify({ web: WEB });
    now += 300_000;
    expect(await ring.nameOf(APP)).toBeUndefined();
  });

  test('keeps the last keys while the secret cannot be read, and fails without any', async () => {
    await ring.nameOf(WEB);
    secret = () => {
      throw new Error('denied');
    };
    now += 300_000;
    expect(await ring.nameOf(WEB)).toBe('web');
    now += 300_000;
    expect(await ring.nameOf(WEB)).toBe('web');
    expect(reads).toBe(3);
    const fresh = new KeyRing(
      async () => secret(),
      () => new Date(now),
      silentLogger,
    );
    await expect(fresh.nameOf(WEB)).rejects.toThrow('denied');
  });
});
