/** The build of the console: scripts and styles as files, nothing inline, for browsers of recent years. */
import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  build: {
    target: 'es2023',
    // The page's security policy permits no inline script and no data: URLs, so small pictures are not inlined either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    reportCompressedSize: true
  }
})
