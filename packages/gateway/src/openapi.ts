/** The OpenAPI 3.1 document, made from the schemas that the routes parse and answer with. */
import { z } from 'zod'
import { problemSchema } from './problem.ts'
import type { Route } from './route.ts'
import { inputs, output, outputs } from './shapes/named.ts'

type Json = Record<string, unknown>

output('Problem', problemSchema)

/** The whole document as plain JSON. */
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
      summary: 'Federated analysis of clinical data where it lies.',
      description:
        'Programs travel to the data; privacy-filtered aggregates come back. Clients must ignore fields they do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: info.url }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
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

function operationOf(route: Route): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)]
  const tokens = [{ bearer: [] }, { apiKey: [] }]
  const security = { open: [], anyone: [{}, ...tokens], account: tokens, local: [{}, ...tokens] }[route.access]
  const good = (route.statuses ?? [200]).map((status) => [String(status), goodAnswer(route)])
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.roles ? { description: `Needs the role ${route.roles.join(' or ')}.` } : {}),
    security,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: bodyOf(route.body) } : {}),
    responses: {
      ...Object.fromEntries(good),
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
      }
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
  // Everything in a query may be left out: what has a default counts as required in the parsed form alone.
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
}

function headerParameters(route: Route): Json[] {
  if (!route.idempotent) return []
  const description = 'The same key of the same account answers with the same request.'
  const schema = { type: 'string', maxLength: 128 }
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }]
}

function bodyOf(body: NonNullable<Route['body']>): Json {
  // OpenAPI 3.1 says nothing of the schema of bytes.
  if (body.type === 'zip') return { required: true, content: { 'application/zip': {} } }
  const type = body.type === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  return { required: true, content: { [type]: { schema: schemaOf(body.schema, 'input') } } }
}

function goodAnswer(route: Route): Json {
  const type = route.answerType ?? 'application/json'
  return { description: route.summary, content: { [type]: { schema: schemaOf(route.answer, 'output') } } }
}

/** A reference for what has a name, also within a list or union; else the schema itself. */
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

/** An answer may grow fields: a client that refused unknown ones would break. */
function keepOpen({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

/** `$schema` and `$id` belong to a document of their own. */
function plain(schema: object): Json {
  const { $schema: _, $id: __, ...rest } = schema as Json
  return rest
}
