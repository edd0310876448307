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

  it('are at fault if one failed, exceeded the limit or overlapped with another', () => {
    const batches = [batch('a', 0, 5, 4), batch('b', 4, 9, 1, 'FAILED')];
    expect(problemsOfBatches(batches, 3)).toEqual([
      'a has 4 files, expected at most 3',
      'b is FAILED',
      'b started before the previous one ended',
    ]);
  });

  it('ran during the upload only if they overlap with it', () => {
    const batches = [
      batch('before', 0, 10),
      batch('across', 5, 15),
      batch('within', 15, 16),
      batch('after', 20, 30),
    ];
    expect(runningBetween(batches, 10, 20).map(({ name }) => name)).toEqual(['across', 'within']);
  });
});
