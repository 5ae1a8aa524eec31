/** A proposed lattice as YAML for the configuration, with comments on its effect and its cost. */
import { type Catalog, type LatticeProposal, type ProposedVariable, proposeLattice } from '@stimnet/data'

/** The requirements of a proposal. */
export interface LatticeWish {
  /** Minimum number of people in a base cell. */
  readonly subjectsMin: number
}

/** Lines of YAML for the catalog's level of the configuration, comments first, without a trailing newline. */
export async function latticeText(catalog: Catalog, wish: LatticeWish): Promise<string> {
  const proposal = await proposeLattice(catalog, wish)
  const lines =
    proposal.variables.length === 0 ? nothing(wish) : [...reasons(proposal, wish), 'lattice:', ...entries(proposal)]
  return lines.join('\n')
}

function entries({ variables }: LatticeProposal): string[] {
  return variables.map(({ variable, breakpoints }) =>
    breakpoints === undefined
      ? `  - { variable: ${variable} }`
      : `  - { variable: ${variable}, breakpoints: [${breakpoints.join(', ')}] }`
  )
}

function reasons({ variables, cells, leftOut }: LatticeProposal, { subjectsMin }: LatticeWish): string[] {
  const coarser = variables.filter(({ dropped }) => dropped > 0)
  return [
    `# ${cells} base cells, each of ${subjectsMin} people or more, or of nobody. Cohorts and groups are made of whole cells, so that`,
    '# whether one can be answered for depends on this list alone. The list is public: it says that no cell is small.',
    ...coarser.map(
      ({ variable, dropped }: ProposedVariable) =>
        `# ${variable}: ${dropped} of its breakpoints left out; a finer cut would make a cell too small.`
    ),
    ...leftOut.map((variable) => `# ${variable}: left out; with it a cell would be too small.`),
    '# Fewer variables make larger cells: means and spreads of more groups can be shown then. Variables that are not here',
    '# can still be counted and averaged, not filtered or grouped by. A lattice is a choice: without one any question is',
    '# taken, and whether it is answered depends on earlier releases.'
  ]
}

function nothing({ subjectsMin }: LatticeWish): string[] {
  return [
    `# No variable divides these people into groups of ${subjectsMin} or more. Declare coarser breakpoints or fewer levels, or do`,
    '# without a lattice: no catalog needs one.'
  ]
}
