/** The graph of a crate: entities by id, with size limits that are checked before the contents are used. */
import { checkPlain } from '../http/body.ts'
import { text } from './bag.ts'
import { METADATA } from './vocabulary.ts'
import { type Files, invalid } from './zip.ts'

/** Maximum size of the metadata, far more than a request needs; a script is a file of its own. */
const METADATA_BYTES_MAX = 512 * 1024
const ENTITIES_MAX = 1_000
const TYPES_MAX = 16
const REFERENCES_MAX = 64
const ID_CHARACTERS_MAX = 1_024

/** One entity. Its fields are checked one by one when they are read. */
export type GraphEntity = Readonly<Record<string, unknown>> & { readonly '@id': string }

/** Entities by id. */
export type Graph = ReadonlyMap<string, GraphEntity>

/** The graph in a folder of the crate. Throws CRATE_INVALID. */
export function graphIn(payload: Files, folder: string): Graph {
  const bytes = payload.get(`${folder}${METADATA}`)
  if (!bytes) throw invalid(`There is no ${METADATA} ${folder === '' ? 'in the crate' : 'beside the program'}.`)
  if (bytes.length > METADATA_BYTES_MAX) throw invalid(`${METADATA} has at most ${METADATA_BYTES_MAX / 1024} KiB.`)
  const document = plainJson(text(bytes), METADATA)
  const entities = isObject(document) ? document['@graph'] : undefined
  if (!Array.isArray(entities) || entities.length > ENTITIES_MAX || !entities.every(isEntity)) {
    throw invalid(`${METADATA} is no flat graph of at most ${ENTITIES_MAX} entities.`)
  }
  const graph = new Map(entities.map((entity) => [entity['@id'], entity]))
  if (graph.size < entities.length) throw invalid('Two entities of the crate have the same @id.')
  for (const id of graph.keys()) assertWithin(id)
  return graph
}

/** Parses JSON and refuses nesting, numbers and keys that could mislead a later reader. Throws CRATE_INVALID naming `what`. */
export function plainJson(words: string, what: string): unknown {
  try {
    const value: unknown = JSON.parse(words)
    checkPlain(value)
    return value
  } catch (cause) {
    throw invalid(`${what} is not JSON, or not plain.`, cause)
  }
}

/** The ids to which a field refers. Throws CRATE_INVALID for too many. */
export function references(value: unknown): string[] {
  const all = Array.isArray(value) ? value : [value]
  if (all.length > REFERENCES_MAX) throw invalid(`A field of the crate refers to at most ${REFERENCES_MAX} entities.`)
  return all.flatMap((one) => (isObject(one) && isId(one['@id']) ? [one['@id']] : []))
}

/** Whether an entity has a type, possibly among others. */
export function isA(entity: GraphEntity, type: string): boolean {
  const types = entity['@type']
  return Array.isArray(types) ? types.includes(type) : types === type
}

/** A path without percent encoding. Throws CRATE_INVALID. */
export function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch (cause) {
    throw invalid('A path in the crate is not well formed.', cause)
  }
}

/** Throws CRATE_INVALID for a path that leads out of the crate, which would attack readers that follow it. */
function assertWithin(id: string): void {
  if (/^(https?|urn|doi|arcp|mailto):/i.test(id) || id.startsWith('#') || id.startsWith('_:')) return
  const path = decoded(id)
  const leadsOut = path.startsWith('/') || /[\\:\0]/.test(path) || path.split('/').includes('..')
  if (leadsOut) throw invalid('A path in the crate leads out of it.')
}

function isEntity(value: unknown): value is GraphEntity {
  if (!isObject(value) || !isId(value['@id'])) return false
  const types = value['@type']
  if (!Array.isArray(types)) return typeof types === 'string'
  return types.length <= TYPES_MAX && types.every((type) => typeof type === 'string')
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= ID_CHARACTERS_MAX
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
