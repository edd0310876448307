import { type Batch, problemsOfBatches, runningBetween } from './batches';

const batch = (name: string, startedAt: number, endedAt: number, files = 1, status = 'SUCCEEDED'): Batch => ({
  name,
  startedAt,
  endedAt,
  files,
  status,
});

describe('executions of a load', () => {
  it('are well one after the other, up to the cap', () => {
    expect(problemsOfBatches([batch('a', 0, 5, 3), batch('b', 5, 9)], 3)).toEqual([]);
  });

  it('are at fault where one failed, goes over the cap or beside another', () => {
    const batches = [batch('a', 0, 5, 4), batch('b', 4, 9, 1, 'FAILED')];
    expect(problemsOfBatches(batches, 3)).toEqual([
      'a has 4 files, expected at most 3',
      'b is FAILED',
      'b began before the one ahead ended',
    ]);
  });

  it('are told to have run while files were dropped only where they did', () => {
    const batches = [
      batch('before', 0, 10),
      batch('across', 5, 15),
      batch('within', 15, 16),
      batch('after', 20, 30),
    ];
    expect(runningBetween(batches, 10, 20).map(({ name }) => name)).toEqual(['across', 'within']);
  });
});
