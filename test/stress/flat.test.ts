import { growthOf, leftOver, thirdsOf } from './flat';
import type { ProcessSample } from './processes';

const sample = (sockets: number, others: Partial<ProcessSample> = {}): ProcessSample => ({
  pid: 1,
  rssMb: 200,
  openFiles: 40,
  sockets,
  children: 6,
  ...others,
});
const samples = (...sockets: number[]) => sockets.map((one) => sample(one));

describe('resources of a busy process', () => {
  it('are flat if they only grow at the start and fluctuate afterwards', () => {
    expect(growthOf(thirdsOf(samples(10, 60, 200, 210, 190, 200, 230, 205, 215)))).toEqual([]);
  });

  it('have grown if the last third is above both others', () => {
    expect(growthOf(thirdsOf(samples(100, 100, 100, 150, 150, 150, 200, 200, 200)))).toEqual([
      'sockets has grown from 100 and 150 to 200',
    ]);
  });

  it('have grown in memory even if the growth is small', () => {
    const leaking = Array.from({ length: 9 }, (_, at) => sample(10, { rssMb: 200 + at * 20 }));
    expect(growthOf(thirdsOf(leaking))).toEqual(['rssMb has grown from 220 and 280 to 340']);
  });
});

describe('resources of an idle process', () => {
  it('may increase by the connections of functions started since', () => {
    expect(leftOver(sample(12), sample(18, { children: 8, openFiles: 42 }))).toEqual([]);
  });

  it('must not include an unexplained connection', () => {
    expect(leftOver(sample(12), sample(13))).toEqual([
      '13 sockets at rest, 12 before, with 0 more processes',
    ]);
  });

  it('must not include an additional open file', () => {
    expect(leftOver(sample(12), sample(12, { openFiles: 41 }))).toEqual([
      '41 open files at rest, 40 before, with 0 more processes',
    ]);
  });
});
