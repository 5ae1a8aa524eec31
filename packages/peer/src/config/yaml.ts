/** Configuration files: YAML whose errors name file, line and key. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { type Document, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'

/** The place of a key, for messages. */
export type Where = (keys: readonly PropertyKey[]) => string

/** Contradictions between keys that are each valid by themselves: the key at which to change something, and why. */
export type Contradictions = Generator<[key: string, why: string]>

/** A configuration file as it was read. */
export interface Written {
  readonly path: string
  readonly raw: unknown
  readonly where: Where
}

/** Reads a file. `hint`: what to do if there is none. Throws CONFIG_INVALID. */
export async function readYaml(file: string, hint?: string): Promise<Written> {
  const path = resolve(file)
  const text = await textOf(path, hint)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const [error] = document.errors
  if (error) throw new StimnetError('CONFIG_INVALID', `${path}: ${error.message}`)
  return { path, raw: plainOf(document, path) ?? {}, where: placesIn(document, lines, path) }
}

/** The text of a file of settings. Throws CONFIG_INVALID. */
export function textOf(path: string, hint?: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new StimnetError('CONFIG_INVALID', `cannot read ${path}${hint === undefined ? '' : `: ${hint}`}`, { cause })
  })
}

/** The place of a key in a YAML document, for messages: the file and, if the key is written there, the line. */
export function placesIn(document: Document, lines: LineCounter, path: string): Where {
  return (keys) => {
    const node = document.getIn(keys.map(String), true) as { range?: [number] } | undefined
    return `${path}:${node?.range ? ` line ${lines.linePos(node.range[0]).line}:` : ''} `
  }
}

/** The values of a YAML document. Throws CONFIG_INVALID for aliases that would expand without bound. */
export function plainOf(document: Document, path: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    const why = 'its aliases (*name) stand for more than can be read: write the values out'
    throw new StimnetError('CONFIG_INVALID', `${path}: ${why}`, { cause })
  }
}

/** Checks what was read by a schema, then for contradictions. Throws CONFIG_INVALID with everything that is wrong. */
export function checkedBy<S extends z.ZodType<object>>(
  schema: S,
  contradictions: (config: z.output<S>) => Contradictions,
  { raw, where }: Pick<Written, 'raw' | 'where'>
): Readonly<z.output<S>> {
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    const told = parsed.error.issues.map((issue) => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys : []
      const keys = [...issue.path, ...unknown.slice(0, 1)]
      return `${where(keys)}${keys.join('.') || 'configuration'}: ${unknown.length > 0 ? 'there is no such key' : issue.message}`
    })
    throw new StimnetError('CONFIG_INVALID', told.join('\n'))
  }
  const contradicting = [...contradictions(parsed.data)].map(([key, why]) => `${where(key.split('.'))}${key}: ${why}`)
  if (contradicting.length > 0) throw new StimnetError('CONFIG_INVALID', contradicting.join('\n'))
  return Object.freeze(parsed.data)
}
