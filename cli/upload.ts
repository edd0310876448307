import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Upload } from '@aws-sdk/lib-storage';
import { Command } from 'commander';
import { INPUT } from '../domain/object-keys';
import { plural } from '../domain/plural';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { confirmedEtag } from '../storage/s3-errors';
import { CommandFailure } from './failure';
import { formatParts, withProgress } from './progress';
import { formatBytes, formatSeconds, printable } from './table';

export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  /** Its key in the bucket. */
  readonly key: string;
}

export interface Uploaded {
  readonly key: string;
  readonly bytes: number;
}

export function uploadCommand(): Command {
  return new Command('upload')
    .description('upload files, or all files of directories, to input/')
    .argument(
      '<paths...>',
      'files (.csv, .tsv, .txt, .ndjson, .jsonl, .json, also .gz, .zst, .zip; .parquet) or directories',
    )
    .option('--to <folder>', 'folder in input/')
    .option('--json', 'print the uploaded files as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook upload exports/2025-03 --to march')
    .action(async (paths: string[], options: { to?: string; json?: boolean }) => {
      const files = await filesOf(paths, options.to);
      const deployment = await connect();
      try {
        const started = Date.now();
        const all = sumOf(files);
        const uploaded = await withProgress('uploading', options, ({ update, print }) =>
          uploadFiles(
            deployment,
            files,
            ({ key, bytes }) => {
              if (!options.json) print(`${printable(key)}  ${formatBytes(bytes)}`);
            },
            (done, bytesSent) => update(formatParts(done, files.length, bytesSent, all)),
          ),
        );
        if (options.json)
          process.stdout.write(`${JSON.stringify({ bucket: deployment.bucket, files: uploaded })}\n`);
        else
          process.stdout.write(
            `${plural(uploaded.length, 'file')}, ${formatBytes(sumOf(uploaded))} to s3://${deployment.bucket}/${INPUT} in ${formatSeconds(Date.now() - started)}\n`,
          );
      } finally {
        disconnect(deployment);
      }
    });
}

/**
 * Resolves paths to files, in order; a directory yields all its files except hidden ones, sorted by name.
 * @throws CommandFailure for a path that does not exist, or if there are no files
 */
export async function filesOf(paths: readonly string[], folder = ''): Promise<LocalFile[]> {
  const prefix = INPUT + (folder === '' ? '' : `${folder.replace(/^\/+|\/+$/g, '')}/`);
  const files: LocalFile[] = [];
  for (const given of paths) {
    const found = await stat(given).catch(() => undefined);
    if (!found) throw new CommandFailure(`${given}: no such file or directory`);
    const names = found.isDirectory() ? await namesBelow(given) : [''];
    for (const name of names) {
      const file = name === '' ? given : path.join(given, name);
      const { size } = await stat(file);
      const relative = name === '' ? path.basename(given) : name.split(path.sep).join('/');
      files.push({ path: file, bytes: size, key: prefix + relative });
    }
  }
  if (files.length === 0) throw new CommandFailure(`${paths.join(', ')}: no files`);
  return files;
}

async function namesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.split(path.sep).some((part) => part.startsWith('.')))
    .sort();
}

const sumOf = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Uploads sequentially, so that a later file is newer. */
export async function uploadFiles(
  { s3, bucket }: Pick<Deployment, 's3' | 'bucket'>,
  files: readonly LocalFile[],
  onUploaded: (file: Uploaded) => void,
  onSent: (files: number, bytes: number) => void = () => {},
): Promise<Uploaded[]> {
  const uploaded: Uploaded[] = [];
  for (const { key, bytes, path: file } of files) {
    const upload = new Upload({
      client: s3,
      params: { Bucket: bucket, Key: key, Body: createReadStream(file) },
    });
    const before = sumOf(uploaded);
    upload.on('httpUploadProgress', ({ loaded = 0 }) => onSent(uploaded.length, before + loaded));
    confirmedEtag(key, await upload.done());
    uploaded.push({ key, bytes });
    onUploaded({ key, bytes });
  }
  return uploaded;
}
