import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the built page, in memory: they are few, and a busy disk or process delays none of them. */
export class PageFiles {
  private constructor(private readonly bodies: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {}

  static async read(directory: string): Promise<PageFiles> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const read = files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      const body = new Uint8Array(await readFile(file));
      return [path.relative(directory, file).split(path.sep).join('/'), body] as const;
    });
    return new PageFiles(new Map(await Promise.all(read)));
  }

  /** A script, style or picture. Browsers may keep it for ever, as its name contains a hash of its content. */
  asset(context: Context): Response | undefined {
    const response = this.respond(context, context.req.path.slice(1));
    response?.headers.set('Cache-Control', 'public, max-age=31536000, immutable');
    return response;
  }

  /** The document of a path, which is a route of the application: with the scripts of its page if there is such a page. */
  document(context: Context): Response | undefined {
    const [, page] = context.req.path.split('/');
    return this.respond(context, `${page || 'home'}.html`) ?? this.respond(context, 'index.html');
  }

  private respond(context: Context, name: string): Response | undefined {
    const body = this.bodies.get(name);
    return body && context.body(body, 200, { 'Content-Type': TYPES[path.extname(name)] ?? '' });
  }
}
