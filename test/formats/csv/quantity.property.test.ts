import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { BothReaders } from './both-readers';
import { contractsWith, items } from './quantity-files';

let readers: BothReaders;
beforeAll(async () => {
  readers = await BothReaders.open();
});
afterAll(() => readers.close());

const PRICES = fc.oneof(
  fc.constantFrom('', '0', '-2.5', '99999999999999.99', '9.00005', 'free', ' 3.10 '),
  fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
);
const QUANTITIES = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-2',
    '10000000',
    '10000001',
    '-10000001',
    '2.0',
    'two',
    '9223372036854775807',
  ),
  fc.integer({ min: 1, max: 20 }).map(String),
);

test.each(['unit', 'line'] as const)(
  'with the price of a %s, both readers have the same rows',
  async (price) => {
    const contracts = contractsWith(price);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(PRICES, QUANTITIES), { maxLength: 8 }), async (cells) => {
        await readers.read('order_items', items('quantity', ...cells), contracts);
      }),
      propertyRuns(40),
    );
  },
  propertyTimeout(10),
);

test(
  'without a price, both readers have the same rows, or reject the file for the same line',
  async () => {
    const contracts = contractsWith();
    let rejected = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('quantity', 'qty'),
        fc.array(
          fc.tuple(PRICES, fc.constantFrom('', '0', '1', '-2', '1.00', '1,0', 'one', '2', '1,000', '3 pcs')),
          {
            maxLength: 4,
          },
        ),
        async (header, cells) => {
          const { verdict } = await readers.read('order_items', items(header, ...cells), contracts);
          if (verdict.outcome === 'invalid') rejected += 1;
        },
      ),
      propertyRuns(40),
    );
    expect(rejected).toBeGreaterThan(3);
  },
  propertyTimeout(10),
);
