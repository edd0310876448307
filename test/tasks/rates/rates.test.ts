import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RatesDeps, run } from '../../../tasks/rates/rates';
import { MemoryBucket } from '../../builders/memory-bucket';
import { silentLogger } from '../../builders/silent-logger';
import { zipOf } from '../../builders/zip';

const HEADER = 'Date,USD,JPY,GBP,';
const FRIDAY = '2025-03-28,1.0815,162.5,0.8351,';
const MONDAY = '2025-03-31,1.0815,161.6,N/A,';
const TUESDAY = '2025-04-01,1.0788,161.59,0.83488,';
/** As the ECB writes it: the newest day first. */
const csv = (...days: string[]) => `${[HEADER, ...days.reverse()].join('\n')}\n`;
const STATE = 'results/rates/written.json';

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
let workDirectory: string;
let bucket: MemoryBucket;

beforeAll(async () => {
  server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/eurofxref-hist.zip`;
  workDirectory = mkdtempSync(path.join(tmpdir(), 'daybook-rates-test-'));
});
afterAll(() => {
  server.close();
  rmSync(workDirectory, { recursive: true });
});
beforeEach(() => {
  bucket = new MemoryBucket();
});

const serve = (body: string | Buffer, status = 200) => {
  answer = (response) => response.writeHead(status).end(body);
};
const rates = (everything = false, deps: Partial<RatesDeps> = {}) =>
  run({ everything }, { bucket, url, fetch, workDirectory, logger: silentLogger, ...deps });

test('the first run writes all rates as a file of currency_rates', async () => {
  serve(zipOf({ 'eurofxref-hist.csv': csv(FRIDAY, MONDAY) }));
  const key = 'input/currency_rates_2025-03-28_2025-03-31.csv';
  expect(await rates()).toEqual({ url, key, rates: 5, through: '2025-03-31' });
  expect(bucket.text(key)).toBe(
    [
      'currency,rate_date,rate',
      'GBP,2025-03-28,0.8351',
      'JPY,2025-03-28,162.5',
      'USD,2025-03-28,1.0815',
      'JPY,2025-03-31,161.6',
      'USD,2025-03-31,1.0815',
      '',
    ].join('\n'),
  );
  expect(readdirSync(workDirectory)).toEqual([]);
});

test('later runs write the days that are new, and nothing if there are none', async () => {
  serve(csv(FRIDAY));
  await rates();
  expect(await rates()).toEqual({ url, key: null, rates: 0, through: '2025-03-28' });
  expect(bucket.keys('input/')).toEqual(['input/currency_rates_2025-03-28.csv']);
  // It did not run on Monday.
  serve(csv(FRIDAY, MONDAY, TUESDAY));
  expect(await rates()).toMatchObject({
    key: 'input/currency_rates_2025-03-31_2025-04-01.csv',
    rates: 5,
    through: '2025-04-01',
  });
});

test('a corrected rate of a day that was written writes all of them again', async () => {
  serve(csv(FRIDAY, MONDAY));
  await rates();
  serve(csv(FRIDAY.replace('1.0815', '1.0816'), MONDAY));
  expect(await rates()).toMatchObject({
    key: 'input/currency_rates_2025-03-28_2025-03-31.csv',
    rates: 5,
  });
  expect(bucket.text('input/currency_rates_2025-03-28_2025-03-31.csv')).toContain('USD,2025-03-28,1.0816');
  expect(await rates()).toMatchObject({ key: null });
});

test('everything: writes what was written before, too', async () => {
  serve(csv(FRIDAY, MONDAY));
  await rates();
  expect(await rates(true)).toMatchObject({ rates: 5 });
});

test.each(['input/currency_rates_2025-03-28.csv', STATE])(
  'a run that stops before or after it writes %s is made up for by the next one',
  async (key) => {
    for (const hook of ['before', 'after'] as const) {
      bucket = new MemoryBucket();
      serve(csv(FRIDAY));
      bucket[hook] = (call) => {
        if (call.operation === 'put' && call.key === key) throw new Error('stopped');
      };
      await expect(rates()).rejects.toThrow('stopped');
      bucket[hook] = undefined;
      await rates();
      expect(bucket.keys('input/')).toEqual(['input/currency_rates_2025-03-28.csv']);
      expect(await rates()).toMatchObject({ key: null });
    }
  },
);

test('reads the file of the last day alone, whose day is in words', async () => {
  serve(zipOf({ 'eurofxref.csv': 'Date, USD, JPY, \n1 April 2025, 1.0788, 161.59, \n' }));
  expect(await rates()).toMatchObject({ key: 'input/currency_rates_2025-04-01.csv', rates: 2 });
});

test.each<[string, string | Buffer, RegExp]>([
  [
    'a web page',
    '<!DOCTYPE html><html>Maintenance, back soon</html>',
    /expected a CSV file .* got "<!DOCTYPE html>/,
  ],
  [
    'the XML file',
    '<?xml version="1.0"?>\n<gesmes:Envelope>\n</gesmes:Envelope>',
    /expected a CSV file with the columns Date, USD, JPY/,
  ],
  ['nothing', '', /expected a CSV file with the columns Date, USD, JPY and so on.* got ""/],
  ['no day', csv(), /expected at least one rate, got none/],
  ['a file that ends in a row', csv(FRIDAY).slice(0, -9), /Invalid Record Length/],
  [
    'another notation',
    csv(FRIDAY.replace('162.5', '1e2')),
    /line 2, JPY: expected a rate such as 1.0815 or N\/A, got "1e2"/,
  ],
  ['a rate of 0', csv(MONDAY, FRIDAY.replace('162.5', '0.0')), /line 2, JPY: expected a rate .*, got "0.0"/],
  [
    'a day that does not exist',
    csv(FRIDAY.replace('03-28', '02-30')),
    /line 2: expected a day such as 2025-03-31, got "2025-02-30"/,
  ],
  ['a name that is no code', csv(FRIDAY).replace('JPY', 'Yen'), /expected a CSV file with the columns/],
  [
    'half an archive',
    zipOf({ 'eurofxref-hist.csv': csv(FRIDAY) }).subarray(0, 80),
    /ZIP archive is truncated or corrupt/,
  ],
])('%s: an error that names the address, and nothing is written', async (_, body, message) => {
  serve(body);
  const error = await rates().catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'RatesError', message: expect.stringMatching(message) });
  expect((error as Error).message).toContain(url);
  expect((error as Error).message).toContain('ratesUrl');
  expect(bucket.keys()).toEqual([]);
  expect(readdirSync(workDirectory)).toEqual([]);
});

test('an error of the server, a lost connection and an endless file are errors that name the address', async () => {
  serve('busy', 503);
  await expect(rates()).rejects.toThrow(`${url}: expected status 200, got 503`);
  answer = (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('Date,');
    setTimeout(() => response.destroy(), 20);
  };
  await expect(rates()).rejects.toThrow(`${url}: the download failed`);
  await expect(rates(false, { url: 'http://127.0.0.1:1/' })).rejects.toThrow(
    'http://127.0.0.1:1/: the download failed',
  );
  const block = Buffer.alloc(1024 * 1024, '1');
  answer = (response) => {
    const more = () => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  await expect(rates()).rejects.toThrow('expected at most 52428800 bytes, got more');
  expect(bucket.keys()).toEqual([]);
});
