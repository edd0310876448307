import path from 'node:path';
import { defineConfig } from 'vite';

const isOfECharts = (id) => /node_modules\/(echarts|zrender)\//.test(id);

/** By module: whether it draws with ECharts, itself or by what it imports. */
const drawing = new Map();
function draws(id, chunking) {
  if (!drawing.has(id)) {
    drawing.set(id, isOfECharts(id));
    const { importedIds } = chunking.getModuleInfo(id) ?? { importedIds: [] };
    if (!isOfECharts(id))
      drawing.set(
        id,
        importedIds.some((one) => draws(one, chunking)),
      );
  }
  return drawing.get(id);
}

/**
 * Writes `<name>.html` for each page of console/app/<name>/<name>-page.tsx: index.html that also loads the chunks of the page at once,
 * and not after the application has started and asks for them.
 */
const pagesWithTheirChunks = {
  name: 'pages-with-their-chunks',
  enforce: 'post',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    const withImports = (name) => [name, ...bundle[name].imports.flatMap(withImports)];
    const [start] = chunks.filter(({ isEntry }) => isEntry);
    const atStart = new Set(withImports(start.fileName));
    const html = bundle['index.html'].source;
    for (const { facadeModuleId, fileName, isDynamicEntry } of chunks) {
      const [, folder, page] = /\/app\/([\w-]+)\/([\w-]+)-page\.tsx$/.exec(facadeModuleId ?? '') ?? [];
      if (!isDynamicEntry || folder !== page) continue;
      const links = [...new Set(withImports(fileName))]
        .filter((name) => !atStart.has(name))
        .map((name) => `    <link rel="modulepreload" crossorigin href="/${name}">\n`);
      this.emitFile({
        type: 'asset',
        fileName: `${page}.html`,
        source: html.replace('  </head>', `${links.join('')}  </head>`),
      });
    }
  },
};

/** The page, into dist/console; `npm run build` calls it. Nothing in it is loaded from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [pagesWithTheirChunks],
  build: {
    outDir: path.join(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // A style or picture in a data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // In kilobytes, uncompressed: the charts' library is the largest, loaded by the pages that draw.
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // Browsers load six files at a time: what pages have in common is one, and one more for those that draw.
        codeSplitting: {
          groups: [
            {
              name: (id, chunking) => (draws(id, chunking) ? null : 'shared'),
              debugName: 'shared',
              minShareCount: 2,
              priority: 1,
            },
            { name: 'charts', minShareCount: 2 },
          ],
        },
      },
      onwarn: (warning, warn) => {
        // 'use client' is for servers that render React; there is none.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  logLevel: 'warn',
});
