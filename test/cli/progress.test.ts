import { formatParts, withProgress } from '../../cli/progress';

let written: string;
const terminal = (isTTY: boolean, columns = 80) => ({
  isTTY,
  columns,
  write: (chunk: string | Uint8Array) => {
    written += String(chunk);
    return true;
  },
});

const { TERM } = process.env;
beforeEach(() => {
  written = '';
  process.env.TERM = 'xterm';
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  process.env.TERM = TERM;
});

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('shows work that takes longer than a second in one line, erased for output and at the end', async () => {
  const printed = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    written += `<${line}>`;
    return true;
  });
  const working = withProgress('uploading', { stream: terminal(true, 30) }, async ({ update, print }) => {
    update('1 of 2 files\u001b[2J');
    await after(1_100);
    print('a.csv');
    await after(300);
  });
  await jest.advanceTimersByTimeAsync(1_500);
  await working;
  printed.mockRestore();
  const line = 'uploading, 1 of 2 files\\u001b';
  expect(written).toBe(`\r\u001b[2K${line}\r\u001b[2K<a.csv\n>\r\u001b[2K${line}\r\u001b[2K`);
});

test.each([
  ['is done within a second', true, 900, undefined],
  ['has no terminal', false, 5_000, undefined],
  ['prints JSON', true, 5_000, true],
])('shows nothing if the command %s', async (_, isTTY, ms, json) => {
  const working = withProgress('uploading', { json, stream: terminal(isTTY) }, () => after(ms));
  await jest.advanceTimersByTimeAsync(ms);
  await working;
  expect(written).toBe('');
});

test('erases the line also if the work fails', async () => {
  const working = withProgress('verifying', { stream: terminal(true) }, async () => {
    await after(1_300);
    throw new Error('no');
  });
  const told = expect(working).rejects.toThrow('no');
  await jest.advanceTimersByTimeAsync(1_500);
  await told;
  expect(written.endsWith('verifying  1.2 s\r\u001b[2K')).toBe(true);
});

test('formats progress in files and bytes', () => {
  expect(formatParts(3, 12, 1_200_000, 30_100_000)).toBe('3 of 12 files, 1.2 MB of 30.1 MB');
});
