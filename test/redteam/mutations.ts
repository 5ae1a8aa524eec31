/** Mutations of disclosure control: each disables one control by a change of its source, so that named tests must fail. */

/** One change, and the tests that must notice it. */
export interface Mutation {
  readonly id: string
  /** The disabled control. */
  readonly control: string
  readonly file: string
  /** The replaced text. It must occur exactly once in the file, so that stale mutations are noticed. */
  readonly from: string
  readonly to: string
  /** Test files, or ids of attacks. One of them must fail. */
  readonly noticedBy: { readonly tests: readonly string[] } | { readonly attacks: readonly string[] }
}

const PRIVACY = 'packages/privacy/src'
const PEER = 'packages/peer/src'
const privacyTest = (...names: string[]) => ({ tests: names.map((name) => `packages/privacy/test/${name}.test.ts`) })
const peerTest = (...names: string[]) => ({ tests: names.map((name) => `packages/peer/test/${name}.test.ts`) })
const dataTest = (...names: string[]) => ({ tests: names.map((name) => `packages/data/test/${name}.test.ts`) })
const attacks = (...ids: string[]) => ({ attacks: ids })

/** Mutations that tests of one package notice within seconds. */
export const MUTATIONS: readonly Mutation[] = [
  {
    id: 'counted-at-any-level',
    control: 'Counts are audited by whom they would count at each level, and people counted at every level hide nobody',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'if (restOnFewByCell(added, [...found.values()], rules)) return false',
    to: 'if (k < 0 && restOnFewByCell(added, [...found.values()], rules)) return false',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'two-levels-only',
    control: 'Counts are audited for each two levels of a variable',
    file: `${PRIVACY}/ledger/ways.ts`,
    from: 'return pairs.some(',
    to: 'return pairs.slice(0, 1).some(',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'unknown-sums-apart',
    control: 'A sum with a condition that others do not know is audited with the other sums of its variable',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'return { name: quantity, set: this.#inRows(set, variable, whole ?? of.rows) }',
    to: 'return { name: `${quantity}&${possible?.unknown.join()}`, set: this.#inRows(set, variable, whole ?? of.rows) }',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'sums-of-rows-by-people',
    control: 'Sums of rows are audited modulo whole numbers by their rows, not by their people',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'return rows === undefined || this.#rows === undefined || this.#rows.tellWholeSum(variable, rows, k)',
    to: 'return rows === undefined || this.#rows === undefined || k > 0',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'counts-of-rows-by-people',
    control: 'Counts at visits, also of values, are audited modulo whole numbers by their rows, not by their people',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'return this.#rows.tellLevel(level, rows, k)',
    to: 'return k > 0 || this.#rows.tellLevel(level, rows, k)',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'rows-hide-their-person',
    control: 'All rows of a person are one person in the audit modulo whole numbers',
    file: `${PRIVACY}/ledger/residues.ts`,
    from: 'if (owners === undefined) return',
    to: 'if (owners === undefined || owners.length > 0) return',
    noticedBy: privacyTest('residues')
  },
  {
    id: 'weighed-by-one-name',
    control:
      'Known numbers over people whom others do not know are judged together, whatever further conditions there are',
    file: `${PRIVACY}/judge/possible.ts`,
    from: "return [...new Set([...unknown, unknown.join(' and ')])]",
    to: "return [unknown.join(' and ')]",
    noticedBy: peerTest('weights')
  },
  {
    id: 'rows-weigh-nobody',
    control: 'In sums over rows, the value of a person has the weight of all rows of this person',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'const ofRows = this.#rows.weightsOf(sums)',
    to: 'const ofRows = k > 0 ? [new Float64Array()].slice(1) : this.#rows.weightsOf(sums)',
    noticedBy: peerTest('weights')
  },
  {
    id: 'shape-is-spread',
    control: 'Third and fourth powers of known numbers do not single out who is in a group that others do not know',
    file: `${PRIVACY}/judge/known.ts`,
    from: 'return 4',
    to: 'return 2',
    noticedBy: peerTest('weights')
  },
  {
    id: 'having-by-pairs',
    control: 'Numbers of values of a variable are audited together, whatever else is measured',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'const name = { variable: havingValue(this.#rules.facts(variable).own), level, levels: 2 }',
    to: "const name = { variable: `having ${own.join('&')}`, level, levels: 2 }",
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'missing-is-no-value',
    control: 'Conditions on missing values are audited with the numbers of values',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: `if (!level.includes('"is null"')) return []`,
    to: 'if (level !== undefined) return []',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'or-is-free',
    control:
      'Conditions on several unknown variables are audited together also if some people are in the group in any case',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'return sets.length < 2 ? [] : sets.map(',
    to: 'return sets.length > 0 ? [] : sets.map(',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'any-spacing',
    control: 'Digits do not tell apart the sums that one hidden number of values allows',
    file: `${PRIVACY}/judge/precision.ts`,
    from: 'if (apart === undefined) return known',
    to: 'if (apart !== null) return known',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'hidden-count-is-free',
    control: 'A hidden number of values costs a bit',
    file: `${PRIVACY}/shown-facts.ts`,
    from: '...plan.measures.flatMap((measure) => lackingIn(measure, rows, looking)),',
    to: '',
    noticedBy: privacyTest('shown-facts')
  },
  {
    id: 'joining-is-free',
    control: 'A declared edge that is not kept costs a bit',
    file: `${PRIVACY}/shown-facts.ts`,
    from: 'kept.has(from) ? []',
    to: 'kept.size > 0 ? []',
    noticedBy: privacyTest('shown-facts')
  },
  {
    id: 'no-group-is-free',
    control: 'That somebody is in no group by a variable costs a bit, and so does that nobody is',
    file: `${PRIVACY}/shown-facts.ts`,
    from: 'const keys = groupBy.filter(({ variable }) => mayBeLacking(variable, looking))',
    to: 'const keys = groupBy.slice(groupBy.length)',
    noticedBy: privacyTest('shown-facts')
  },
  {
    id: 'facts-uncounted',
    control: 'What an answer shows beside its numbers is counted with refusals',
    file: `${PEER}/jobs/release/meters.ts`,
    from: 'withheldIn(ending.output) + shown',
    to: 'withheldIn(ending.output)',
    noticedBy: peerTest('usage')
  },
  {
    id: 'model-card-tells-cohort',
    control: 'Over real people the card of a model shows the size of the cohort by its own people alone',
    file: `${PRIVACY}/disclose.ts`,
    from: '(context.synthetic && isWithin())',
    to: 'isWithin()',
    noticedBy: peerTest('models')
  },
  {
    id: 'set-leaves-few',
    control: 'Nobody or at least k people are outside of an analysis set',
    file: 'packages/data/src/open/analysis-sets.ts',
    from: 'if (!isFew(rest) && !isFew(ofAll)) return out',
    to: 'if (rest >= 0) return out',
    noticedBy: dataTest('analysis-sets')
  },
  {
    id: 'set-group-lacks-few',
    control: 'A group of which few are outside of an analysis set is withheld',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (isPartly(row)) {',
    to: 'if (false) {',
    noticedBy: peerTest('analysis-sets')
  },
  {
    id: 'set-is-not-asked-over',
    control: 'A cohort without one person is another question, whether or not that person is in the analysis set',
    file: `${PRIVACY}/judge/defining.ts`,
    from: 'return filter === undefined ? [] : columnsOf(filter).map((column) => refOf(descriptor, column, tables))',
    to: 'return filter === undefined ? [] : columnsOf(filter).filter((one) => !one.startsWith(":")).map((column) => refOf(descriptor, column, tables))',
    noticedBy: peerTest('analysis-sets')
  },
  {
    id: 'set-with-noise',
    control: 'An analysis set does not go with noise',
    file: `${PEER}/jobs/admit/validate.ts`,
    from: 'assertSetFits(request, privacy)\n',
    to: '\n',
    noticedBy: peerTest('analysis-sets')
  },
  {
    id: 'model-of-rounded',
    control: 'No model where numbers are rounded',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (roundsNumbers(settings, measure)) return no(',
    to: 'if (false) return no(',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-of-few',
    control: 'A model needs three people for each column, and ten more than columns',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'return Math.max(k, 3 * columns, columns + 10)',
    to: 'return k',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-lacks-few',
    control: 'Nobody or at least k people of the group lack a value of a model',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'if (missing > 0 && missing < k)',
    to: 'if (missing < 0)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-rest-of-catalog',
    control: 'Nobody or at least k people of the catalog are outside of a model',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (beyond > 0 && beyond < k)',
    to: 'if (beyond < 0)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-without-leverage',
    control: 'Nobody weighs more than one in k in a fit',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (strong !== undefined)',
    to: 'if (strong === undefined && false)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-leverage-of-design',
    control: 'The leverage in a model counts the outcome as well',
    file: `${PRIVACY}/model/influence.ts`,
    from: 'const kept = independentIn(matrix)',
    to: 'const kept = independentIn(matrix).filter((at) => at < matrix.length - 1)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-leverage-by-range',
    control: 'Ranges of columns pass for a leverage only where they bound it',
    file: `${PRIVACY}/model/influence.ts`,
    from: 'return 2n * (ofCentre + ofReach)',
    to: 'return 0n * (ofCentre + ofReach)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-leverage-known',
    control: 'The leverage in a model that others can compute is at most half of what is allowed with the outcome',
    file: `${PRIVACY}/model/weigh.ts`,
    from: 'k: 2 * k',
    to: 'k: 0 * k',
    noticedBy: peerTest('models')
  },
  {
    id: 'digits-of-known-numbers',
    control: 'Known numbers are not summed exactly over people or with values that others do not know',
    file: `${PRIVACY}/judge/precision.ts`,
    from: 'return numbers.some(isKnown) &&',
    to: 'return numbers.length < 0 &&',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-follows',
    control: 'No value follows from the others of a model',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (follows !== undefined)',
    to: 'if (follows === undefined && false)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-width',
    control: 'At most one exact column for ten people is told of a cohort with a model',
    file: `${PRIVACY}/model/judged.ts`,
    from: 'return width * PEOPLE_EACH_COLUMN > rows.support.size',
    to: 'return width > rows.support.size',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-partly-withheld',
    control: 'Each question behind a model is answered in full',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (!isWhole(judged)) return no',
    to: 'if (judged.rows.length === 0) return no',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-forgotten',
    control: 'What a model told is remembered as its questions are',
    file: `${PRIVACY}/model/judge.ts`,
    from: '    ledgers = judged.ledgers\n',
    to: '',
    noticedBy: peerTest('models-beside')
  },
  {
    id: 'model-any-questions',
    control: 'The questions behind a model are all of its questions',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (!areQuestionsOf(model.plan, questions))',
    to: 'if (questions.length < 0)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-other-people',
    control: 'The questions behind a model are over all of its people',
    file: `${PRIVACY}/model/judge.ts`,
    from: 'if (!isModel && counted !== people.size)',
    to: 'if (!isModel && counted < 0)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-other-rows',
    control: 'The people who are judged are those whose sums are told',
    file: `${PRIVACY}/model/judge.ts`,
    from: ' || !weighed?.isOfRows)',
    to: ' || weighed === undefined)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-several-rows',
    control: 'Each person has one row in a model',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'if (group.rows !== group.support.size || rows.rows !== support.size)',
    to: 'if (rows.rows < support.size)',
    noticedBy: peerTest('models')
  },
  {
    id: 'mixed-sizes-of-few',
    control: 'Of each number of rows in a mixed model there are many times as many people as columns',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'return Math.max(k, 3 * columns, columns + 10, 4 * k * columns)',
    to: 'return 1',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'mixed-few-left-out',
    control: 'Nobody or at least k people are left out of a mixed model for their number of rows',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'outside() < k',
    to: 'outside() < 0',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'mixed-lacking-few',
    control: 'Nobody or at least k people have a row without a value of a mixed model',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'if (lacking.size > 0 && lacking.size < k)',
    to: 'if (lacking.size < 0)',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'mixed-rows-one-by-one',
    control: 'All rows of a person together weigh at most one in k in a mixed model',
    file: `${PRIVACY}/model/influence.ts`,
    from: 'const weight = (weights.get(owner) ?? 0) + sum',
    to: 'const weight = 0 * (weights.get(owner) ?? 0) + sum',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'mixed-totals-unjudged',
    control: 'Totals of people are judged as the numbers of people that they are',
    file: `${PRIVACY}/model/judge-people.ts`,
    from: 'for (const part of made.parts) {',
    to: 'for (const part of made.parts.slice(made.parts.length)) {',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'mixed-left-out-unjudged',
    control: 'How many rows were left out of a model is told only where the question for them would be answered',
    file: `${PRIVACY}/model/judge-people.ts`,
    from: 'counted === rows.rows ? told(everybody, ledgers, asked) : undefined',
    to: 'counted === rows.rows ? { ledgers } : undefined',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'slope-products-of-visits-unjudged',
    control: 'Products of two visits in a model with a random slope are judged as covariances of people',
    file: `${PRIVACY}/model/times.ts`,
    from: 'if (column.number !== undefined || ![...column.levels.keys()].every(isOfPerson)) return -1',
    to: 'if (![...column.levels.keys()].every(isOfPerson)) return -1',
    noticedBy: peerTest('random-slopes')
  },
  {
    id: 'slope-sets-joined',
    control: 'People with different visits are told apart in a model with a random slope',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: "const all = Map.groupBy(ofPeople.keys(), (owner) => ofPeople.get(owner)?.join() ?? '')",
    to: 'const all = Map.groupBy(ofPeople.keys(), (owner) => String(ofPeople.get(owner)?.length ?? 0))',
    noticedBy: peerTest('random-slopes')
  },
  {
    id: 'slope-rows-twice',
    control: 'Whoever has two rows of one visit is left out of a model with a random slope',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'all.filter(({ people, isOnce }) => isOnce && people.length >= fewest)',
    to: 'all.filter(({ people }) => people.length >= fewest)',
    noticedBy: peerTest('random-slopes')
  },
  {
    id: 'slope-follows-unseen',
    control: 'Values at one visit that follow from those at others are seen before a random slope is told',
    file: `${PRIVACY}/model/judge-people.ts`,
    from: 'followsIn({ within: summed, totals: made.totals }, columns, asked) ??',
    to: 'followsIn({ within, totals: within }, columnsOfModel(measure), asked) ??',
    noticedBy: peerTest('random-slopes')
  },
  {
    id: 'model-no-squares',
    control: 'Squares in a model are judged as variances',
    file: `${PRIVACY}/model/questions.ts`,
    from: 'else if (x === y) needed.squares.add(x)',
    to: 'else if (x === y) needed.means.add(x)',
    noticedBy: peerTest('models')
  },
  {
    id: 'model-no-levels',
    control: 'Two levels together are judged as a group',
    file: `${PRIVACY}/model/questions.ts`,
    from: 'const by = [...entry.levels.keys()].sort()\n',
    to: 'const by = [...entry.levels.keys()].sort().slice(0, 1)\n',
    noticedBy: peerTest('models')
  },
  {
    id: 'no-leverage',
    control: 'No combination of told sums rests on fewer than k people',
    file: `${PRIVACY}/ledger/blocks.ts`,
    from: 'return rises && (leverage > leverageMax ||',
    to: 'return rises && (leverage > 2 ||',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'counts-of-few',
    control: 'No combination of counts, or of sums over people whom others do not know, rests on fewer than k people',
    file: `${PRIVACY}/ledger/blocks.ts`,
    from: '(sum >= 1 - SUM_ERROR_MAX && isOwn',
    to: '(sum >= 99 - SUM_ERROR_MAX && isOwn',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'known-by-themselves',
    control: 'Sums over people whom others know are judged among themselves',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'if (isOfUnknown && quantity !== ONE) this.#split(quantity)',
    to: 'if (isOfUnknown && quantity !== ONE && k < 0) this.#split(quantity)',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'no-trace',
    control: 'Whoever was asked about is recorded though nothing was told',
    file: `${PRIVACY}/disclose.ts`,
    from: 'ledgers: withTrace(asked, disclosed.ledgers ?? ledgers, rules)',
    to: 'ledgers: disclosed.ledgers ?? ledgers ?? rules',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'trace-of-all-together',
    control: 'Whoever was asked about is recorded for each variable that decides who is in a group, by its own name',
    file: `${PRIVACY}/judge/trace.ts`,
    from: 'return [...joint, ...single]',
    to: 'return single.length < 0 ? single : joint',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'rows-without-their-people',
    control: 'So are the people of rows that are asked about',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'const isOfRows = said.isOfUnknown && of.rows !== undefined',
    to: 'const isOfRows = said.isOfUnknown && of.rows !== undefined && defining.length < 0',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'trace-without-rows',
    control: 'So are the rows themselves, as others know them',
    file: `${PRIVACY}/judge/trace.ts`,
    from: '...this.#keys().flatMap((group) => this.#rowsAsked(group)),',
    to: '',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'trace-without-parts',
    control: 'Of a group that others do not know, those with each known value are recorded as asked about',
    file: `${PRIVACY}/judge/trace.ts`,
    from: 'const parts = possible.unknown.length === 0 ? [] : this.#knownParts(measure, whole)',
    to: 'const parts = possible.unknown.length < 0 ? this.#knownParts(measure, whole) : []',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'trace-without-bins',
    control: 'Whoever is between two declared edges is recorded as asked about, whether or not the edges are kept',
    file: `${PRIVACY}/judge/trace.ts`,
    from: 'conditionsOf(measure, values, declared)',
    to: 'conditionsOf(measure, values, declared.slice(declared.length))',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'hidden-joining-is-free',
    control:
      'An edge that is not kept costs a bit also of a number that others know, where they do not know who is in the group',
    file: `${PRIVACY}/shown-facts.ts`,
    from: 'if (identifying && !isHidden) return []',
    to: 'if (identifying) return []',
    noticedBy: privacyTest('shown-facts')
  },
  {
    id: 'model-without-trace',
    control: 'A refused model is recorded as asked over its people',
    file: `${PRIVACY}/judge/trace.ts`,
    from: '...new Tracing(question, universe, { ...rules, isPart: false }).all(), ...behind',
    to: "...(plan.measures[0]?.kind === 'gram' ? [] : new Tracing(question, universe, { ...rules, isPart: false }).all()), ...behind",
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'model-without-its-questions',
    control: 'So is each question behind it',
    file: `${PRIVACY}/judge/trace.ts`,
    from: '.all(), ...behind]',
    to: '.all(), ...behind.slice(behind.length)]',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'script-without-trace',
    control: 'Who could be in the cohort of a refused script is recorded as asked about',
    file: `${PRIVACY}/disclose.ts`,
    from: 'ledgers: withScriptTrace(aggregate.possible, ledgers, k)',
    to: 'ledgers: k < 0 ? withScriptTrace(aggregate.possible, ledgers, k) : ledgers',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'script-before-its-run',
    control: 'So it is where the script is refused before it runs',
    file: `${PEER}/jobs/run/execute.ts`,
    from: "const aggregate = { kind: 'refused', why, ...(possible ? { possible } : {}) } as const",
    to: "const aggregate = { kind: 'refused', why } as const",
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'script-of-all-together',
    control: 'Who could be in its cohort is recorded for each variable that decides who is',
    file: `${PRIVACY}/judge/trace.ts`,
    from: 'namesOf(possible, { row, measured: [] }), ...possible.unknown',
    to: 'namesOf(possible, { row, measured: [] })',
    noticedBy: peerTest('withheld-trace')
  },
  {
    id: 'counts-together',
    control: 'Whether a known group is counted does not show how many of it are among other people who were counted',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'if (!isOfUnknown) return [OF_KNOWN + ONE]',
    to: 'if (isOfUnknown !== undefined) return [OF_KNOWN + ONE]',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'one-lattice-per-level',
    control:
      'Counts of different levels, and of a level here and another there, are audited together modulo whole numbers',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'if (this.#restOnFew([...all, ...sums, count], { k, levels })) return false',
    to: '',
    noticedBy: privacyTest('residues')
  },
  {
    id: 'sums-are-no-counts',
    control: 'Sums that digits show are audited modulo whole numbers',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'if (this.#restOnFew([...all, sum], { k })) return false',
    to: '',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'one-span-for-all-unknown',
    control: 'Counts of people by one unknown variable do not follow from those by another',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'const names = unknown.map((variable) => `${OF_UNKNOWN}${ONE} ${variable}`)',
    to: 'const names: string[] = unknown.slice(unknown.length)',
    noticedBy: peerTest('whole-numbers')
  },
  {
    id: 'arrivals-in-the-group-alone',
    control: 'Who arrived is left out wherever they could be',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'const arrivals = this.#draft.arrivals(could.reduce((all, { people }) => all.or(people), group.support))',
    to: 'const arrivals = this.#draft.arrivals(group.support.or(could[could.length]?.people ?? group.support))',
    noticedBy: privacyTest('left-out')
  },
  {
    id: 'weights-alone',
    control: 'Sums of products with several numbers are judged together, with plain sums of the same variable',
    file: `${PRIVACY}/ledger/weighted.ts`,
    from: 'for (const other of before) subtract(vector, other, dot(vector, other))',
    to: 'for (const other of before.slice(before.length)) subtract(vector, other, dot(vector, other))',
    noticedBy: peerTest('weights')
  },
  {
    id: 'weights-without-plain-sums',
    control: 'Plain sums are judged with sums of products of the same variable',
    file: `${PRIVACY}/ledger/weighted.ts`,
    from: 'const basis = orthonormal(patterns, plain)',
    to: 'const basis = orthonormal(patterns, plain.slice(plain.length))',
    noticedBy: peerTest('weights')
  },
  {
    id: 'weights-of-known-groups-alone',
    control: 'Known numbers over people whom others do not know are judged together',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (possible === undefined || possible.unknown.length === 0 || powersIn(measure) === 0) return []',
    to: 'if (possible === undefined || possible.unknown.length >= 0 || powersIn(measure) === 0) return []',
    noticedBy: peerTest('weights')
  },
  {
    id: 'rare-events-as-common',
    control: 'Known numbers over those with a rare event tell at most half of who they are',
    file: `${PRIVACY}/judge/information.ts`,
    from: 'return (informationShareMax * log2Choose(among, people)) / Math.max(1, among)',
    to: 'return Math.max(informationShareMax, log2Choose(among, people) / Math.max(1, among))',
    noticedBy: peerTest('weights')
  },
  {
    id: 'late-values-at-once',
    control: 'Late values count as absent until k people of a group have some',
    file: `${PRIVACY}/rules/held-back.ts`,
    from: 'if (waiting.size < k) continue',
    to: 'if (waiting.size < Math.min(k, 1)) continue',
    noticedBy: peerTest('late-values')
  },
  {
    id: 'late-rows-are-there',
    control: 'Late rows count as absent in the same way',
    file: 'packages/peer/src/jobs/run/late.ts',
    from: 'rows: new Map([...rows].filter(([table]) => tables.has(table)))',
    to: 'rows: new Map([...rows].filter(([table]) => !tables.has(table)))',
    noticedBy: peerTest('late-values')
  },
  {
    id: 'late-in-the-index',
    control: 'The index of cohorts is corrected for late values as well',
    file: 'packages/data/src/index/cohort.ts',
    from: 'found = found.or((await at.corrected?.(ref, name, set)) ?? set)',
    to: 'found = found.or(set)',
    noticedBy: dataTest('late')
  },
  {
    id: 'counts-by-rank',
    control: 'Counts of large groups are judged as counts of whole people, modulo every whole number',
    file: `${PRIVACY}/ledger/residues.ts`,
    from: 'if (known.isWhole) return false',
    to: 'if (known.basis.length === known.length) return false',
    noticedBy: privacyTest('residues')
  },
  {
    id: 'rest-not-whole',
    control: 'A count that follows from those of all other levels is judged like one that is told',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'if (rest !== undefined && areCertain(withAlike([rest], [count, ...all]))) return false',
    to: '',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'rows-are-known',
    control: 'Who has a row in a table in which few have one counts as not known to others',
    file: `${PEER}/jobs/run/hidden.ts`,
    from: "const isHidden = said === 'unknown' ? people < catalog.subjects : 2 * people < catalog.subjects",
    to: 'const isHidden = people < 0',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'few-outside-of-sizes',
    control: 'Of a model by numbers of rows nobody or at least k people of the catalog are outside',
    file: `${PRIVACY}/judge/model-people.ts`,
    from: 'const outside = () => support.universe - kept',
    to: 'const outside = () => support.size - kept',
    noticedBy: peerTest('mixed-models')
  },
  {
    id: 'visits-of-anybody',
    control: 'Who could be in a question about a visit came to it',
    file: `${PRIVACY}/judge/possible.ts`,
    from: 'if (!isKnown(one.column)) atoms',
    to: 'if (!isKnownOnce(one.column)) atoms',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'left-out-by-all-sums',
    control: 'How many people are left out is decided by sums over known people',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'return this.#spans.get(OF_KNOWN + quantity) ?? this.#spanOf(quantity)',
    to: 'return this.#spanOf(quantity)',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'rare-visit-as-common',
    control: 'In a table by visits, who has a row of a rare one counts as not known to others',
    file: `${PRIVACY}/judge/unsaid.ts`,
    from: 'return rare.labels.has(JSON.stringify(own)) ? rare : others',
    to: 'return others',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'rare-beside-common',
    control: 'No number is over rows of rare visits and of others',
    file: `${PEER}/jobs/run/hidden.ts`,
    from: 'if (rare.length === 0) return',
    to: 'if (rare.length < chosen.length) return',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'changed-is-filled',
    control: 'A newer epoch has no other value where there was one',
    file: 'packages/data/src/open/filled.ts',
    from: '`(l.c${at} IS NULL OR l.c${at} = g.c${at})`',
    to: '`(l.c${at} IS NULL OR g.c${at} IS NOT NULL)`',
    noticedBy: dataTest('carry')
  },
  {
    id: 'filled-beside-gone',
    control: 'No value is filled in beside a row that is gone',
    file: 'packages/data/src/open/filled.ts',
    from: 'if (matched.length !== lost.get(token)) continue',
    to: 'if (matched.length === 0) continue',
    noticedBy: dataTest('carry')
  },
  {
    id: 'filled-after-a-script',
    control: 'No value is filled in after a script was answered',
    file: `${PEER}/catalogs/carry-epoch.ts`,
    from: 'if (carried.filled > 0 && ledgers.some(',
    to: 'if (carried.filled < 0 && ledgers.some(',
    noticedBy: peerTest('carry-epoch')
  },
  {
    id: 'members-pay-alone',
    control: 'All who could be among the people of a number pay for it alike',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'payers: this.#payersOf(number.quantity, group)',
    to: 'payers: undefined',
    noticedBy: peerTest('known-groups')
  },
  {
    id: 'k-less-one-apart',
    control: 'Leverage is held against one k-th, not one (k − 1)-th',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'return 1 / k + 1 / (2 * k * k)',
    to: 'return 1 / Math.max(1, k - 1) + 1e-9',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'no-tolerance',
    control: 'Exactly k people may be told apart: the bound leaves room for sums of doubles',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'return 1 / k + 1 / (2 * k * k)',
    to: 'return 1 / k - 1e-12',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'forgotten-sets',
    control: 'A set that was told stays in the span of its quantity',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'this.#setSpan(quantity, next)\n    if',
    to: 'if',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'only-who-is-in-it',
    control: 'A question is held over everybody who could be in it, as others can tell',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (possible === undefined) return []\n    const unknown',
    to: 'if (possible !== undefined) return []\n    const unknown',
    noticedBy: { tests: ['test/redteam/oracles.test.ts'] }
  },
  {
    id: 'nobody-is-no-group',
    control: 'A group that nobody is in counts as withheld, since somebody could be',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (set.row !== undefined && keys.includes(set.row.variable)) return []',
    to: 'return []',
    noticedBy: { tests: ['test/redteam/oracles.test.ts'] }
  },
  {
    id: 'script-of-its-cohort',
    control: 'A script over those with a level counts as one over everybody who could have it',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'const sets = [...(possible?.sets ?? []).map(({ people }) => people), cohort]',
    to: 'const sets = [cohort]',
    noticedBy: privacyTest('possible')
  },
  {
    id: 'fractions-of-people',
    control: 'Whoever is certain in whole people is certain',
    file: `${PRIVACY}/ledger/certainty.ts`,
    from: '&& !bound.every((pattern) => canMove(told, pattern))',
    to: '&& told.length < 0',
    noticedBy: privacyTest('certainty')
  },
  {
    id: 'bins-are-no-levels',
    control: 'Bins of a quantile are audited like levels',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (level === undefined || of === undefined ||',
    to: "if (measure.kind === 'quantile' || level === undefined || of === undefined ||",
    noticedBy: { tests: ['test/redteam/oracles.test.ts'] }
  },
  {
    id: 'only-nobody-is-few',
    control: 'Few who are not in a group are a small cell',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'of.size - having.size < settings.k',
    to: 'of.size === having.size',
    noticedBy: { tests: ['test/redteam/oracles.test.ts'] }
  },
  {
    id: 'left-out-of-any',
    control: 'Nobody is left out where values that others do not know say who is in it',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'leftOut === undefined || defining.length > 0',
    to: 'leftOut === undefined',
    noticedBy: { tests: ['test/redteam/oracles.test.ts'] }
  },
  {
    id: 'rows-not-people',
    control: 'The ledger counts people, not their rows',
    file: `${PRIVACY}/ledger/blocks.ts`,
    from: 'owners === undefined ? ofPeople(patterns)',
    to: '1 > 0 ? ofPeople(patterns)',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'largest-row',
    control: 'Of a person’s rows all combinations count, not each row alone',
    file: `${PRIVACY}/ledger/blocks.ts`,
    from: 'times.set(own, (times.get(own) ?? 0) + 1)',
    to: 'times.set(own, 1)',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'traces-alone',
    control: 'Rows that lie in different sets are one person’s together',
    file: `${PRIVACY}/ledger/blocks.ts`,
    from: 'Math.sqrt(timesA * timesB) * span.kernel(a, b)',
    to: '(a === b ? timesA * span.kernel(a, b) : 0)',
    noticedBy: privacyTest('ledger', 'ledger-attack')
  },
  {
    id: 'nearly-within',
    control: 'Whether a set follows from others is decided in whole numbers',
    file: `${PRIVACY}/ledger/weights.ts`,
    from: 'Number.isSafeInteger(sum) && sum === want * denominator',
    to: 'Number.isSafeInteger(sum)',
    noticedBy: privacyTest('weights')
  },
  {
    id: 'far-within',
    control: 'A set that lies beside the span is not taken for one within',
    file: `${PRIVACY}/ledger/span.ts`,
    from: 'if (distance >= DISTANCE_MIN)',
    to: 'if (distance >= 1.5)',
    noticedBy: privacyTest('weights', 'ledger')
  },
  {
    id: 'unsure-admitted',
    control: 'What doubles cannot decide is refused',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: "if (placed.kind === 'unsure') return { why: 'unsure' }\n    if (quantity === ONE) {",
    to: "if (placed.kind === 'unsure') return undefined\n    if (quantity === ONE) {",
    noticedBy: privacyTest('weights')
  },
  {
    id: 'nothing-told',
    control: 'What is told of a variable is charged',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: '+ bits * share',
    to: '+ 0 * share',
    noticedBy: privacyTest('ledger', 'price')
  },
  {
    id: 'no-information-limit',
    control: 'No more is told of a variable than it may',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: '+ bits * share\n      if ((spent[pattern] ?? 0) > bitsMax * SLACK) return false',
    to: '+ bits * share',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'all-values',
    control: 'Half of what it takes to write a value down may be told, not all of it',
    file: `${PRIVACY}/judge/information.ts`,
    from: 'return informationShareMax * bits',
    to: 'return bits',
    noticedBy: privacyTest('price')
  },
  {
    id: 'cheap-digits',
    control: 'Every digit costs what the exact sum tells',
    file: `${PRIVACY}/judge/information.ts`,
    from: "if (precision === 'statistical' || synthetic || rung > 0) return rounded",
    to: 'if (precision !== undefined) return rounded',
    noticedBy: privacyTest('price')
  },
  {
    id: 'digits-again-for-nothing',
    control: 'What follows from numbers in fewer digits is not told in digits of its own for nothing',
    file: `${PRIVACY}/ledger/span.ts`,
    from: 'return (!isRounded && used.every((one) => one === 0)) || (used.length === 1 && used[0] === rung)',
    to: 'return used.length > 0',
    noticedBy: privacyTest('digits')
  },
  {
    id: 'rounded-again-for-nothing',
    control: 'Nor is what follows from numbers that are rounded by themselves',
    file: `${PRIVACY}/ledger/span.ts`,
    from: '(!isRounded && used.every((one) => one === 0))',
    to: 'used.every((one) => one === 0)',
    noticedBy: privacyTest('digits')
  },
  {
    id: 'sums-not-rounded',
    control: 'The ledger knows that a sum is rounded by itself',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: "isRounded: number.kind === 'sum' && settings.precision === 'statistical',",
    to: 'isRounded: false,',
    noticedBy: privacyTest('digits')
  },
  {
    id: 'digits-forgotten',
    control: 'A stored ledger knows in which digits a number was told',
    file: `${PRIVACY}/ledger/form.ts`,
    from: '...(rungs.some((rung) => rung > 0) ? { rungs: [...rungs] } : {})',
    to: '',
    noticedBy: privacyTest('digits')
  },
  {
    id: 'digits-unmetered',
    control: 'That digits are missing counts towards the refusals of a requester',
    file: `${PRIVACY}/disclose.ts`,
    from: 'groups + cells + digits',
    to: 'groups + cells',
    noticedBy: privacyTest('digits')
  },
  {
    id: 'script-forgotten',
    control: 'About what a program read every quantity knows, also one to come',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'for (const flags of this.#everywhere) {',
    to: 'for (const flags of [] as Uint8Array[]) {',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'script-beside-sums',
    control: 'A program is held against every quantity of which something was told',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'new Set([...this.#spans.keys(), ANYTHING])',
    to: 'new Set([ANYTHING])',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'no-checksum',
    control: 'A stored ledger of which a byte was changed tells nothing',
    file: `${PRIVACY}/ledger/form.ts`,
    from: "if (checksumOf(bytes.subarray(FIRST)) !== wordAt(bytes, 2)) return broken('it was changed')",
    to: '',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'other-owners',
    control: 'A ledger of rows is not read over rows of others',
    file: `${PRIVACY}/ledger/form.ts`,
    from: "if (heading.owners !== (all === undefined ? 0 : checksumOf(all))) return broken('its rows are of other subjects')",
    to: '',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'new-epoch-new-ledger',
    control: 'What was told is known of a newer epoch',
    file: `${PRIVACY}/ledger/form.ts`,
    from: 'return [quantity, carried] as const',
    to: 'return [quantity, Span.empty(next)] as const',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'new-epoch-new-bits',
    control: 'Bits that were told are known of a newer epoch',
    file: `${PRIVACY}/ledger/form.ts`,
    from: 'longer(patterns.extend(bits), more, 0)',
    to: 'new Float64Array(next.count)',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'new-epoch-new-levels',
    control: 'Counts of levels are known of a newer epoch',
    file: `${PRIVACY}/ledger/form.ts`,
    from: 'of: longer(patterns.extend(of), more, 0),',
    to: 'of: new Uint8Array(next.count),',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'arrivals-at-once',
    control: 'Who came with a newer epoch waits until there are k of them',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (arrivals.size > 0 && arrivals.size < this.#k)',
    to: 'if (arrivals.size < 0)',
    noticedBy: privacyTest('left-out')
  },
  {
    id: 'no-audit',
    control: 'Nobody’s level is certain from all counts that were told',
    file: `${PRIVACY}/ledger/certainty.ts`,
    from: 'if (someAreStuck(bound, free)) return true',
    to: 'if (told.length >= 0) return false',
    noticedBy: privacyTest('certain-levels', 'certainty')
  },
  {
    id: 'two-levels-apart',
    control: 'Conditions on two variables are audited together as well',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'return [said(one.people, support), ...partsOf(one.people, support)]',
    to: 'return partsOf(one.people, support)',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'sums-at-their-least',
    control: 'Nobody is certain to have the least of a value from sums of it',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'return someAreNone(this.#endPatterns(quantity, { of, having })) ?',
    to: 'return false ?',
    noticedBy: privacyTest('ends')
  },
  {
    id: 'few-above-the-least',
    control: 'A sum does not rest on few whose values are above the least',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: "if (apart.length > 0) return { why: 'leverage', quantity: name, set, apart: this.#apartOf(apart, set) }",
    to: '',
    noticedBy: privacyTest('ends')
  },
  {
    id: 'far-known-values',
    control: 'Nobody has more than a k-th of the squared distances of known values',
    file: `${PRIVACY}/judge/known.ts`,
    from: 'square * k <= total',
    to: 'square <= total',
    noticedBy: privacyTest('known')
  },
  {
    id: 'squares-of-known-values',
    control: 'A spread of known values is also judged by their squared distances',
    file: `${PRIVACY}/judge/known.ts`,
    from: 'return Array.from({ length: powers }',
    to: 'return Array.from({ length: 1 }',
    noticedBy: privacyTest('known')
  },
  {
    id: 'known-values-weigh',
    control: 'Sums of known values are judged by how much each value weighs',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (this.#weighsFew(row.group, measure, basis)) {',
    to: 'if (row.cells.length < 0) {',
    noticedBy: privacyTest('known')
  },
  {
    id: 'known-values-of-members',
    control: 'Known values are judged over everybody who could be in a group, not over its members',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'could.some(({ people }) => !isEven(people, powers))',
    to: 'could.some(() => !isEven(support, powers))',
    noticedBy: privacyTest('known')
  },
  {
    id: 'known-values-lacking',
    control: 'Without the known values a sum of them is withheld',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (values === undefined) return true',
    to: 'if (values === undefined) return false',
    noticedBy: privacyTest('known')
  },
  {
    id: 'known-beside-unknown',
    control: 'Known values also weigh the values of another variable in a covariance',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: '(isPair && !isEven(support, 1))',
    to: '(isPair && powers < 0)',
    noticedBy: privacyTest('known')
  },
  {
    id: 'shares-of-the-known',
    control: 'What a share counts is held over all who could be counted',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: '[left, ...parts].map(',
    to: '[left, ...parts.slice(0, 0)].map(',
    noticedBy: privacyTest('known')
  },
  {
    id: 'parts-not-audited',
    control: 'Among the people with a known value a level is audited as well',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'const parts = of === undefined ? [] : partsOf(of, having)',
    to: 'const parts = of === undefined ? [] : partsOf(of, having).slice(0, 0)',
    noticedBy: privacyTest('known')
  },
  {
    id: 'few-of-a-known-value',
    control: 'Few people with a known value who lack a level are a small cell',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'size - count.having.subjects.size < this.#k',
    to: 'size - count.having.subjects.size < 0',
    noticedBy: privacyTest('known')
  },
  {
    id: 'few-known-values',
    control: 'A mean of few known values counts those who have each',
    file: `${PRIVACY}/judge/known.ts`,
    from: 'return powersIn(measure) === 0 ||',
    to: 'return powersIn(measure) >= 0 ||',
    noticedBy: privacyTest('known')
  },
  {
    id: 'bins-of-the-known',
    control: 'A quantile of known values counts those in each bin',
    file: `${PRIVACY}/judge/known.ts`,
    from: 'return bins.map(',
    to: 'return bins.slice(0, 0).map(',
    noticedBy: privacyTest('known')
  },
  {
    id: 'rows-at-visits-alone',
    control: 'Rows at a visit and people who have such a row are the same people',
    file: `${PRIVACY}/judge/possible.ts`,
    from: 'names.flatMap((name) => [name + at, name])',
    to: 'names.map((name) => name + at)',
    noticedBy: privacyTest('known')
  },
  {
    id: 'measured-is-no-condition',
    control: 'What is measured of people counts as a condition on it',
    file: `${PRIVACY}/judge/possible.ts`,
    from: '[...unknown, ...measured]',
    to: '[...unknown]',
    noticedBy: privacyTest('known')
  },
  {
    id: 'facts-by-request',
    control: 'What is declared of a variable is what the site declares, whatever a request makes of it',
    file: `${PRIVACY}/judge/facts.ts`,
    from: 'const source = site ?? variable',
    to: 'const source = variable',
    noticedBy: privacyTest('known')
  },
  {
    id: 'ends-begin-anew',
    control: 'Sums from before somebody was at the least count as sums over those above it',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'for (const at of all.shown.keys()) {',
    to: 'for (const at of [...all.shown.keys()].slice(-1)) {',
    noticedBy: privacyTest('ends')
  },
  {
    id: 'ends-forgotten',
    control: 'Who was at the least in earlier sums is remembered',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'const [known] = this.#countsOf((other) => other === name)',
    to: 'const [known] = this.#countsOf(() => false)',
    noticedBy: privacyTest('ends')
  },
  {
    id: 'bounds-alone',
    control: 'Also a level that other counts leave no room for is certain',
    file: `${PRIVACY}/ledger/certainty.ts`,
    from: 'others,\n        column.map((entry) => -entry)',
    to: 'others,\n        column.map(() => 0)',
    noticedBy: privacyTest('certainty')
  },
  {
    id: 'spelled-otherwise',
    control: 'Counts of one level are audited together, however it was asked for',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: 'withAlike([count], all)',
    to: '[...before, count]',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'opposites',
    control: 'A count of those without a level is one of those with it',
    file: `${PRIVACY}/ledger/levels.ts`,
    from: '[one, oppositeOf(one)]',
    to: '[one]',
    noticedBy: privacyTest('certain-levels', 'certainty')
  },
  {
    id: 'keys-not-audited',
    control: 'Counts by a key or condition are audited as well',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'counts = defining.flatMap(',
    to: 'counts = ([] as typeof defining).flatMap(',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'means-not-audited',
    control: 'A mean of those with a level is audited like their count',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'objection = this.#auditLevels(row.group, measure, basis)',
    to: "objection = measure.kind === 'mean' ? undefined : this.#auditLevels(row.group, measure, basis)",
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'certain-spends',
    control: 'What is withheld as certain is not taken for told',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (objection !== undefined) for (const [draft, before] of mark) draft.rollBack(before)',
    to: '',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'zeros-follow',
    control: 'A level that nobody has does not follow from the counts of all others',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: ' ?? this.#zeros()',
    to: '',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'one-withheld',
    control: 'One count that is withheld does not follow from the total',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: ' ?? this.#countAll()',
    to: '',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'given-away',
    control: 'A sum withheld since one or two make it up does not follow from others',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'return this.#givenAway() ?? ',
    to: 'return ',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'of-whom',
    control: 'A number of those who responded is also judged of whom it was asked',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: '...whom.map(',
    to: '...whom.slice(0, 0).map(',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'conditions-free',
    control: 'What a condition tells of who fits is charged to everybody who could',
    file: `${PRIVACY}/ledger/draft.ts`,
    from: '+ bits * share',
    to: '+ 0 * bits * share',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'conditions-kept',
    control: 'A question is also asked without each condition on what others do not know',
    file: `${PRIVACY}/judge/defining.ts`,
    from: '(isIt(column) ? helps !== isNegated : undefined)',
    to: '(isIt(column) && isNegated && !isNegated ? helps : undefined)',
    noticedBy: privacyTest('defining')
  },
  {
    id: 'negation-shrinks',
    control: 'Under a negation everybody who could fit is still in it',
    file: `${PRIVACY}/judge/defining.ts`,
    from: '(isIt(column) ? helps !== isNegated : undefined)',
    to: '(isIt(column) ? helps || isNegated : undefined)',
    noticedBy: privacyTest('defining')
  },
  {
    id: 'unknown-is-known',
    control: 'A variable that the description does not know is not taken to be known of a person',
    file: `${PRIVACY}/judge/facts.ts`,
    from: 'bounded: false, identifying: false, own',
    to: 'bounded: false, identifying: true, own',
    noticedBy: privacyTest('defining')
  },
  {
    id: 'findings-are-known',
    control: 'What was found of a person is not taken to be known of him',
    file: 'packages/data/src/catalog/identifying.ts',
    from: 'return NAMES.some((pattern) => pattern.test(plain))',
    to: "return plain !== ''",
    noticedBy: dataTest('identifying')
  },
  {
    id: 'no-second-end',
    control: 'A mean beside a count of those above the least does not say that nobody has more than the second value',
    file: 'packages/data/src/reduce/ends.ts',
    from: 'const most = rows.length < 3 ? 1 : 2',
    to: 'const most = 1',
    noticedBy: dataTest('reduce')
  },
  {
    id: 'left-out-of-counts',
    control: 'Nobody is left out of a count only to hide others',
    file: `${PRIVACY}/judge/left-out.ts`,
    from: 'if (apart.outside.length === 0 || isCounting(measure)) return []',
    to: 'if (apart.outside.length === 0) return []',
    noticedBy: privacyTest('left-out')
  },
  {
    id: 'left-out-of-one',
    control: 'Who is left out of a count is left out of the whole answer',
    file: `${PRIVACY}/judge/left-out.ts`,
    from: 'if (isCounting(measure)) this.leavePeople(out)\n    else if',
    to: 'if',
    noticedBy: privacyTest('left-out')
  },
  {
    id: 'too-many-left-out',
    control: 'Where many would be left out, the number is withheld',
    file: `${PRIVACY}/judge/left-out.ts`,
    from: 'if (out.size > Math.max(2 * trial.k, SHARE_MAX * sizeOf(entries))) return remaining',
    to: '',
    noticedBy: privacyTest('left-out')
  },
  {
    id: 'left-out-told',
    control: 'Beside people who were left out there is no total',
    file: `${PRIVACY}/disclose.ts`,
    from: 'leftOut === undefined && groups === 0 &&',
    to: 'groups === 0 &&',
    noticedBy: privacyTest('left-out')
  },
  {
    id: 'raw-totals',
    control: 'No total of a table that withholds a group',
    file: `${PRIVACY}/disclose.ts`,
    from: 'groups === 0 && isAsked && told.isWithin(whole) ?',
    to: '1 > 0 ?',
    noticedBy: privacyTest('disclose', 'suppress')
  },
  {
    id: 'signed-sums',
    control: 'Who makes up a sum of signed values is judged by distances',
    file: `${PRIVACY}/judge/cells/cell.ts`,
    from: 'column.nonNegative ? [] : [2]',
    to: '[]',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'indicators',
    control: 'What a column of few values marks in another is judged like a sum of its own',
    file: `${PRIVACY}/judge/cells/cell-pair.ts`,
    from: 'if (isFew[0] === isFew[1]) return undefined',
    to: 'return undefined',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'round-before',
    control: 'Suppression comes before rounding',
    file: `${PRIVACY}/judge/cells/basis.ts`,
    from: 'if (support.size < settings.k) return withheld(',
    to: 'if (Math.round(support.size / 5) * 5 < settings.k) return withheld(',
    noticedBy: privacyTest('suppress', 'disclose', 'presets')
  },
  {
    id: 'no-few-values',
    control: 'The counts that a sum and its squares give away are told with them',
    file: `${PRIVACY}/judge/cells/basis.ts`,
    from: 'if (column.levels === undefined || filled.length > powers + 1) return []',
    to: 'return []',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'small-bins',
    control: 'A bin of fewer than k people is joined with its neighbours',
    file: `${PRIVACY}/judge/bins.ts`,
    from: '(withEmpty || bin.support.size > 0) && bin.support.size < k',
    to: '(withEmpty || bin.support.size > 0) && bin.support.size < 0',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'small-shared-bins',
    control: 'An edge that would leave fewer than k people on a side is not kept',
    file: `${PRIVACY}/judge/bins.ts`,
    from: 'bin.support.size >= k || (!withEmpty',
    to: 'bin.support.size >= 1 || (!withEmpty',
    noticedBy: privacyTest('shared-bins')
  },
  {
    id: 'bins-as-if-rounded-once',
    control: 'A rounded number that follows from others states how far all of them put it off',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'return (weight * settings.roundBase) / 2',
    to: 'return settings.roundBase / 2',
    noticedBy: privacyTest('shared-bins')
  },
  {
    id: 'no-coarser-bins',
    control: 'Bins that would tell few people apart are joined before a quantile is withheld',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (!coarser?.ok) return false',
    to: 'if (coarser !== null) return false',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'no-shape-minimum',
    control: 'A shape needs more people than a spread',
    file: `${PRIVACY}/judge/cells/cell.ts`,
    from: 'power > 2 && support.size < settings.shapeSubjectsMin',
    to: 'power > 9',
    noticedBy: privacyTest('class-disclosure')
  },
  {
    id: 'no-dominance',
    control: 'A sum that one or two people make up is withheld',
    file: `${PRIVACY}/judge/cells/dominance.ts`,
    from: 'if (total === 0n) return false',
    to: 'if (1 > 0) return false',
    noticedBy: privacyTest('suppress')
  },
  {
    id: 'no-class-disclosure',
    control: 'Shares of nobody, of few, of all and of all but few are withheld',
    file: `${PRIVACY}/judge/cells/cell.ts`,
    from: 'if (rules.settings.zerosAreDisclosive && (having.size < k || support.size - having.size < k)) {',
    to: 'if (having.size < 0) {',
    noticedBy: privacyTest('certain-levels')
  },
  {
    id: 'all-in-one-group',
    control: 'A group that everyone of a kind is in is withheld',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (inOne.has(row.group) || isAll) {',
    to: 'if (row === null) {',
    noticedBy: privacyTest('class-disclosure')
  },
  {
    id: 'rows-as-values',
    control: 'A number of rows is judged by the ledger of rows',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'return rows && this.#rows ? [this.#rows, rows] : [this.#subjects, subjects]',
    to: 'return rows && this.#rows && rows.size < 0 ? [this.#rows, rows] : [this.#subjects, subjects]',
    noticedBy: privacyTest('rows-of-people')
  },
  {
    id: 'rows-not-counted',
    control: 'As many rows as there are people are people counted',
    file: `${PRIVACY}/ledgers.ts`,
    from: "if (kind !== 'count' || draft === this.#subjects) return undefined",
    to: 'if (kind !== undefined) return undefined',
    noticedBy: privacyTest('rows-of-people')
  },
  {
    id: 'fine-grid',
    control: 'Numbers are told to a tenth of their standard error',
    file: `${PRIVACY}/judge/precision.ts`,
    from: 'const ERROR_PARTS: readonly number[] = [10, 2, 1]',
    to: 'const ERROR_PARTS: readonly number[] = [1_000, 2, 1]',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'steps-of-means',
    control: 'A mean beside a rounded count is no finer than every count it can stand for',
    file: `${PRIVACY}/table-output.ts`,
    from: 'isCountTold ? 0 : stepHidingCount(step, n, settings)',
    to: '0',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'bins-add-up',
    control: 'Each bin is rounded where the number of values is not told exactly',
    file: `${PRIVACY}/table-output.ts`,
    from: 'return isHidden ? toNearest(',
    to: 'return isHidden ? Number(',
    noticedBy: privacyTest('precision', 'shared-bins')
  },
  {
    id: 'level-of-hidden-n',
    control: 'Those who have a level are rounded where the number of values is not told exactly',
    file: `${PRIVACY}/table-output.ts`,
    from: 'const told = toNearest(having, Math.max(k, roundBase))',
    to: 'const told = having',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'spread-of-hidden-n',
    control: 'A standard deviation has no digits that would fit one number of values alone',
    file: `${PRIVACY}/table-output.ts`,
    from: '{ rung, finest: finestSpread }',
    to: '{ rung, finest: 0 }',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'size-by-values',
    control: 'The card does not show by the size of the cohort who lacks a value',
    file: `${PRIVACY}/disclose.ts`,
    from: 'const isAsked = context.synthetic ||',
    to: 'const isAsked = !context.synthetic ||',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'left-out-lack-nothing',
    control: 'Who was left out of a number does not count as lacking a value',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'const missing = all - having - this.#leftOutOf(group, measure, counted)',
    to: 'const missing = all - having',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'exact-n',
    control: 'The number of values is made from the size of the group where a few have none',
    file: `${PRIVACY}/table-output.ts`,
    from: 'const halfway = fewLackOf === undefined ?',
    to: 'const halfway = fewLackOf !== null ?',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'complete-groups',
    control: 'A complete group does not show where somebody elsewhere lacks a value',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: 'if (missing < this.#k && (missing > 0 || !isComplete)) {',
    to: 'if (missing < this.#k && missing > 0) {',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'exact-digits',
    control: 'Every digit is told only where the number of values is',
    file: `${PRIVACY}/table-output.ts`,
    from: "return precision === 'exact' && isCounted &&",
    to: "return precision === 'exact' &&",
    noticedBy: privacyTest('precision')
  },
  {
    id: 'other-units',
    control: 'Numbers are rounded in the units of the site, whatever units were asked for',
    file: `${PRIVACY}/table-output.ts`,
    from: 'const { factor, step } = facts(variable)',
    to: 'const { step } = facts(variable)\n  const factor = 1',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'totals-rounded-anew',
    control: 'A rounded total is the sum of its rounded parts',
    file: `${PRIVACY}/judge/suppress.ts`,
    from: '(this.#draft.shownOf(countOf(set)) ?? roundCount(count, settings))',
    to: 'roundCount(count, settings)',
    noticedBy: privacyTest('precision')
  },
  {
    id: 'refusals-for-ever',
    control: 'Refusals that depend on data are counted',
    file: `${PEER}/policy/usage.ts`,
    from: 'use.refusalBits < use.refusalBitsMax',
    to: 'use.refusalBits >= 0',
    noticedBy: peerTest('usage')
  },
  {
    id: 'cells-free',
    control: 'Each withheld group or cell counts as a refusal',
    file: `${PEER}/jobs/release/meters.ts`,
    from: 'this.#refused(draft, plan, withheldIn(ending.output) + shown, asker)',
    to: '',
    noticedBy: peerTest('usage')
  },
  {
    id: 'tens-free',
    control: 'That the count that a requester sees has come to the next ten is charged itself',
    file: `${PEER}/jobs/release/meters.ts`,
    from: 'isNextTen ? bits + 1 : bits',
    to: 'bits',
    noticedBy: peerTest('usage')
  },
  {
    id: 'many-keys',
    control: 'An institution’s keys share what refusals may tell it',
    file: `${PEER}/jobs/release/meters.ts`,
    from: 'bits(institution(askedBy)))',
    to: '0)',
    noticedBy: peerTest('usage')
  },
  {
    id: 'one-for-all',
    control: 'What one requester was told does not close the catalog to others',
    file: `${PEER}/jobs/release/meters.ts`,
    from: 'Math.ceil(bits / INSTITUTION_TIMES)',
    to: 'bits',
    noticedBy: peerTest('usage')
  },
  {
    id: 'repeats-cost',
    control: 'The same answer again is free',
    file: `${PEER}/jobs/release/meters.ts`,
    from: 'if (await this.#parts.answered.has(this.#scope, question)) return {}',
    to: '',
    noticedBy: peerTest('usage')
  },
  {
    id: 'left-out-free',
    control: 'That people were left out counts as a refusal',
    file: `${PEER}/jobs/release/meters.ts`,
    from: '(output.left_out?.length ?? 0)',
    to: '0',
    noticedBy: peerTest('usage')
  },
  {
    id: 'two-budgets',
    control: 'Of a variable its rows and their people together are told no more than it may',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'return other === undefined ? one : {',
    to: 'return other !== null ? one : {',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'script-reads-no-rows',
    control: 'A program is held against sums of the rows of its people',
    file: `${PRIVACY}/ledgers.ts`,
    from: 'ledger: everythingTold(ledger, rows, k)',
    to: 'ledger',
    noticedBy: privacyTest('ledger')
  },
  {
    id: 'answered-once',
    control: 'What was answered once stays answerable',
    file: `${PEER}/jobs/release/meters.ts`,
    from: ' && !isRepeated',
    to: '',
    noticedBy: peerTest('usage')
  },
  {
    id: 'answered-everywhere',
    control: 'What was answered in one project was not in another',
    file: `${PEER}/store/released/answered.ts`,
    from: 'return `${scope}!${question}`',
    to: 'return question',
    noticedBy: peerTest('answered')
  },
  {
    id: 'answered-unwritten',
    control: 'A question whose answer was not written is not taken for answered',
    file: `${PEER}/store/released/answered.ts`,
    from: 'draft.undo(() => void this.#fresh.delete(key))',
    to: '',
    noticedBy: peerTest('answered')
  },
  {
    id: 'refusals-lapse-early',
    control: 'Bits of refusals count for thirty days',
    file: `${PEER}/store/released/recent-bits.ts`,
    from: 'atMs > nowMs - REFUSALS_WINDOW_MS',
    to: 'atMs > nowMs - REFUSALS_WINDOW_MS / 2',
    noticedBy: peerTest('recent-bits', 'usage')
  },
  {
    id: 'refusals-dropped',
    control: 'Bits that are too many to keep one by one still count',
    file: `${PEER}/store/released/recent-bits.ts`,
    from: 'i === 0 ? bits + sum(over) : bits',
    to: 'bits',
    noticedBy: peerTest('recent-bits')
  },
  {
    id: 'script-grid',
    control: 'Ends of scripts leave on the coarse grid',
    file: `${PEER}/jobs/run/grid.ts`,
    from: 'if (!facts.script) return',
    to: 'if (facts.admittedAtMs >= 0) return',
    noticedBy: peerTest('grid')
  },
  {
    id: 'two-projects',
    control: 'A key in two projects is refused',
    file: 'packages/data/src/catalog/catalog-privacy.ts',
    from: 'if (twice) refuse(',
    to: "if (twice === '') refuse(",
    noticedBy: dataTest('catalog-config')
  },
  {
    id: 'why-told',
    control: 'Why something was withheld is not read by whoever may ask',
    file: 'packages/peer/src/gateway/audit-view.ts',
    from: "return holderAsks || roles.includes('researcher')",
    to: 'return holderAsks && roles.length < 0',
    noticedBy: peerTest('audit-view')
  },
  {
    id: 'why-proved',
    control: 'What proves a record does not open why something was withheld',
    file: 'packages/peer/src/gateway/audit-view.ts',
    from: '!(asks && detailOf(detailJson)',
    to: '!(asks && detailJson === null && detailOf(detailJson)',
    noticedBy: peerTest('audit-view')
  },
  {
    id: 'k-less-one',
    control: 'The gate holds at k, not at k − 1',
    file: `${PRIVACY}/rules/cohort-gate.ts`,
    from: 'size >= settings.k',
    to: 'size >= settings.k - 1',
    noticedBy: privacyTest('disclose', 'settings', 'suppress')
  },
  {
    id: 'no-lattice',
    control: 'A catalog with a lattice answers on it alone',
    file: `${PRIVACY}/rules/lattice.ts`,
    from: 'if (descriptor.lattice.length === 0) return\n',
    to: 'return\n',
    noticedBy: privacyTest('lattice')
  },
  {
    id: 'last-key-wins',
    control: 'A key that stands twice is refused',
    file: `${PRIVACY}/script/script-tokens.ts`,
    from: "if (keys.has(key)) refuse('a key that stands twice')",
    to: '',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'any-words',
    control: 'A script says only words of the request and the catalog',
    file: `${PRIVACY}/script/script-output.ts`,
    from: 'if (!this.#contract.literals.has(word))',
    to: 'if (word.length < 0)',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'small-integers',
    control: 'A whole number between 0 and k is withheld from a script',
    file: `${PRIVACY}/script/script-output.ts`,
    from: 'Math.abs(value) >= this.#contract.k',
    to: 'Math.abs(value) >= 0',
    noticedBy: privacyTest('script-output')
  },
  {
    id: 'no-bits',
    control: 'A script tells at most so many bits',
    file: `${PRIVACY}/script/script-output.ts`,
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
    id: 'half-the-noise-of-a-model',
    control: 'The noise of a model is that of what one person can move each of its sums',
    file: `${PRIVACY}/dp/numbers.ts`,
    from: 'return of.numbers.reduce((product, { bounds: { lower, upper } }) => product * (upper - lower), rows)',
    to: 'return of.numbers.reduce((product, { bounds: { lower, upper } }) => (product * (upper - lower)) / 2n, rows)',
    noticedBy: privacyTest('dp-models')
  },
  {
    id: 'one-number-of-a-model',
    control: 'All products of a model share what is charged',
    file: `${PRIVACY}/dp/plan.ts`,
    from: 'bottom: whole.bottom * BigInt(numbers.length) }',
    to: 'bottom: whole.bottom }',
    noticedBy: privacyTest('dp-models')
  },
  {
    id: 'unbounded-model',
    control: 'Values of a model count as the nearest bound',
    file: 'packages/data/src/reduce/bounded.ts',
    from: 'return `(2 * ${clampedSql(value, bounds)} -',
    to: 'return `(2 * CAST(${value} AS HUGEINT) -',
    noticedBy: peerTest('contribution')
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
    file: `${PEER}/jobs/run/grid.ts`,
    from: "if (facts.timing === 'prompt') return facts.endedAtMs",
    to: 'if (facts.endedAtMs >= 0) return facts.endedAtMs',
    noticedBy: peerTest('grid')
  },
  {
    id: 'anybody-asks',
    control: 'Only listed keys may ask',
    file: `${PEER}/policy/people.ts`,
    from: 'if (entries.includes(facts.issuer)) return true',
    to: 'if (facts.issuer !== undefined) return true',
    noticedBy: peerTest('policy')
  },
  {
    id: 'over-the-cap',
    control: 'No charge over a cap',
    file: `${PEER}/store/released/privacy-ledger.ts`,
    from: 'if (spending.nanoRho > lifetime || spending.nanoRho > project)',
    to: 'if (spending.nanoRho < 0n)',
    noticedBy: peerTest('privacy-ledger')
  },
  {
    id: 'permit-not-needed',
    control: 'A catalog with permit: required answers nobody without one',
    file: `${PEER}/policy/data-permits.ts`,
    from: 'if (!catalog.permitRequired) return allowed',
    to: 'return allowed',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-of-others',
    control: 'A permit is for its persons alone, and reads as unknown for all others',
    file: `${PEER}/policy/data-permits.ts`,
    from: '!isAmong(facts, permit.held.terms.persons)',
    to: 'permit.held.terms.persons.length === 0',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-without-end',
    control: 'A permit holds on its days, until it is revoked',
    file: `${PEER}/policy/data-permits.ts`,
    from: "if (state !== 'in_force') return",
    to: "if (state === 'unknown') return",
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-any-catalog',
    control: 'A permit covers its catalogs',
    file: `${PEER}/policy/data-permits.ts`,
    from: 'if (!terms.data_catalog_names.includes(catalog.name)) {',
    to: 'if (terms.data_catalog_names.length === 0) {',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-further-purpose',
    control: 'A request under a permit states no purpose beyond it',
    file: `${PEER}/policy/data-permits.ts`,
    from: 'purpose.some((term) => !permitted.includes(term))',
    to: 'purpose.every((term) => !permitted.includes(term))',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-any-files',
    control: 'A script that reads uploaded files is not the program whose hash a permit names',
    file: `${PEER}/policy/data-permits.ts`,
    from: '(!bringsFiles && hashes.includes(codeHash))',
    to: 'hashes.includes(codeHash)',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-any-statistic',
    control: 'A query is no statistic of the same name',
    file: `${PEER}/policy/data-permits.ts`,
    from: "programWord === 'sql' ? 'sql' : statistic",
    to: 'statistic',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'permit-of-approval',
    control: 'An approval that lets code run again is bound to the permit under which it was given',
    file: `${PEER}/store/standing.ts`,
    from: 'run.permit === permit &&',
    to: '',
    noticedBy: peerTest('approvals')
  },
  {
    id: 'permit-changed-later',
    control: 'The terms of a permit never change',
    file: `${PEER}/store/data-permits.ts`,
    from: 'if (this.#held.has(terms.id)) {',
    to: 'if (this.#held.size < 0) {',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'extract-tells-why',
    control: 'An extract for an authority opens no record of an end that released nothing',
    file: `${PEER}/gateway/permit-view.ts`,
    from: 'isOpened: () => !isClosed(record)',
    to: 'isOpened: () => true',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'extract-shows-bits',
    control: 'An extract shows of such an end what its requester is told',
    file: `${PEER}/gateway/permit-view.ts`,
    from: 'if (!isClosed(record)) return shown',
    to: 'if (record.sequence > 0) return shown',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'extract-shows-anything',
    control: 'What an extract shows of a record is what the record says',
    file: 'packages/sdk/src/signed/verify-permit.ts',
    from: 'canonicalJson(recordFacts(record)) === canonicalJson({ ...facts, job })',
    to: 'facts.kind === record.kind',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'extract-other-terms',
    control: 'The terms in an extract are those that were entered',
    file: 'packages/sdk/src/signed/verify-permit.ts',
    from: 'extract.permit.terms_hash !== hash || entered.some((terms) => terms !== hash)',
    to: 'extract.permit.terms_hash === peer',
    noticedBy: peerTest('data-permits')
  },
  {
    id: 'receipt-other-permit',
    control: 'A receipt names the permit that the log names',
    file: 'packages/sdk/src/signed/verify.ts',
    from: "(detail.permit ?? '') === receipt.permit",
    to: 'receipt.permit.length < 65',
    noticedBy: { tests: ['test/vectors.test.ts'] }
  }
]

/** Mutations that attacks on running federations notice, in about 15 seconds each. */
export const LONG_MUTATIONS: readonly Mutation[] = [
  {
    id: 'newest-epoch',
    control: 'An epoch that was answered from stays',
    file: `${PEER}/start/opening.ts`,
    from: '(await parts.ledgers.hasReleased(name, last)) ? { pinned: last } : {}',
    to: '(await parts.ledgers.hasReleased(name, last)) ? {} : {}',
    noticedBy: { tests: ['test/redteam/differencing.test.ts'] }
  },
  {
    id: 'no-leverage-asked',
    control:
      'No combination of counts, or of sums over people whom others do not know, rests on fewer than k people (asked)',
    file: `${PRIVACY}/ledger/blocks.ts`,
    from: '(sum >= 1 - SUM_ERROR_MAX && isOwn',
    to: '(sum >= 99 - SUM_ERROR_MAX && isOwn',
    noticedBy: attacks('R04')
  },
  {
    id: 'forgetful-ledger',
    control: 'A release is remembered',
    file: `${PEER}/jobs/release/privacy.ts`,
    from: 'if (disclosed.ledgers !== undefined) ledgers.replace(draft, disclosed.ledgers)',
    to: '',
    noticedBy: attacks('R04')
  },
  {
    id: 'no-padding-asked',
    control: 'Ends are shown on the release grid (asked)',
    file: `${PEER}/jobs/run/grid.ts`,
    from: "if (facts.timing === 'prompt') return facts.endedAtMs",
    to: 'if (facts.endedAtMs >= 0) return facts.endedAtMs',
    noticedBy: attacks('R01', 'R04')
  },
  {
    id: 'moment-in-the-record',
    control: 'The audit record that a receipt opens has the boundary’s time',
    file: `${PEER}/jobs/run/publish.ts`,
    from: '    atMs: publication.visibleAtMs,',
    to: '    atMs: parts.clock.now(),',
    noticedBy: attacks('A20')
  },
  {
    id: 'spend-after',
    control: 'A charge is on disk before anything is read',
    file: `${PEER}/jobs/release/charge.ts`,
    from: 'if (!ledger.isPaid(key)) {\n      const spending',
    to: 'if (key.length < 0) {\n      const spending',
    noticedBy: attacks('R26')
  },
  {
    id: 'other-noise',
    control: 'The same request has one answer',
    file: `${PEER}/jobs/release/charge.ts`,
    from: 'return discloseAgain(first ?? own)',
    to: 'return discloseAgain((await this.#compute(plan, noise, { scope, privacy, signal })).json ?? first)',
    noticedBy: attacks('R25')
  },
  {
    id: 'mixed-modes',
    control: 'A catalog that promises noise releases nothing exact',
    file: `${PEER}/jobs/admit/validate.ts`,
    from: "throw StimnetError.told('MODE_NOT_PERMITTED', reason)",
    to: '',
    noticedBy: attacks('R64')
  },
  {
    id: 'one-file-twice',
    control: 'One file is not behind two catalogs',
    file: 'packages/data/src/sources/shared-sources.ts',
    from: 'if (other !== undefined) {',
    to: 'if (other !== undefined && file.length < 0) {',
    noticedBy: { tests: ['test/redteam/differencing.test.ts'] }
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
  },
  {
    id: 'permit-checked-once',
    control: 'A permit is checked again before the run: it may have been revoked or have ended since',
    file: `${PEER}/jobs/run/runner.ts`,
    from: 'if (!standing.allow) throw',
    to: "if (!standing.allow && standing.code !== 'PERMIT_LAPSED') throw",
    noticedBy: { tests: ['test/scenarios/permits.test.ts'] }
  }
]
