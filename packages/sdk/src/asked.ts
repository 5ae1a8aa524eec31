/** Questions in the format of the REST API. */
import type { AskedQuestion } from '@stimnet/api'
import {
  contractListSchema,
  parseJsonObject,
  type Program,
  programText,
  type Question,
  SCRIPT_LANGUAGES,
  statisticSchema
} from '@stimnet/protocol'
import type { AskedProgram } from '@stimnet/statistics'

/** A question in the format of a submission. Fields with default values are left out. */
export function askedQuestionOf(question: Question, targets: AskedQuestion['targets']): AskedQuestion {
  const { catalog, program, where, set, privacy, parameters, filters } = question
  const { purpose, project, permit, title, outputs, contract, mappings, uploads } = question
  return {
    targets,
    data_catalog_name: catalog,
    script_type: program.kind === 'script' ? program.language : program.kind,
    script_content: programText(program),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(Object.keys(filters).length > 0 ? { filters } : {}),
    ...(where === undefined ? {} : { where }),
    ...(set === undefined ? {} : { set }),
    ...(purpose.length > 0 ? { purpose } : {}),
    ...(project === '' ? {} : { project }),
    ...(permit === undefined ? {} : { permit }),
    privacy,
    ...(outputs.length > 0 ? { outputs } : {}),
    ...(contract.length > 0 ? { contract } : {}),
    ...(mappings.length > 0 ? { mappings } : {}),
    ...(title === '' ? {} : { title }),
    ...(uploads.length > 0 ? { files: uploads } : {})
  }
}

/** The program and contract with which answers are compared, from a question as a gateway shows it; undefined if it cannot be parsed. */
export function askedProgramOf(asked: AskedQuestion): AskedProgram | undefined {
  const program = programIn(asked)
  const contract = contractListSchema.safeParse(asked.contract ?? [])
  return program === undefined ? undefined : { program, contract: contract.data ?? [] }
}

function programIn({ script_type: kind, script_content: text }: AskedQuestion): Program | undefined {
  if (kind === 'sql') return { kind, sql: text }
  const language = SCRIPT_LANGUAGES.find((one) => one === kind)
  if (language !== undefined) return { kind: 'script', language, code: text }
  try {
    return { kind: 'statistic', statistic: statisticSchema.parse(parseJsonObject(text)) }
  } catch {
    return undefined
  }
}
