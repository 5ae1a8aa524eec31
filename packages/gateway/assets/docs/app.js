/** Renders /openapi.json: operations by group, schemas, and a form to try operations that only read. Text is never set as HTML. */

const ANSWER_CHARS_MAX = 100_000
const ANSWER_MS_MAX = 15_000

/** An element with attributes and children; strings become text nodes. */
function make(name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children.filter((child) => child !== null))
  return element
}

const byId = (id) => document.getElementById(id)
const nameOf = (reference) => reference.slice(reference.lastIndexOf('/') + 1)

/** A schema in a few words: a link to a named schema, a list, a choice, or a plain type. */
function typeOf(schema) {
  if (!schema || typeof schema !== 'object') return 'anything'
  if (schema.$ref) return make('a', { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return joined(choices.map(typeOf), ' | ')
  if (schema.type === 'array') return joined(['list of ', typeOf(schema.items)], '')
  return schema.type ?? 'anything'
}

function joined(parts, between) {
  const span = make('span', {})
  for (const [at, part] of parts.entries()) span.append(...(at > 0 ? [between, part] : [part]))
  return span
}

function tableOf(headings, rows) {
  const head = make('tr', {}, ...headings.map((heading) => make('th', { scope: 'col' }, heading)))
  const body = rows.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell))))
  return make('table', {}, make('thead', {}, head), make('tbody', {}, ...body))
}

function fieldsOf(schema) {
  const required = new Set(schema.required ?? [])
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => [
    make('code', {}, name),
    make('code', {}, typeOf(field)),
    required.has(name) ? 'yes' : '',
    limitsOf(field)
  ])
  return tableOf(['Field', 'Type', 'Always there', 'Notes'], rows)
}

function limitsOf(field) {
  const words = {
    minimum: 'from',
    maximum: 'to',
    maxLength: 'characters at most',
    maxItems: 'items at most',
    default: 'default'
  }
  const limits = Object.entries(words)
    .filter(([key]) => field[key] !== undefined)
    .map(([key, word]) => `${word} ${JSON.stringify(field[key])}`)
  return [field.description, limits.join(', ')].filter(Boolean).join('. ')
}

function schemaBlock([name, schema]) {
  const content = schema.properties ? fieldsOf(schema) : make('p', {}, make('code', {}, typeOf(schema)))
  return make(
    'details',
    { id: `schema-${name}` },
    make('summary', {}, make('span', { class: 'path' }, name)),
    make('div', { class: 'inside' }, content)
  )
}

function operationBlock(path, method, operation) {
  const summary = make(
    'summary',
    {},
    make('span', { class: `method ${method}` }, method.toUpperCase()),
    make('span', { class: 'path' }, path),
    make('span', { class: 'summary' }, operation.summary ?? '')
  )
  const inside = make(
    'div',
    { class: 'inside' },
    make('p', { class: 'note' }, accessOf(operation)),
    parametersOf(operation),
    bodyOf(operation),
    answersOf(operation),
    method === 'get' ? tryIt(path, operation) : null
  )
  return make('details', { id: `operation-${operation.operationId}` }, summary, inside)
}

function accessOf({ security = [], description }) {
  const open = security.length === 0
  const optional = security.some((scheme) => Object.keys(scheme).length === 0)
  const access = open ? 'No token needed.' : optional ? 'With or without a token.' : 'Needs a token.'
  return [access, description].filter(Boolean).join(' ')
}

function parametersOf({ parameters = [] }) {
  if (parameters.length === 0) return null
  const rows = parameters.map((parameter) => [
    make('code', {}, parameter.name),
    parameter.in,
    make('code', {}, typeOf(parameter.schema)),
    [parameter.description, limitsOf(parameter.schema)].filter(Boolean).join('. ')
  ])
  return make('div', {}, make('h3', {}, 'Parameters'), tableOf(['Name', 'In', 'Type', 'Notes'], rows))
}

function contentOf(content = {}) {
  return Object.entries(content).map(([type, { schema }]) =>
    make('p', {}, `${type}: `, make('code', {}, typeOf(schema)))
  )
}

function bodyOf({ requestBody }) {
  return requestBody ? make('div', {}, make('h3', {}, 'Body'), ...contentOf(requestBody.content)) : null
}

function answersOf({ responses = {} }) {
  const rows = Object.entries(responses).map(([status, response]) => [
    make('code', {}, status === 'default' ? 'else' : status),
    make('div', {}, ...contentOf(response.content))
  ])
  return make('div', {}, make('h3', {}, 'Answers'), tableOf(['Status', 'Content'], rows))
}

function tryIt(path, { operationId, parameters = [] }) {
  const asked = parameters.filter((parameter) => parameter.in !== 'header')
  const inputs = asked.map((parameter) => {
    const field = make('input', { name: parameter.name, autocomplete: 'off' })
    if (parameter.required) field.required = true
    return { parameter, field }
  })
  const output = make('pre', { hidden: '', tabindex: '0', 'aria-label': `Answer of ${operationId}` })
  const labels = inputs.map(({ parameter, field }) => make('label', {}, parameter.name, field))
  const form = make('form', {}, ...labels, make('button', { type: 'submit' }, 'Try it'))
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    output.hidden = false
    output.textContent = 'Asking…'
    output.textContent = await answerOf(addressOf(path, inputs))
  })
  return make('div', {}, make('h3', {}, 'Try it'), form, output)
}

function addressOf(path, inputs) {
  const query = new URLSearchParams()
  let address = path
  for (const { parameter, field } of inputs) {
    const { value } = field
    if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(value))
    else if (value !== '') query.set(parameter.name, value)
  }
  return query.size > 0 ? `${address}?${query}` : address
}

async function answerOf(address) {
  const token = byId('token').value.trim()
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), ANSWER_MS_MAX)
  try {
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(address, { headers, signal: stop.signal })
    const text = await textUpTo(response, ANSWER_CHARS_MAX)
    return `${response.status} ${response.headers.get('content-type') ?? ''}\n\n${pretty(text)}`
  } catch {
    return 'No answer.'
  } finally {
    clearTimeout(late)
  }
}

/** The text of a response. Event streams may not end, so only the text until the deadline or the limit is shown. */
async function textUpTo(response, charsMax) {
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  let text = ''
  try {
    while (reader && text.length < charsMax) {
      const { done, value } = await reader.read()
      if (done) return text
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    return text
  }
  await reader?.cancel()
  return `${text}\n…`
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function render(api) {
  byId('title').textContent = `${api.info.title} API ${api.info.version}`
  byId('about').textContent = [api.info.summary, api.info.description].filter(Boolean).join(' ')
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  )
  const groups = api.tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    const blocks = own.map(({ path, method, operation }) => operationBlock(path, method, operation))
    return make('section', { id: `group-${name}` }, make('h2', {}, name), ...blocks)
  })
  const schemas = Object.entries(api.components.schemas).map(schemaBlock)
  const all = make('section', { id: 'group-Schemas' }, make('h2', {}, 'Schemas'), ...schemas)
  byId('operations').replaceChildren(...groups, all)
  const names = [...api.tags.map(({ name }) => name), 'Schemas']
  const links = names.map((name) => make('li', {}, make('a', { href: `#group-${name}` }, name)))
  byId('contents').replaceChildren(make('ul', {}, ...links))
}

/** Opens the collapsed block that contains the target of a link. */
function openTarget() {
  const target = byId(decodeURIComponent(location.hash.slice(1)))
  if (target?.tagName === 'DETAILS') target.open = true
}

async function logIn(event) {
  event.preventDefault()
  const status = byId('login-status')
  const body = new URLSearchParams({ username: byId('username').value, password: byId('password').value })
  try {
    const response = await fetch('/api/v1/auth/token', { method: 'POST', body })
    const answer = await response.json()
    byId('password').value = ''
    if (response.ok) byId('token').value = answer.access_token
    status.textContent = response.ok ? 'Token received.' : answer.detail
  } catch {
    status.textContent = 'No answer.'
  }
}

byId('login').addEventListener('submit', logIn)
window.addEventListener('hashchange', openTarget)
try {
  render(await (await fetch('/openapi.json')).json())
  openTarget()
} catch {
  byId('about').textContent = 'The description of this API could not be read.'
}
