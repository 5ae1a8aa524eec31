/** The interactive documentation of /openapi.json, as a page of the gateway's own files. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { PAGE_HEADERS } from '../http/answer.ts'
import { etagOf, isKnown } from '../http/etag.ts'
import { type Route, route } from '../http/route.ts'

const FILES = [
  { path: '/docs', id: 'docs', file: 'index.html', type: 'text/html', summary: 'Interactive API documentation' },
  { path: '/docs/app.js', id: 'docsScript', file: 'app.js', type: 'text/javascript', summary: "The page's script" },
  { path: '/docs/style.css', id: 'docsStyle', file: 'style.css', type: 'text/css', summary: "The page's style" }
] as const

/** The routes of the documentation. `document` returns the OpenAPI document as JSON text. */
export function docsRoutes(document: () => string): Route[] {
  const pages = FILES.map(({ path, id, file, type, summary }) => {
    const text = readFileSync(new URL(`../../assets/docs/${file}`, import.meta.url), 'utf8')
    return route({
      method: 'GET',
      path,
      id,
      tag: 'Documentation',
      summary,
      access: 'open',
      answer: z.string(),
      answerType: type,
      handle: ({ headers }) =>
        new Response(text, { headers: headers({ ...PAGE_HEADERS, 'content-type': `${type}; charset=utf-8` }) })
    })
  })
  // The document does not change while the node runs.
  let etag: string | undefined
  const openApi = route({
    method: 'GET',
    path: '/openapi.json',
    id: 'openApi',
    tag: 'Documentation',
    summary: 'This API as an OpenAPI 3.1 document',
    access: 'open',
    answer: z.record(z.string(), z.unknown()),
    etag: () => undefined,
    handle: ({ headers, header }) => {
      const text = document()
      etag ??= etagOf(text)
      const kept = { etag, 'cache-control': 'no-cache' }
      if (isKnown(header('if-none-match'), etag)) return new Response(null, { status: 304, headers: headers(kept) })
      return new Response(text, { headers: headers({ 'content-type': 'application/json; charset=utf-8', ...kept }) })
    }
  })
  return [...pages, openApi]
}
