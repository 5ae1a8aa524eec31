/** The OpenAPI 3.1 document, generated from the schemas with which the routes parse and answer. */
import { inputs, outputs } from '@stimnet/api'
import { z } from 'zod'
import type { Route } from './http/route.ts'

type Json = Record<string, unknown>

/** The OpenAPI document as plain JSON. */
export function openApiOf(routes: readonly Route[], info: { version: string; url: string }): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'StimNet',
      version: info.version,
      summary: 'Federated analysis of clinical data that stay at the institutions.',
      description:
        'Programs travel to the data; privacy-filtered aggregates come back. Clients must ignore fields they do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: info.url }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name, description: TAGS[name] ?? name })),
    paths,
    components: {
      schemas: { ...componentsOf(inputs, 'input'), ...componentsOf(outputs, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' }
      }
    }
  }
}

/** Descriptions of the groups of operations. */
const TAGS: Readonly<Record<string, string>> = {
  Node: 'The state of the node, for people, probes and Prometheus.',
  Authentication: 'Who asks.',
  Catalogs: 'Nodes and the data they offer: descriptions, never rows.',
  Jobs: 'One request to one peer, or to all that offer a catalog.',
  Broadcasts: 'One request to many peers, each with its part, and the pooled answer.',
  'Analysis requests': 'Requests that stewards decide before they run.',
  Crates: 'Requests and results as Five Safes RO-Crates, for archives and other tools.',
  Events: 'What happens at this node, for its staff.',
  Uploads: 'Files that scripts read; only the owner sees a file.',
  Privacy: 'What differentially private answers cost.',
  Permits: 'Permits that authorities issued, and the records under them.',
  Audit: 'The log of this node, and what proves it.',
  Documentation: 'This document, and a page that explains it.'
}

const PROBLEM = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
}

const FILE_BODY = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
        required: ['file'],
        additionalProperties: false
      }
    }
  }
}

function operationOf(route: Route): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)]
  const tokens = [{ bearer: [] }, { apiKey: [] }]
  const security = { open: [], anyone: [{}, ...tokens], account: tokens }[route.access]
  const good = (route.statuses ?? [200]).map((status) => [String(status), goodAnswer(route)])
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.roles ? { description: `Needs the role ${route.roles.join(' or ')}.` } : {}),
    security,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: bodyOf(route.body) } : {}),
    ...(route.file ? { requestBody: FILE_BODY } : {}),
    responses: {
      ...Object.fromEntries(good),
      ...(route.etag ? { 304: { description: 'What If-None-Match names still holds' } } : {}),
      ...(route.answerType === 'text/event-stream' ? { 204: { description: 'The client has seen the end' } } : {}),
      '4XX': { description: 'What is wrong with the request (RFC 9457)', ...PROBLEM },
      default: { description: 'What the node could not do (RFC 9457)', ...PROBLEM }
    }
  }
}

function pathParameters(route: Route): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' }
  }))
}

function queryParameters(route: Route): Json[] {
  if (!route.query) return []
  const { properties = {} } = plain(z.toJSONSchema(route.query, { io: 'output' })) as { properties?: Json }
  // Every query parameter is optional: one with a default is required only after parsing.
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
}

function headerParameters(route: Route): Json[] {
  const header = (name: string, description: string, maxLength: number) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', maxLength }
  })
  return [
    ...(route.idempotent
      ? [header('Idempotency-Key', 'The same key of the same account answers with the same request.', 128)]
      : []),
    ...(route.etag ? [header('If-None-Match', 'The ETag of an answer that you have.', 1_024)] : [])
  ]
}

function bodyOf(body: NonNullable<Route['body']>): Json {
  // OpenAPI 3.1 needs no schema for raw bytes.
  if (body.type === 'zip') return { required: true, content: { 'application/zip': {} } }
  const type = body.type === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  return { required: true, content: { [type]: { schema: schemaOf(body.schema, 'input') } } }
}

function goodAnswer(route: Route): Json {
  const type = route.answerType ?? 'application/json'
  return {
    description: route.summary,
    ...headersOf(route),
    content: { [type]: { schema: schemaOf(route.answer, 'output') } }
  }
}

/** Response headers for clients. */
function headersOf(route: Route): Json {
  const header = (description: string) => ({ description, schema: { type: 'string' } })
  const isPaged = queryParameters(route).some(({ name }) => name === 'cursor')
  const headers = {
    ...(route.etag ? { ETag: header('For If-None-Match; absent while the answer still changes') } : {}),
    ...(isPaged ? { Link: header('rel="next": the next page of the list; absent on the last page') } : {})
  }
  return Object.keys(headers).length > 0 ? { headers } : {}
}

/** A reference for a named schema, also within a list or union; otherwise the schema itself. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const id = (io === 'input' ? inputs : outputs).get(schema)?.id
  if (id !== undefined) return { $ref: `#/components/schemas/${id}` }
  if (schema instanceof z.ZodArray) return { type: 'array', items: schemaOf(schema.element as z.ZodType, io) }
  if (schema instanceof z.ZodUnion) return { anyOf: schema.options.map((one) => schemaOf(one as z.ZodType, io)) }
  return plain(z.toJSONSchema(schema, { io, override: io === 'output' ? keepOpen : () => undefined }))
}

function componentsOf(registry: typeof inputs, io: 'input' | 'output'): Record<string, Json> {
  const override = io === 'output' ? keepOpen : () => undefined
  const { schemas } = z.toJSONSchema(registry, { io, override, uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(schema)]))
}

/** Permits additional fields in answers: otherwise clients that check schemas would refuse new fields. */
function keepOpen({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

/** A schema without `$schema` and `$id`, which belong to a separate document. */
function plain(schema: object): Json {
  const { $schema: _, $id: __, ...rest } = schema as Json
  return rest
}
