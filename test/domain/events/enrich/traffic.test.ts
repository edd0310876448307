import { CHANNEL_NAMES, channelOf } from '../../../../domain/events/enrich/traffic';
import { eventOf } from '../event-builders';

/** At least one case of every channel of https://support.google.com/analytics/answer/9756891. */
const CASES: readonly (readonly [string, string, string | null, string])[] = [
  ['(direct)', '(none)', null, 'Direct'],
  ['(direct)', '(not set)', null, 'Direct'],
  ['google', 'cpc', 'summer cross-network', 'Cross-network'],
  ['amazon', 'cpc', null, 'Paid Shopping'],
  ['google', 'cpc', 'Shopping DE', 'Paid Shopping'],
  ['google', 'cpc', 'eshop', 'Paid Shopping'],
  ['google', 'cpc', 'workshop', 'Paid Search'],
  ['google', 'cpc', 'summer', 'Paid Search'],
  ['bing.com', 'PPC', null, 'Paid Search'],
  ['google', 'cpm', null, 'Paid Search'],
  ['facebook', 'paid_social', null, 'Paid Social'],
  ['instagram.com', 'retargeting', null, 'Paid Social'],
  ['youtube.com', 'cpv-cpc', null, 'Paid Video'],
  ['criteo', 'display', null, 'Display'],
  ['criteo', 'banner', null, 'Display'],
  ['criteo', 'cpm', null, 'Display'],
  ['criteo', 'cpc', null, 'Paid Other'],
  ['etsy.com', 'referral', null, 'Organic Shopping'],
  ['newsletter', 'owned', 'winter shop', 'Organic Shopping'],
  ['pinterest.com', 'referral', null, 'Organic Social'],
  ['partner', 'social-media', null, 'Organic Social'],
  ['vimeo.com', 'referral', null, 'Organic Video'],
  ['partner', 'video', null, 'Organic Video'],
  ['duckduckgo', 'organic', null, 'Organic Search'],
  ['intranet', 'organic', null, 'Organic Search'],
  ['blog.example', 'referral', null, 'Referral'],
  ['partner', 'link', null, 'Referral'],
  ['newsletter', 'e-mail', null, 'Email'],
  ['email', 'weekly', null, 'Email'],
  ['awin', 'affiliate', null, 'Affiliates'],
  ['podcast', 'audio', null, 'Audio'],
  ['sms', 'campaign', null, 'SMS'],
  ['app', 'web-push', null, 'Mobile Push Notifications'],
  ['firebase', 'other', null, 'Mobile Push Notifications'],
  ['newsletter', 'weekly', null, 'Unassigned'],
];

test.each(CASES)('%s / %s / %s is %s', (source, medium, campaign, channel) => {
  expect(channelOf(source, medium, campaign)).toBe(channel);
});

test('every channel has a case', () => {
  expect([...new Set(CASES.map(([, , , channel]) => channel))].toSorted()).toEqual(CHANNEL_NAMES.toSorted());
});

const PAGE = 'https://shop.example/p/1';

test.each<[string, object, object]>([
  [
    'UTM parameters of the page',
    {
      page_url: `${PAGE}?utm_source=News&utm_medium=email&utm_campaign=May`,
      referrer: 'https://mail.google.com/',
    },
    {
      utm_source: 'News',
      utm_medium: 'email',
      utm_campaign: 'May',
      traffic_source: 'News',
      channel: 'Email',
      referrer_class: 'referral',
    },
  ],
  [
    'given UTM parameters before those of the page',
    { page_url: `${PAGE}?utm_source=a`, utm_source: 'b' },
    { utm_source: 'b', traffic_medium: '(not set)', channel: 'Unassigned' },
  ],
  [
    'parameters in the fragment',
    { page_url: `${PAGE}#/cart?utm_source=fb&utm_medium=cpc` },
    { channel: 'Paid Social' },
  ],
  [
    'the click id of an advertisement',
    { page_url: `${PAGE}?gclid=x&fbclid=y` },
    {
      click_id: 'gclid',
      traffic_source: 'google',
      traffic_medium: 'cpc',
      channel: 'Paid Search',
      utm_source: null,
    },
  ],
  [
    'a click id that says nothing of money',
    { page_url: `${PAGE}?fbclid=y`, referrer: 'https://l.facebook.com/' },
    { click_id: 'fbclid', channel: 'Organic Social' },
  ],
  [
    'a search engine',
    { page_url: PAGE, referrer: 'https://www.google.co.uk/' },
    {
      traffic_source: 'google',
      traffic_medium: 'organic',
      channel: 'Organic Search',
      referrer_class: 'search',
    },
  ],
  [
    'a page of the same site',
    { page_url: PAGE, referrer: 'https://blog.shop.example/' },
    { referrer_class: 'internal', traffic_source: '(direct)', channel: 'Direct' },
  ],
  [
    'an assistant',
    { page_url: PAGE, referrer: 'https://chatgpt.com/' },
    { referrer_class: 'assistant', traffic_source: 'chatgpt.com', channel: 'Referral' },
  ],
  [
    'a mail program of a search engine is none',
    { page_url: PAGE, referrer: 'https://mail.google.com/mail/' },
    { referrer_class: 'referral', channel: 'Referral' },
  ],
  [
    'nothing',
    { page_url: PAGE },
    {
      referrer_class: null,
      referrer_host: null,
      traffic_source: '(direct)',
      traffic_medium: '(none)',
      channel: 'Direct',
    },
  ],
  [
    'what GA4 writes for nothing',
    { utm_source: '(direct)', utm_medium: '(none)', utm_campaign: '(not set)' },
    { utm_source: null, channel: 'Direct' },
  ],
  [
    'addresses that are none',
    { page_url: 'http://[', referrer: 'about:blank' },
    { page_path: null, referrer_host: null, channel: 'Direct' },
  ],
])('%s', (_, event, expected) => {
  expect(eventOf({ event_name: 'page_view', ...event })).toMatchObject(expected);
});

test('the path of a page is that of its address, also of one within the site', () => {
  const pathOf = (event: object) => eventOf({ event_name: 'page_view', ...event }).page_path;
  expect(pathOf({ page_url: 'https://shop.example' })).toBe('/');
  expect(pathOf({ page_url: 'shop.example/p/1?x=1#top' })).toBe('/p/1');
  expect(pathOf({ page_url: '/p/1?x=1' })).toBe('/p/1');
  expect(pathOf({ page_path: '/p/1?x=1' })).toBe('/p/1');
  expect(pathOf({})).toBeNull();
});
