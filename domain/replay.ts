/**
 * A replay: an archived file copied back below `input/`. Its rows are as old as the upload that it repeats, whose time the
 * copy carries in its metadata (`x-amz-meta-...`); else the old rows would win over everything that came since.
 */

export const REPLAYED_UPLOAD = 'daybook-uploaded-at';

/**
 * The time of the upload that an object repeats; undefined for one that is no replay. What is no time of before the
 * object's own upload is none of ours, and means nothing.
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
