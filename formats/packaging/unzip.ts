import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { fileFormat, SAVE_AS_CSV } from '../../domain/file-rules';
import { zlibCode } from './gunzip';
import { corrupt, UnpackError } from './unpack-error';

/** The members that archivers of operating systems add, and folders. */
const IGNORED = /\/$|^__MACOSX\/|(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini)$/;

/** Every workbook has it. */
const WORKBOOK = '[Content_Types].xml';

/**
 * The decompressed bytes of the only member of a ZIP file.
 * @throws UnpackError also for an archive with no member or several
 */
export async function* unzip(path: string): AsyncGenerator<Buffer> {
  const archive = await openArchive(path);
  try {
    const entry = await onlyMember(archive);
    let checksum = 0;
    for await (const chunk of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) throw corrupt('ZIP archive');
  } catch (error) {
    throw isCausedByBytes(error) ? corrupt('ZIP archive') : error;
  } finally {
    archive.close();
  }
}

async function openArchive(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, lazyEntries: true });
  } catch (error) {
    if (!isCausedByBytes(error)) throw error;
    // The directory of an archive is at its end.
    throw new UnpackError({
      reason: 'the ZIP archive is truncated or corrupt',
      remedy: 'upload the whole file again',
    });
  }
}

async function onlyMember(archive: ZipFile): Promise<Entry> {
  const members: Entry[] = [];
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName === WORKBOOK) {
      throw new UnpackError({ reason: 'not a CSV file but an Excel workbook', remedy: SAVE_AS_CSV });
    }
    if (!IGNORED.test(entry.fileName)) members.push(entry);
  }
  const [entry, ...others] = members;
  if (!entry) {
    throw new UnpackError({ reason: 'the ZIP archive is empty', remedy: 'put one CSV file into it' });
  }
  if (others.length > 0) {
    const names = members.slice(0, SHOWN_MEMBERS).map(({ fileName }) => fileName);
    throw new UnpackError({
      reason: `the ZIP archive has ${members.length} members, expected one`,
      remedy: 'upload each file by itself, or in an archive of its own',
      details: [`it has ${names.join(', ')}${members.length > SHOWN_MEMBERS ? ' and others' : ''}`],
    });
  }
  checkMember(entry);
  return entry;
}

const SHOWN_MEMBERS = 10;

function checkMember(entry: Entry): void {
  const format = fileFormat(entry.fileName);
  if ('fault' in format) {
    throw new UnpackError({ ...format.fault, reason: `in the ZIP archive, ${format.fault.reason}` });
  }
  if (entry.isEncrypted()) {
    throw new UnpackError({
      reason: 'the ZIP archive is encrypted',
      remedy: 'create it without a password',
    });
  }
  const STORED = 0;
  const DEFLATED = 8;
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw new UnpackError({
      reason: `the ZIP archive uses compression method ${entry.compressionMethod}, expected 8 (deflate)`,
      remedy: 'compress the file with deflate, which is the default of most archivers, or with gzip',
    });
  }
}

/** The archive's bytes, and not the disk, cause errors without a code of the system. */
function isCausedByBytes(error: unknown): boolean {
  if (error instanceof UnpackError) return false;
  return zlibCode(error) !== undefined || (error as { code?: unknown } | undefined)?.code === undefined;
}
