import fc from 'fast-check';
import { timeZone } from '../../../domain/values/time-zone';

/** Zones with offsets of quarters of an hour, half hours of summer time, and changes at midnight. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Antarctica/Troll',
];
const QUARTER = 900;

const formats = new Map(
  ZONES.map((zone) => [
    zone,
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }),
  ]),
);

const shown = (zone: string, instant: number) => formats.get(zone)?.format(instant * 1000);
const written = (local: number) => new Date(local * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** Tries every offset; since 1986 all are of whole quarters. */
function everyInstant(zone: string, local: number): number[] {
  const instants = [];
  for (let offset = 14 * 3600; offset >= -14 * 3600; offset -= QUARTER) {
    if (shown(zone, local - offset) === written(local)) instants.push(local - offset);
  }
  return instants;
}

const seconds = fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2035, 0) / 1000 });

test('every local time is read as the instants at which clocks show it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), seconds, (zone, local) => {
      expect(timeZone(zone).instants(local)).toEqual(everyInstant(zone, local));
    }),
    { numRuns: 300 },
  );
});

test.each(ZONES)('around each change of clocks in %s, too', (zone) => {
  const { instants } = timeZone(zone);
  const start = Date.UTC(2018, 0) / 1000;
  for (let hour = 0; hour < 24 * 365; hour += 1) {
    const instant = start + hour * 3600;
    const local = (at: number) => Date.parse(`${shown(zone, at)}Z`) / 1000;
    if (local(instant + 3600) - local(instant) === 3600) continue;
    for (let quarter = -8; quarter <= 8; quarter += 1) {
      const around = local(instant) + quarter * QUARTER;
      expect([written(around), instants(around)]).toEqual([written(around), everyInstant(zone, around)]);
    }
  }
});

test('a day starts with its first instant', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), seconds, (zone, instant) => {
      const day = Math.floor(instant / 86_400);
      const date = written(day * 86_400).slice(0, 10);
      const start = timeZone(zone).startOfDay(day);
      if (start === undefined) {
        expect([zone, date]).toEqual(['Pacific/Apia', '2011-12-30']);
        return;
      }
      expect(shown(zone, start)?.slice(0, 10)).toBe(date);
      expect(shown(zone, start - 1)?.slice(0, 10)).not.toBe(date);
    }),
    { numRuns: 300 },
  );
});
