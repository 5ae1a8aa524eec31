/** The interactive documentation: a page of our own files over /openapi.json. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { PAGE_HEADERS } from '../answer.ts'
import { type Route, route } from '../route.ts'

const FILES = [
  { path: '/docs', id: 'docs', file: 'index.html', type: 'text/html', summary: 'Interactive API documentation' },
  { path: '/docs/app.js', id: 'docsScript', file: 'app.js', type: 'text/javascript', summary: "The page's script" },
  { path: '/docs/style.css', id: 'docsStyle', file: 'style.css', type: 'text/css', summary: "The page's style" }
] as const

/** `document` gives the OpenAPI document as JSON text. */
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
  const openApi = route({
    method: 'GET',
    path: '/openapi.json',
    id: 'openApi',
    tag: 'Documentation',
    summary: 'This API as an OpenAPI 3.1 document',
    access: 'open',
    answer: z.record(z.string(), z.unknown()),
    handle: ({ headers }) =>
      new Response(document(), { headers: headers({ 'content-type': 'application/json; charset=utf-8' }) })
  })
  return [...pages, openApi]
}
