import { boundedCache } from '../../../../domain/events/bounded-cache';
import { eventOf } from '../event-builders';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';
const agentOf = (event: object, user_agent?: string) => {
  const { browser, os, device_type, is_bot, bot_reason } = eventOf(
    { event_name: 'page_view', ...event },
    user_agent === undefined ? {} : { user_agent },
  );
  return { browser, os, device_type, is_bot, bot_reason };
};

test.each<[string, object]>([
  [CHROME, { browser: 'Chrome', os: 'Windows', device_type: 'desktop', is_bot: 'false', bot_reason: null }],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
    { browser: 'Safari', os: 'iOS', device_type: 'tablet' },
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36',
    { browser: 'Chrome', os: 'Android', device_type: 'mobile' },
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    { browser: 'Firefox', os: 'Linux', device_type: 'desktop' },
  ],
  [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    { is_bot: 'true', bot_reason: 'user agent: Google' },
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36',
    { is_bot: 'true' },
  ],
])('%s', (user_agent, expected) => {
  expect(agentOf({ user_agent })).toMatchObject(expected);
  expect(agentOf({}, user_agent)).toEqual(agentOf({ user_agent }));
});

test('a program that sends the events of others is no bot, and says nothing about their browsers', () => {
  const nothing = { browser: null, os: null, device_type: null, is_bot: 'false', bot_reason: null };
  expect(agentOf({}, 'python-requests/2.32.3')).toEqual(nothing);
  expect(agentOf({ user_agent: CHROME }, 'axios/1.7.2')).toMatchObject({
    browser: 'Chrome',
    is_bot: 'false',
  });
  expect(agentOf({ user_agent: 'python-requests/2.32.3' })).toMatchObject({ is_bot: 'true' });
});

test('what an event says about its device comes before its user agent', () => {
  expect(
    agentOf({ user_agent: CHROME, device: { category: 'Smartphone', operating_system: 'KaiOS' } }),
  ).toMatchObject({
    browser: 'Chrome',
    os: 'KaiOS',
    device_type: 'mobile',
  });
  expect(agentOf({ user_agent: CHROME, is_bot: true })).toMatchObject({
    is_bot: 'true',
    bot_reason: 'sent as a bot',
  });
  expect(agentOf({ user_agent: CHROME, is_bot: 'false' })).toMatchObject({ is_bot: 'false' });
});

test('a cache computes a value once while it is used, and forgets those that are not', () => {
  const computed: string[] = [];
  const cached = boundedCache(2, (key) => {
    computed.push(key);
    return key.length;
  });
  for (const key of ['a', 'bb', 'a', 'bb', 'ccc', 'a', 'ccc']) expect(cached(key)).toBe(key.length);
  expect(computed).toEqual(['a', 'bb', 'ccc']);
  for (const key of ['d', 'e', 'f', 'g', 'a']) cached(key);
  expect(computed).toEqual(['a', 'bb', 'ccc', 'd', 'e', 'f', 'g', 'a']);
});
