import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ratesKey, WRITTEN_RATES } from '../../domain/object-keys';
import type { RatesOutcome } from '../../domain/workflow';
import type { TaskLogger } from '../../runtime/logger';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson, putJson } from '../../storage/json-object';
import { type DownloadDeps, download } from './download';
import { type PublishedRate, parseRates } from './published-rates';

export interface RatesDeps extends DownloadDeps {
  readonly bucket: Pick<Bucket, 'get' | 'put'>;
  /** The address of the file with the rates. */
  readonly url: string;
  readonly logger: TaskLogger;
}

const writtenSchema = z.object({
  /** The last day of the rates that were written. */
  through: z.string(),
  /** A hash of all published rates until then. */
  hash: z.string(),
});

/**
 * Downloads the published rates, and writes those that were not written yet as a file of `currency_rates` to `input/`: a day's, those of days on
 * which it did not run, all of them the first time, and all of them again if an old one was corrected.
 *
 * What was written is recorded after the file. A run that stops between the two is made up for by the next one, which writes the same file again;
 * the same rows change nothing.
 *
 * @param everything also what was written before, for a lake that lost it
 * @throws RatesError if the rates cannot be read, and then it wrote nothing; errors of S3. A retry is safe.
 */
export async function run(
  { everything }: { readonly everything: boolean },
  deps: RatesDeps,
): Promise<RatesOutcome> {
  const { bucket, url, logger } = deps;
  const published = parseRates(url, await download(url, deps));
  const written = everything ? undefined : await getMatchingJson(bucket, WRITTEN_RATES, writtenSchema);
  const isContinued = written !== undefined && hashOf(until(published, written.through)) === written.hash;
  const rates = isContinued ? published.filter(({ rate_date }) => rate_date > written.through) : published;
  const through = published.at(-1)?.rate_date ?? '';
  const [first] = rates;
  const key = first && ratesKey(first.rate_date, through);
  if (key !== undefined) {
    await bucket.put(key, csvOf(rates), 'text/csv');
    await putJson(bucket, WRITTEN_RATES, { through, hash: hashOf(published) });
  }
  const outcome = { url, key: key ?? null, rates: rates.length, through };
  logger.info(key === undefined ? 'no new rates' : 'rates written', outcome);
  return outcome;
}

const until = (rates: readonly PublishedRate[], day: string): PublishedRate[] =>
  rates.filter(({ rate_date }) => rate_date <= day);

const csvOf = (rates: readonly PublishedRate[]): string =>
  [
    'currency,rate_date,rate',
    ...rates.map(({ currency, rate_date, rate }) => `${currency},${rate_date},${rate}`),
    '',
  ].join('\n');

const hashOf = (rates: readonly PublishedRate[]): string =>
  createHash('sha256').update(csvOf(rates)).digest('hex');
