import path from 'node:path';
import { defineConfig } from 'vite';

/** The page, into dist/console; `npm run build` calls it. Nothing in it is loaded from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: path.join(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // A style or picture in a data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // In kilobytes, uncompressed: the charts' library is the largest, loaded by the pages that draw.
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      onwarn: (warning, warn) => {
        // 'use client' is for servers that render React; there is none.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  logLevel: 'warn',
});
