import { catalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { personColumns } from '../../domain/person';

const contract = (given: Partial<Contract>): Contract => ({
  kind: 'orders',
  key: ['order_id'],
  partition: { by: 'month', of: 'created_at' },
  columns: [
    { name: 'order_id', type: 'int64', required: true },
    { name: 'user_id', type: 'int64', required: true },
    { name: 'created_at', type: 'timestamp', required: true },
    { name: 'status', type: 'text', required: false },
    { name: 'email', type: 'text', required: true },
    { name: 'age', type: 'int64', required: false },
  ],
  ...given,
});

describe('personColumns', () => {
  test('of a row that stays, clears what is neither key, partition nor read by marts, required text too', () => {
    const found = personColumns(contract({}), new Set(['order_id', 'user_id', 'status']));
    expect(found).toMatchObject({
      user: { name: 'user_id' },
      isRemoved: false,
      visits: [],
      cleared: ['email', 'age'],
    });
    expect(found?.order).toBeUndefined();
  });

  test('an included order keeps everything that sales are made of, the currency too', () => {
    const read = new Set(['num_of_item']);
    expect(personColumns(catalog.contract('orders'), read)).toMatchObject({ cleared: [] });
  });

  test('removes a row with the person in its key, such as that of a user', () => {
    const users = contract({
      kind: 'users',
      key: ['id'],
      columns: [{ name: 'id', type: 'int64', required: true }],
    });
    expect(personColumns(users, new Set())).toMatchObject({ user: { name: 'id' }, isRemoved: true });
  });

  test('takes a row without a user that has the number of an order', () => {
    const columns = [
      { name: 'id', type: 'int64' as const, required: true },
      { name: 'order_id', type: 'int64' as const, required: true },
    ];
    const found = personColumns(contract({ kind: 'parcels', key: ['id'], columns }), new Set());
    expect(found).toMatchObject({ order: { name: 'order_id' }, isRemoved: false });
  });

  test('keeps what tells visits apart, and clears addresses of pages although marts read them', () => {
    const text = (name: string) => ({ name, type: 'text' as const, required: false });
    const columns = [
      'event_id',
      'user_id',
      'visitor_id',
      'session_id',
      'page_path',
      'page_title',
      'country',
      'channel',
    ].map(text);
    const events = contract({ kind: 'events', key: ['event_id'], columns, extra: 'keep' });
    const found = personColumns(events, new Set(['page_path', 'channel']));
    expect(found?.visits.map(({ name }) => name)).toEqual(['visitor_id', 'session_id']);
    expect(found?.cleared).toEqual(['page_path', 'page_title', '_extra']);
  });

  test('knows no person in other kinds', () => {
    const columns = [{ name: 'id', type: 'int64' as const, required: true }];
    expect(personColumns(contract({ kind: 'products', key: ['id'], columns }), new Set())).toBeUndefined();
  });
});
