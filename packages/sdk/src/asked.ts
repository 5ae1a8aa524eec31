/** A question as the REST API writes it. */
import type { AskedQuestion } from '@stimnet/api'
import { programText, type Question } from '@stimnet/protocol'

/** A question in the form of a submission; what has a default is left out. */
export function askedQuestionOf(question: Question, targets: AskedQuestion['targets']): AskedQuestion {
  const { catalog, program, where, set, privacy, parameters, filters } = question
  const { purpose, project, title, outputs, contract, mappings, uploads } = question
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
    privacy,
    ...(outputs.length > 0 ? { outputs } : {}),
    ...(contract.length > 0 ? { contract } : {}),
    ...(mappings.length > 0 ? { mappings } : {}),
    ...(title === '' ? {} : { title }),
    ...(uploads.length > 0 ? { files: uploads } : {})
  }
}
