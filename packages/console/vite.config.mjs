/** How the console is built: scripts and styles as files of their own, nothing inline, for browsers of the last years. */
import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  build: {
    target: 'es2023',
    // The page's security policy permits no inline script; a small picture must not become a data: URL either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    reportCompressedSize: true
  }
})
