import { readFileSync } from 'node:fs';
import { packagePath } from '../../../package-path';
import { eventOf, json, rowsOf } from './event-builders';

const page = readFileSync(packagePath('docs', 'events.md'), 'utf8');

test('the example of docs/events.md is an event with an item', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  expect(rowsOf(json(example))).toMatchObject({
    event: {
      event_name: 'view_item',
      visitor_id: 'c1',
      channel: 'Paid Search',
      value: '12.5000',
      _extra: null,
    },
    items: [{ product_id: '1', list_name: 'related', position: '3', _extra: null }],
  });
});

test('its examples of channels are what the rules say', () => {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `https://shop.example'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  expect(rows).toHaveLength(6);
  for (const [, page_url, referrer, traffic, channel] of rows) {
    const event = eventOf({ event_name: 'page_view', page_url, referrer });
    expect([`${event.traffic_source} / ${event.traffic_medium}`, event.channel]).toEqual([traffic, channel]);
  }
});

test('the calls of its script are events of the dictionary', () => {
  const calls = [...page.matchAll(/^track\('(\w+)', (\{.*\})\);$/gm)];
  expect(calls).toHaveLength(2);
  for (const [, event_name, properties = ''] of calls) {
    const { event, items } = rowsOf({ event_name, ...new Function(`return ${properties}`)() });
    expect(event).toMatchObject({ event_name, currency: 'EUR', _extra: null });
    expect(items).toMatchObject([{ product_id: '1', price: '12.5000', _extra: null }]);
  }
});
