/**
 * A replay: an archived file copied back to `input/`. The metadata of the copy (`x-amz-meta-...`) contains the time of the
 * original upload, which its rows keep; otherwise the old rows would replace newer ones.
 */

export const REPLAYED_UPLOAD = 'daybook-uploaded-at';

/**
 * The time of the original upload; undefined for an object that is not a replay. Ignores a value that is not a time, or is
 * later than the object's own upload: Daybook did not write it.
 * @param metadata names in lower case
 * @param uploadedAt of the object itself, ISO 8601 to the millisecond, UTC
 */
export function replayedUpload(
  metadata: Readonly<Record<string, string>> | undefined,
  uploadedAt: string,
): string | undefined {
  const time = Date.parse(metadata?.[REPLAYED_UPLOAD] ?? '');
  if (Number.isNaN(time) || time > Date.parse(uploadedAt)) return undefined;
  return new Date(time).toISOString();
}
