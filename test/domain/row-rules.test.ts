import type { Contract } from '../../domain/contract';
import { matchHeader } from '../../domain/header-match';
import { RowCheck } from '../../domain/row-rules';

const ORDERS: Contract = {
  kind: 'orders',
  key: ['id'],
  partition: { by: 'value', of: 'status' },
  match: { names: ['orders*'] },
  leaveOut: [{ column: 'channel', values: ['test'] }],
  deleted: { column: 'state', values: ['void'] },
  quantity: { column: 'quantity', of: 'price' },
  columns: [
    { name: 'id', type: 'int64', required: true },
    { name: 'status', type: 'text', required: true },
    { name: 'price', type: 'money', required: true },
    { name: 'quantity', type: 'int64', required: false },
  ],
};

function judge(cells: Record<string, string>) {
  const row = { id: '1', status: 'Sold', price: '2.50', channel: 'web', state: '', quantity: '1', ...cells };
  const header = matchHeader('input/orders.csv', Object.keys(row), [ORDERS]);
  if ('fault' in header) throw new Error(header.fault.reason);
  return new RowCheck(header.match, { timeZone: 'UTC' }).judge(Object.values(row), 7);
}

test('a row is good, deletes its key, is left out, is bad, or makes its file invalid', () => {
  expect(judge({})).toEqual({ outcome: 'good', values: ['1', 'Sold', '2.5000', '1'], deletes: false });
  expect(judge({ state: 'Void', status: '', price: 'none' })).toEqual({
    outcome: 'good',
    values: ['1', null, null, null],
    deletes: true,
  });
  expect(judge({ channel: 'TEST', id: 'x' })).toEqual({ outcome: 'leftOut' });
  expect(judge({ price: 'free' })).toMatchObject({ outcome: 'bad', faults: [{ column: 'price' }] });
  expect(judge({ quantity: '2' })).toMatchObject({ outcome: 'invalid' });
});

test('a row that is left out decides nothing else, and a row without a key cannot delete it', () => {
  expect(judge({ channel: 'test', state: 'void', quantity: '2' })).toEqual({ outcome: 'leftOut' });
  expect(judge({ state: 'void', id: '' })).toMatchObject({ outcome: 'bad', faults: [{ column: 'id' }] });
});

test('a row with too few cells is bad, whatever its cells say', () => {
  const header = matchHeader('input/orders.csv', ['id', 'status', 'price', 'state'], [ORDERS]);
  if ('fault' in header) throw new Error(header.fault.reason);
  const rules = new RowCheck(header.match, { timeZone: 'UTC' });
  expect(rules.judge(['1', 'Sold', '2.50'], 2)).toMatchObject({ outcome: 'bad', faults: [{ column: '' }] });
});
