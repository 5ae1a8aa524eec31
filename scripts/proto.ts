/** Generates the messages for TypeScript and Python from proto/*.proto. With --check, reports stale files and writes nothing. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'

const root = join(import.meta.dirname, '..')
const TARGETS = {
  typescript: 'packages/protocol/src/wire/gen/messages.ts',
  python: 'packages/sdk-python/src/stimnet_client/trust/shapes.py'
}
/** Messages that a Python client signs, verifies or reads as evidence. The messages they contain are generated too. */
const PYTHON_MESSAGES = ['Statement', 'JobRequest', 'JobResult', 'AuditRecord']

const SCALARS = ['double', 'uint32', 'bool', 'string', 'bytes']

/** The TypeScript code of one message: its fields in the order of their numbers, and its type. */
function messageText({ name, fieldsArray }: protobuf.Type): string {
  const fields = [...fieldsArray].sort((a, b) => a.id - b.id)
  const coded = `messageType('${name}', [\n${fields.map((field) => `  [${codedOf(field).join(', ')}]`).join(',\n')}\n])`
  const parts = partsOf(fields.map(({ type }) => type))
  if (!parts.some((part) => part.name === name)) {
    return `export const ${name} = ${coded}\nexport type ${name} = MessageOf<typeof ${name}>`
  }
  // TypeScript does not infer the type of a message that contains itself, so that one is written out.
  const declared = fields.map((field) => `  ${field.name}: ${typeOf(field)}`)
  return `export interface ${name} {\n${declared.join('\n')}\n}\nexport const ${name}: MessageType<${name}> = ${coded}`
}

function typeOf({ name, type, repeated }: protobuf.Field): string {
  if (SCALARS.includes(type)) throw new Error(`${name}: a message that contains itself has no fields but messages`)
  return repeated ? `${type}[]` : `${type} | null`
}

function codedOf({ id, name, type, repeated, partOf, map }: protobuf.Field): string[] {
  const isScalar = SCALARS.includes(type)
  if (map || (isScalar && repeated && !['double', 'string', 'bytes'].includes(type))) {
    throw new Error(`${name}: packages/protocol/src/wire/protobuf.ts does not read maps and packed whole numbers`)
  }
  const rule = repeated ? ["'repeated'"] : partOf ? ["'chosen'"] : []
  return [String(id), `'${name}'`, isScalar ? `'${type}'` : `() => ${type}`, ...rule]
}

const files = readdirSync(join(root, 'proto')).filter((name) => name.endsWith('.proto'))
const parsed = protobuf.loadSync(files.sort().map((name) => join(root, 'proto', name)))
const found = parsed.lookup('stimnet')
if (!(found instanceof protobuf.Namespace)) throw new Error('proto/ has no package stimnet')
const messages = found.nestedArray.filter((one): one is protobuf.Type => one instanceof protobuf.Type)
const typescript = [
  '/** Generated from proto/*.proto by `npm run proto`: change those. */',
  "import { type MessageOf, type MessageType, messageType } from '../protobuf.ts'",
  '',
  messages.map(messageText).join('\n\n'),
  ''
].join('\n')
const python = [
  '"""Generated from proto/*.proto by ``npm run proto``: change those."""',
  '',
  'from __future__ import annotations',
  '',
  'from .protobuf import Field, Shapes',
  '',
  'SHAPES: Shapes = {',
  ...partsOf(PYTHON_MESSAGES).map(shapeText),
  '}',
  ''
].join('\n')

const stale = [
  { path: TARGETS.typescript, text: typescript },
  { path: TARGETS.python, text: python }
].filter(({ path, text }) => readOrEmpty(join(root, path)) !== text)
if (stale.length === 0) console.log('already in step')
for (const { path, text } of stale) {
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of step with proto/. Run: npm run proto`)
    process.exitCode = 1
  } else {
    writeFileSync(join(root, path), text)
    console.log(`wrote ${path}`)
  }
}

function partsOf(names: readonly string[]): protobuf.Type[] {
  const found = new Set<string>()
  const add = (name: string) => {
    if (SCALARS.includes(name) || found.has(name)) return
    found.add(name)
    for (const { type } of messages.find((one) => one.name === name)?.fieldsArray ?? []) add(type)
  }
  for (const name of names) add(name)
  return messages.filter(({ name }) => found.has(name))
}

function shapeText({ name, fieldsArray }: protobuf.Type): string {
  const fields = [...fieldsArray].sort((a, b) => a.id - b.id)
  const lines = fields.map(({ id, name, type, repeated, partOf }) => {
    // The name in the .proto file; protobufjs has converted it to camel case.
    const own = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const rule = repeated ? ', repeated=True' : partOf ? ', chosen=True' : ''
    return `        Field(${id}, "${own}", "${type}"${rule}),`
  })
  return [`    "${name}": (`, ...lines, '    ),'].join('\n')
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
