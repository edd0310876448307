import { gathering } from '../../console/app/executions/gather';

let asked: (readonly string[])[];
let load: (name: string, signal: AbortSignal) => Promise<{ name: string } | null>;
const wanted = new AbortController().signal;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  load = gathering(
    async (names) => {
      asked.push(names);
      if (names.includes('bad')) throw new Error('refused');
      return names.filter((name) => name !== 'gone').map((name) => ({ name }));
    },
    2,
    80,
  );
});
afterEach(() => jest.useRealTimers());

test('what is asked for at the same time is one request, a name once; what is not there is null', async () => {
  const answers = Promise.all([load('a', wanted), load('gone', wanted)]);
  jest.advanceTimersByTime(80);
  expect(await answers).toEqual([{ name: 'a' }, null]);
  const again = Promise.all([load('b', wanted), load('b', wanted)]);
  jest.advanceTimersByTime(80);
  expect(await again).toEqual([{ name: 'b' }, { name: 'b' }]);
  expect(asked).toEqual([['a', 'gone'], ['b']]);
});

test('cancelled requests are not sent', async () => {
  const scrolledBy = new AbortController();
  void load('by', scrolledBy.signal);
  const stayed = load('stays', wanted);
  scrolledBy.abort();
  jest.advanceTimersByTime(80);
  await stayed;
  expect(asked).toEqual([['stays']]);
});

test('more than one request takes goes into several, of which each fails for itself', async () => {
  const answers = Promise.allSettled(['a', 'b', 'bad', 'c'].map((name) => load(name, wanted)));
  jest.advanceTimersByTime(80);
  expect((await answers).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  expect(asked).toEqual([
    ['a', 'b'],
    ['bad', 'c'],
  ]);
});
