/** Reads a Five Safes RO-Crate from a stranger as a submission. No assessment that it contains is trusted. */
import { payloadIn, text } from './bag.ts'
import { decoded, type Graph, type GraphEntity, graphIn, isA, plainJson, references } from './graph.ts'
import { FIELD, METADATA, PARAMETER, PROGRAMS, TERMS } from './vocabulary.ts'
import { type Files, filesIn, invalid } from './zip.ts'

/** The submission in a crate, to be checked like any other, and warnings about parts that were ignored. */
export interface ReadCrate {
  /** The body of POST /api/v1/broadcasts. */
  readonly submission: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
}

const ACTIONS: readonly string[] = ['AssessAction', 'UpdateAction', 'DownloadAction']

/** Reads a crate. Throws CRATE_INVALID with the reason. */
export async function readCrate(bytes: Uint8Array): Promise<ReadCrate> {
  const payload = payloadIn(await filesIn(bytes))
  const graph = graphIn(payload, '')
  const root = rootOf(graph)
  if (!references(root.conformsTo).some((id) => id.startsWith('https://w3id.org/5s-crate/'))) {
    throw invalid(`The crate does not say that it conforms to ${TERMS.profile}.`)
  }
  const action = actionOf(graph, root)
  const [workflow = ''] = references(root.mainEntity)
  if (references(action.instrument)[0] !== workflow)
    throw invalid('Its action runs another workflow than its main one.')
  const program = programIn(payload, workflow)
  const { fields, parameters, files } = inputsOf(graph, action)
  const names = Object.keys(parameters)
  return {
    submission: { ...fields, ...program, ...(names.length > 0 ? { parameters } : {}) },
    warnings: [...warningsOf(graph), ...files.map((id) => `The input ${id} is a file and was left out.`)]
  }
}

/** A warning about assessments in the crate, which are ignored: each institution makes its own. */
function warningsOf(graph: Graph): string[] {
  const claimed = [...graph.values()].filter((entity) => ACTIONS.some((type) => isA(entity, type)))
  return claimed.length === 0
    ? []
    : [`${claimed.length} assessments in the crate were left out: each institution makes its own.`]
}

function rootOf(graph: Graph): GraphEntity {
  const root = graph.get('./')
  if (!root || !references(graph.get(METADATA)?.about).includes('./')) throw invalid('The crate has no root "./".')
  return root
}

function actionOf(graph: Graph, root: GraphEntity): GraphEntity {
  const actions = references(root.mentions)
    .map((id) => graph.get(id))
    .filter((entity) => entity !== undefined && isA(entity, 'CreateAction'))
  const [action] = actions
  if (!action || actions.length > 1)
    throw invalid('The crate asks for one run: one CreateAction that its root mentions.')
  return action
}

/** The program, which must be in the crate. A program that would have to be fetched is refused. */
function programIn(payload: Files, workflow: string): { script_type: string; script_content: string } {
  if (!workflow.endsWith('/') || /^[a-z]+:/i.test(workflow)) {
    throw invalid('Its workflow is not in the crate: put it into a folder there. Nothing is fetched.')
  }
  const graph = graphIn(payload, workflow)
  const [file = ''] = references(rootOf(graph).mainEntity)
  const entity = graph.get(file)
  const content = payload.get(`${workflow}${decoded(file)}`)
  if (!entity || !content) throw invalid('The main file of its workflow is not in the crate.')
  return { script_type: typeOf(graph, entity), script_content: text(content) }
}

function typeOf(graph: Graph, entity: GraphEntity): string {
  const [language = ''] = references(entity.programmingLanguage)
  const words: unknown[] = [language, graph.get(language)?.name, graph.get(language)?.identifier]
  const ending = /\.[a-z]{1,8}$/i.exec(entity['@id'])?.[0].toLowerCase()
  const found = Object.entries(PROGRAMS).find(
    ([type, program]) =>
      words.includes(program.language) ||
      words.includes(`urn:stimnet:program:${type}`) ||
      (language === '' && ending !== undefined && program.file.toLowerCase().endsWith(ending))
  )
  if (found) return found[0]
  throw invalid('The language of its workflow is none that runs here: SQL, Python, R, Jupyter or a StimNet statistic.')
}

function inputsOf(graph: Graph, action: GraphEntity) {
  const fields = new Map<string, unknown>()
  const parameters = new Map<string, unknown>()
  const files: string[] = []
  for (const id of references(action.object)) {
    const entity = graph.get(id)
    if (!entity || !isA(entity, 'PropertyValue')) {
      files.push(id.slice(0, 100))
      continue
    }
    const { name, value } = propertyOf(entity)
    const map = entity.propertyID === FIELD ? fields : parameters
    if (map.has(name)) throw invalid('Two inputs of the crate have the same name.')
    map.set(name, value)
  }
  return { fields: Object.fromEntries(fields), parameters: Object.fromEntries(parameters), files }
}

function propertyOf(entity: GraphEntity): { name: string; value: unknown } {
  const { name, value, propertyID } = entity
  if (typeof name !== 'string' || name === '' || name.length > 200 || name === '__proto__') {
    throw invalid('An input of the crate has no name.')
  }
  if (propertyID !== FIELD && propertyID !== PARAMETER) return { name, value }
  if (typeof value !== 'string') throw invalid('An input of the crate is not JSON.')
  return { name, value: plainJson(value, 'An input of the crate') }
}
