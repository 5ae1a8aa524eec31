/** Each control of privacy switched off by one change of its source, and the tests that must then fail. */

/** One change, and who must notice. */
export interface Mutation {
  readonly id: string
  /** What is off. */
  readonly control: string
  readonly file: string
  /** Must stand in the file exactly once, so that a stale mutation is noticed. */
  readonly from: string
  readonly to: string
  /** Test files, or attacks by id; one that fails is enough. */
  readonly noticedBy: { readonly tests: readonly string[] } | { readonly attacks: readonly string[] }
}

const PRIVACY = 'packages/privacy/src'
const PEER = 'packages/peer/src'
const privacyTest = (...names: string[]) => ({ tests: names.map((name) => `packages/privacy/test/${name}.test.ts`) })
const peerTest = (...names: string[]) => ({ tests: names.map((name) => `packages/peer/test/${name}.test.ts`) })
const attacks = (...ids: string[]) => ({ attacks: ids })

const PAIRWISE = `const past = ((globalThis as any).pastSets ??= new Map())
    const own = past.get(this.labels.length) ?? []
    const apart = (a: any, b: any) => a.without(b).size + b.without(a).size
    const isFar = (set: any) => set.size >= k && own.every((p: any) => apart(set, p) === 0 || apart(set, p) >= k)
    if (sets.every((set) => set.size === 0 || isFar(set))) {
      past.set(this.labels.length, [...own, ...sets])
      return true
    }`

/** Noticed within seconds, by tests of one package. */
export const MUTATIONS: readonly Mutation[] = [
  {
    id: 'signed-sums',
    control: 'Who makes up a sum of signed values is judged by distances',
    file: `${PRIVACY}/cell.ts`,
    from: 'told.length === 0 && !column.nonNegative ? [2] : told',
    to: 'told',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'indicators',
    control: 'What a column of few values marks in another is judged like a sum of its own',
    file: `${PRIVACY}/cell-pair.ts`,
    from: 'if (isFew[0] === isFew[1]) return undefined',
    to: 'return undefined',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'steps-of-means',
    control: 'A mean beside a rounded count is no finer than every count it can stand for',
    file: `${PRIVACY}/rounding.ts`,
    from: 'if (settings.roundBase === 1 || isFiner) return digits',
    to: 'return digits',
    noticedBy: privacyTest('rounding')
  },
  {
    id: 'rows-not-subjects',
    control: 'The atoms count people, not their rows',
    file: `${PRIVACY}/atoms.ts`,
    from: 'owners === undefined ? this.#items : ownersByLabel({ labels, owners, universe: this.universe }, atoms)',
    to: 'this.#items',
    noticedBy: privacyTest('rows')
  },
  {
    id: 'split-rows-not-subjects',
    control: 'A part of rows that is split off is counted in people',
    file: `${PRIVACY}/refinement.ts`,
    from: '#countSubjects(renamed: ReadonlyMap<number, number>, k: number): boolean {',
    to: '#countSubjects(renamed: ReadonlyMap<number, number>, k: number): boolean {\n    if (k > 0) return true',
    noticedBy: privacyTest('rows')
  },
  {
    id: 'no-atoms',
    control: 'What a cohort leaves of an atom is k people too',
    file: `${PRIVACY}/refinement.ts`,
    from: 'if (outside !== 0 && (count < partsMin || outside < partsMin)) return false',
    to: '',
    noticedBy: privacyTest('atoms')
  },
  {
    id: 'pairwise',
    control: 'Atoms, not comparisons two by two (unit)',
    file: `${PRIVACY}/refinement.ts`,
    from: 'if (sets.every((set) => this.#split(set, k, Math.max(k, partsMin)))) return true',
    to: PAIRWISE,
    noticedBy: privacyTest('atoms')
  },
  {
    id: 'round-before',
    control: 'Suppression comes before rounding',
    file: `${PRIVACY}/cell-basis.ts`,
    from: "if (support.size < settings.k) return withheld('fewer than k subjects', support, sums)",
    to: "if (Math.round(support.size / 5) * 5 < settings.k) return withheld('fewer than k subjects', support, sums)",
    noticedBy: privacyTest('suppress', 'disclose', 'presets')
  },
  {
    id: 'no-small-levels',
    control: 'A value of fewer than k people is withheld',
    file: `${PRIVACY}/cell-basis.ts`,
    from: 'const isTooSmall = ({ subjects: { size } }: SolvedSet) => size > 0 && size < settings.k',
    to: 'const isTooSmall = (_: SolvedSet) => false',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'raw-totals',
    control: 'No total of a table that withholds a group',
    file: `${PRIVACY}/disclose.ts`,
    from: 'groups === 0 && ledgers.subjects.isUnionOfAtoms(context.cohort)',
    to: 'true',
    noticedBy: privacyTest('disclose')
  },
  {
    id: 'no-closure',
    control: 'What is withheld together is nobody or k',
    file: `${PRIVACY}/closure.ts`,
    from: 'isSafe(): boolean {',
    to: 'isSafe(): boolean {\n    if (1 > 0) return true',
    noticedBy: privacyTest('closure', 'suppress')
  },
  {
    id: 'no-dominance',
    control: 'A sum that one or two people make up is withheld',
    file: `${PRIVACY}/dominance.ts`,
    from: 'if (total === 0n) return false',
    to: 'if (1 > 0) return false',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'no-class-disclosure',
    control: 'Shares of nobody and of everybody are withheld',
    file: `${PRIVACY}/cell.ts`,
    from: 'if (rules.settings.zerosAreDisclosive && (having.size === 0 || without.size === 0)) {',
    to: 'if (having.size < 0) {',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'no-few-values',
    control: 'A number that takes few values is a table',
    file: `${PRIVACY}/few-values.ts`,
    from: 'const FEW_VALUES_MAX = 10',
    to: 'const FEW_VALUES_MAX = 0',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'group-not-support',
    control: 'The atoms judge whose values a number is made of, not its group',
    file: `${PRIVACY}/cell.ts`,
    from: '(column) => judgeValues(column, measure, rules)',
    to: `(column) => {
        const found = judgeValues(column, measure, rules)
        return found.ok ? { ...found, basis: { ...found.basis, sets: [{ subjects: group.support }] } } : found
      }`,
    noticedBy: privacyTest('suppress', 'rows')
  },
  {
    id: 'k-less-one',
    control: 'The gate holds at k, not at k − 1',
    file: `${PRIVACY}/cohort-gate.ts`,
    from: 'size >= settings.k',
    to: 'size >= settings.k - 1',
    noticedBy: privacyTest('disclose', 'settings', 'suppress')
  },
  {
    id: 'no-lattice',
    control: 'A small catalog answers on its lattice alone',
    file: `${PRIVACY}/lattice.ts`,
    from: 'if (descriptor.lattice.length === 0) return\n',
    to: 'return\n',
    noticedBy: privacyTest('lattice')
  },
  {
    id: 'last-key-wins',
    control: 'A key that stands twice is refused',
    file: `${PRIVACY}/script-tokens.ts`,
    from: "if (keys.has(key)) refuse('a key that stands twice')",
    to: '',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'any-words',
    control: 'A script says only words of the request and the catalog',
    file: `${PRIVACY}/script-output.ts`,
    from: 'if (!this.#contract.literals.has(word))',
    to: 'if (word.length < 0)',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'small-integers',
    control: 'A whole number between 0 and k is withheld from a script',
    file: `${PRIVACY}/script-output.ts`,
    from: 'Math.abs(value) >= this.#contract.k',
    to: 'Math.abs(value) >= 0',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'no-bits',
    control: 'A script tells at most so many bits',
    file: `${PRIVACY}/script-output.ts`,
    from: 'if (bits > contract.bitsMax)',
    to: 'if (bits < 0)',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'continuous-laplace',
    control: 'Noise is drawn exactly, not as a rounded double',
    file: `${PRIVACY}/mechanisms/discrete-laplace.ts`,
    from: 'let fraction = bits.below(top)\n',
    to: `let fraction = bits.below(top)
  const unit = Number(bits.below(1n << 50n)) / 2 ** 50
  if (unit >= 0) return BigInt(Math.round((-Math.log(1 - unit) * Number(top)) / Number(bottom)))
`,
    noticedBy: privacyTest('mechanisms')
  },
  {
    id: 'half-the-noise',
    control: 'The noise is that of what one person can move',
    file: `${PRIVACY}/dp/numbers.ts`,
    from: 'return rows * (of.bounds.upper - of.bounds.lower)\n',
    to: 'return (rows * (of.bounds.upper - of.bounds.lower)) / 2n\n',
    noticedBy: privacyTest('dp')
  },
  {
    id: 'no-noise',
    control: 'There is noise',
    file: `${PRIVACY}/dp/draw.ts`,
    from: 'value + draw(bits, noise)',
    to: 'value + 0n * draw(bits, noise)',
    noticedBy: privacyTest('dp')
  },
  {
    id: 'noise-cut-off',
    control: 'Noise pools as it was drawn',
    file: `${PRIVACY}/dp/table.ts`,
    from: 'return { add: Number(drawnOne(first)), sd }',
    to: 'return { add: Math.max(0, Number(drawnOne(first))), sd }',
    noticedBy: privacyTest('dp')
  },
  {
    id: 'no-padding',
    control: 'Ends are shown on the release grid',
    file: `${PEER}/jobs/grid.ts`,
    from: "if (facts.timing === 'prompt') return facts.endedAtMs",
    to: 'if (facts.endedAtMs >= 0) return facts.endedAtMs',
    noticedBy: peerTest('grid')
  },
  {
    id: 'anybody-asks',
    control: 'Only listed keys may ask',
    file: `${PEER}/policy/people.ts`,
    from: 'if (facts.open || facts.requesters.includes(facts.issuer)) return allowed',
    to: 'if (facts.open || facts.issuer !== undefined) return allowed',
    noticedBy: peerTest('policy')
  },
  {
    id: 'over-the-cap',
    control: 'No charge over a cap',
    file: `${PEER}/store/privacy-ledger.ts`,
    from: 'if (spending.nanoRho > lifetime || spending.nanoRho > project)',
    to: 'if (spending.nanoRho < 0n)',
    noticedBy: peerTest('privacy-ledger')
  }
]

/** Noticed by attacks on running federations, a quarter of a minute each. */
export const LONG_MUTATIONS: readonly Mutation[] = [
  {
    id: 'pairwise-asked',
    control: 'Atoms, not comparisons two by two (asked)',
    file: `${PRIVACY}/refinement.ts`,
    from: 'if (sets.every((set) => this.#split(set, k, Math.max(k, partsMin)))) return true',
    to: PAIRWISE,
    noticedBy: attacks('R07b')
  },
  {
    id: 'forgetful-ledger',
    control: 'A release is remembered',
    file: `${PEER}/jobs/privacy.ts`,
    from: 'if (disclosed.ok) ledgers.replace(draft, disclosed.ledgers)',
    to: '',
    noticedBy: attacks('R04')
  },
  {
    id: 'no-padding-asked',
    control: 'Ends are shown on the release grid (asked)',
    file: `${PEER}/jobs/grid.ts`,
    from: "if (facts.timing === 'prompt') return facts.endedAtMs",
    to: 'if (facts.endedAtMs >= 0) return facts.endedAtMs',
    noticedBy: attacks('R01', 'R04')
  },
  {
    id: 'moment-in-the-record',
    control: 'The audit record that a receipt opens has the boundary’s time',
    file: `${PEER}/jobs/publish.ts`,
    from: '    atMs: publication.visibleAtMs,',
    to: '    atMs: parts.clock.now(),',
    noticedBy: attacks('A20')
  },
  {
    id: 'spend-after',
    control: 'A charge is on disk before anything is read',
    file: `${PEER}/jobs/charge.ts`,
    from: 'if (!ledger.isPaid(key)) {\n      const spending',
    to: 'if (key.length < 0) {\n      const spending',
    noticedBy: attacks('R26')
  },
  {
    id: 'other-noise',
    control: 'The same request has one answer',
    file: `${PEER}/jobs/charge.ts`,
    from: 'return discloseAgain(first ?? own)',
    to: 'return discloseAgain((await this.#compute(plan, noise, { scope, privacy, signal })).json ?? first)',
    noticedBy: attacks('R25')
  },
  {
    id: 'mixed-modes',
    control: 'A catalog that promises noise releases nothing exact',
    file: `${PEER}/jobs/validate.ts`,
    from: "throw new StimnetError('MODE_NOT_PERMITTED', reason, { reason })",
    to: '',
    noticedBy: attacks('R64')
  },
  {
    id: 'rows-ledger-off',
    control: 'Sets of rows are judged too',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'if (rows.length > 0 && !this.#rows?.admit(rows, k)) {',
    to: 'if (rows.length < 0) {',
    noticedBy: { tests: ['packages/privacy/test/rows.test.ts', 'test/redteam/differencing.test.ts'] }
  },
  {
    id: 'one-file-twice',
    control: 'One file is not behind two catalogs',
    file: 'packages/data/src/shared-sources.ts',
    from: 'if (other !== undefined) {',
    to: 'if (other !== undefined && file.length < 0) {',
    noticedBy: { tests: ['test/redteam/differencing.test.ts'] }
  },
  {
    id: 'newest-epoch',
    control: 'An epoch that was answered from stays',
    file: `${PEER}/opening.ts`,
    from: '(await parts.atoms.hasReleased(name, last)) ? { pinned: last } : {}',
    to: '(await parts.atoms.hasReleased(name, last)) ? {} : {}',
    noticedBy: { tests: ['test/redteam/differencing.test.ts'] }
  },
  {
    id: 'refusals-for-ever',
    control: 'Refusals that depend on data are counted',
    file: `${PEER}/policy/usage.ts`,
    from: 'use.refusals < use.refusalsMax',
    to: 'use.refusals >= 0',
    noticedBy: attacks('A24')
  },
  {
    id: 'any-carrier',
    control: 'A request is heard from the peer that it names alone',
    file: `${PEER}/jobs/admit.ts`,
    from: 'assertCarriedBy(askedBy, checked)',
    to: 'assertCarriedBy(checked.request.carrier, checked)',
    noticedBy: attacks('R67e')
  },
  {
    id: 'replays',
    control: 'A signed request is good once',
    file: `${PEER}/jobs/admit.ts`,
    from: 'if (earlier.askedBy === askedBy && earlier.requestHash === checked.opened.hash) {',
    to: 'if (earlier.requestHash === checked.opened.hash) {',
    noticedBy: attacks('R67')
  }
]
