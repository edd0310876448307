import { warehouseAddress } from '../../../serving/warehouse/warehouse-secret';

const ADDRESS = 'postgres://shop:p%40ss@db.example:5433/shop';

test('an address is taken as it is', () => {
  expect(warehouseAddress(` ${ADDRESS}\n`, 'secret')).toBe(ADDRESS);
});

test('JSON as RDS writes it becomes an address, whatever is in the password', () => {
  const password = 'a/b@c:d#?%"';
  const account = { username: 'day book', password };
  const address = warehouseAddress(
    JSON.stringify({ engine: 'postgres', ...account, host: 'db.example', port: 5433, dbname: 'shop' }),
    'secret',
  );
  const url = new URL(address);
  expect([
    url.host,
    url.pathname,
    decodeURIComponent(url.username),
    decodeURIComponent(url.password),
  ]).toEqual(['db.example:5433', '/shop', 'day book', password]);
  expect(warehouseAddress(JSON.stringify(account), 'secret', 'cluster.example:5432/daybook')).toBe(
    `postgres://day%20book:${encodeURIComponent(password)}@cluster.example:5432/daybook`,
  );
});

test('JSON as Redshift writes it has its port and database', () => {
  const account = { engine: 'redshift', username: 'u', password: 'p', host: 'shop.example' };
  expect(warehouseAddress(JSON.stringify(account), 'secret')).toBe('postgres://u:p@shop.example:5439/dev');
});

test.each([
  ['generated', 'xYz1234'],
  ['an account without a server', '{"username":"u","password":"hunter2"}'],
  ['another address', 'mysql://u:hunter2@host/db'],
  ['null', 'null'],
])('a secret that is none says how to set it, and does not quote itself: %s', (_, text) => {
  const read = () => warehouseAddress(text, 'Daybook-Warehouse');
  expect(read).toThrow(
    'secret Daybook-Warehouse: expected postgres://user:password@host:port/database, or JSON with',
  );
  expect(read).not.toThrow(/hunter2|xYz1234/);
});
