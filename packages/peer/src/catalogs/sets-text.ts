/** A proposed analysis set as YAML for the configuration, with comments on its effect. */
import { type Catalog, KEPT_TENTHS_MIN, proposeSet } from '@stimnet/data'

/** Lines of YAML for the catalog's level of the configuration, comments first, without a trailing newline. */
export async function setsText(catalog: Catalog, k: number): Promise<string> {
  const { completeOn, costly, several, keptTenths } = await proposeSet(catalog, k)
  if (completeOn.length === 0)
    return `# No variable of a table with one row per subject has values of ${KEPT_TENTHS_MIN} in 10 people.`
  const kept = keptTenths === 10 ? 'all people' : `at least ${keptTenths} in 10 people`
  return [
    `# It keeps ${kept}: those with a value of each variable. Where fewer than ${k} would be left out, ${k} are; who they are follows`,
    '# from a secret of this peer. Questions with `--set main` are about the same people, so that what one leaves out',
    '# cannot be the reason why the next is refused. The definition is public, and fixed for the epoch once it is used.',
    ...costly.map((ref) => `# ${ref}: left out; with it, fewer than ${KEPT_TENTHS_MIN} in 10 people would be kept.`),
    ...(several.length === 0
      ? []
      : [
          `# ${several.join(', ')}: of tables with several rows per subject; add them with a \`where\`, such as one visit.`
        ]),
    'analysis_sets:',
    '  main:',
    `    complete_on: [${completeOn.join(', ')}]`
  ].join('\n')
}
