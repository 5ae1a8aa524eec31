/** Attacks that use several ledgers: of epochs, of projects, and of two institutions with the same patients. */
import { join } from 'node:path'
import { type Output, type Signer, signerFromSeed } from '@stimnet/protocol'
import { type Client, signRequest } from '@stimnet/sdk'
import { answerOf, stimnetIn } from '../../mesh.ts'
import { type Offered, startStudyPeer, writeTables } from '../../study-peer.ts'
import type { Study } from '../../usefulness/study.ts'
import { concludeChange } from './conclude-change.ts'
import { cells, type Group, groupOf } from './groups.ts'
import { nearPairs, ordinaryGroups } from './near-groups.ts'
import { type Send, sendTo, type ToldRow } from './oracle.ts'
import type { Reconstruction, Scene } from './scene.ts'
import type { Conclusion } from './score.ts'
import { askSums, type SumsTold } from './sums.ts'

const MEANS = { moments: false, covariance: false } as const

/** Number of people who arrive, one per epoch. */
const ARRIVALS = 3

/** The study without some of its people. */
function without(study: Study, absent: ReadonlySet<string>): Study {
  const tables = Object.entries(study.tables).map(([name, rows]) => [
    name,
    rows.filter((row) => !absent.has(String(row[study.subjectKey])))
  ])
  return { ...study, tables: Object.fromEntries(tables) }
}

async function byEpochs(scene: Scene): Promise<Conclusion> {
  const { study, population, oracle, folder, preset } = scene
  const measured = population.truth.change.flatMap((value, i) => (value === null ? [] : [i]))
  const arrivals = measured.slice(-ARRIVALS)
  const idOf = (i: number) => population.people[i]?.id ?? ''
  const stateAfter = (arrived: number) => without(study, new Set(arrivals.slice(arrived).map(idOf)))
  const house = await startStudyPeer({ folder, preset, offered: [{ name: 'epochs', study: stateAfter(0) }] })
  try {
    const told: SumsTold[] = []
    for (let arrived = 0; arrived <= ARRIVALS; arrived++) {
      const absent = new Set(arrivals.slice(arrived))
      const groups = [[], ...cells(population, ['arm']), ...cells(population, ['sex'])].map((conditions): Group => {
        const group = groupOf(population, 'change', conditions)
        return { ...group, members: group.members.filter((i) => !absent.has(i)) }
      })
      oracle.newLedger()
      scene.askBy(sendTo(house.client, 'epochs'))
      told.push(...heldBack(await askSums(oracle, population, { groups, asked: MEANS }), told))
      if (arrived === ARRIVALS) break
      await house.restart(async () => {
        await writeTables(folder, 'epochs', stateAfter(arrived + 1).tables)
        const { code, err } = await stimnetIn(folder)(['epoch', 'accept', 'epochs', '--config', house.configFile])
        if (code !== 0) throw new Error(`the epoch was not accepted: ${err}`)
      })
    }
    return concludeChange(population, told)
  } finally {
    await house.stop()
  }
}

/** An unchanged answer is about the people of the earlier one, since new people are left out until there are more of them. */
function heldBack(now: readonly SumsTold[], before: readonly SumsTold[]): SumsTold[] {
  const meanOf = ({ sums, members }: SumsTold) => (sums[0]?.value ?? 0) / members.length
  return now.map((told) => before.find((earlier) => Math.abs(meanOf(earlier) - meanOf(told)) < 1e-12) ?? told)
}

/** Sends whole groups in one way, and the same groups without a few people in the other way. */
async function byTwoWays(scene: Scene, ways: readonly [Send, Send]): Promise<Conclusion> {
  const { population, oracle, questionsMax } = scene
  const wholes = ordinaryGroups(population)
  const pairs = nearPairs(population, { target: 'change', wholes, pairsEach: 1 }).slice(0, questionsMax / 2)
  const told: SumsTold[] = []
  for (const [at, groups] of [pairs.map(({ whole }) => whole), pairs.map((pair) => pair.without)].entries()) {
    const send = ways[at]
    if (send) scene.askBy(send)
    // Each ledger has its own refusals.
    oracle.newLedger()
    told.push(...(await askSums(oracle, population, { groups, asked: MEANS })))
  }
  return concludeChange(population, told)
}

/** Two projects, each with its own key or both with the same key. */
async function byProjects(scene: Scene, keys: readonly [Signer, Signer]): Promise<Conclusion> {
  const [a, b] = keys
  const projects = [
    { name: 'alpha', requesters: [a.id] },
    { name: 'beta', requesters: [b.id] }
  ]
  const offered: Offered = { name: 'shared', study: scene.study, more: { privacy: { scope: 'project', projects } } }
  const requesters = ['gateway:self', ...new Set([a.id, b.id])]
  let house: Awaited<ReturnType<typeof startStudyPeer>>
  try {
    house = await startStudyPeer({
      folder: scene.folder,
      preset: scene.preset,
      offered: [offered],
      config: { requesters }
    })
  } catch (error) {
    // A peer that does not start with such projects discloses nothing.
    if ((error as { code?: unknown }).code !== 'CONFIG_INVALID') throw error
    return { target: 'change', told: [], certain: new Map(), exact: [], likely: new Map(), fitted: new Map() }
  }
  try {
    const way = (signer: Signer, project: string) =>
      sendSigned(house.client, { signer, project, catalog: 'shared', peerId: house.peer.peerId })
    return await byTwoWays(scene, [way(a, 'alpha'), way(b, 'beta')])
  } finally {
    await house.stop()
  }
}

/** The rows by column, in the form in which the REST API returns them for a job. */
function rowsOf(output: Output): readonly ToldRow[] {
  if (output.kind !== 'table') return []
  return output.rows.map(({ values }) =>
    Object.fromEntries(output.columns.map(({ name }, i) => [name, values[i] ?? null]))
  )
}

/** Sends questions for a project, signed with a researcher's own key. */
function sendSigned(client: Client, as: { signer: Signer; project: string; catalog: string; peerId: string }): Send {
  const { signer, project, catalog, peerId } = as
  return async (sql) => {
    const signed = await signRequest({ signer, project, catalog, targets: [peerId], program: { kind: 'sql', sql } })
    const [part] = (await answerOf(client, signed)).parts
    const output = part?.output ?? null
    if (output === null || part?.state !== 'completed') return { rows: null, code: part?.code ?? null, roundBase: 1 }
    const leftOut = 'left_out' in output
    const { digits = 0 } = output.kind === 'table' ? output.withheld : {}
    return { rows: rowsOf(output), code: null, roundBase: output.disclosure?.round_base ?? 1, leftOut, digits }
  }
}

async function byTwoSites(scene: Scene): Promise<Conclusion> {
  const { study, folder, preset } = scene
  const site = (name: string) =>
    startStudyPeer({ folder: join(folder, name), preset, offered: [{ name: 'patients', study }] })
  const first = await site('first')
  try {
    const second = await site('second')
    try {
      return await byTwoWays(scene, [sendTo(first.client, 'patients'), sendTo(second.client, 'patients')])
    } finally {
      await second.stop()
    }
  } finally {
    await first.stop()
  }
}

const keyOf = (byte: number): Promise<Signer> => signerFromSeed(new Uint8Array(32).fill(byte))

/** The attacks of this file. */
export const ELSEWHERE_ATTACKS: readonly Reconstruction[] = [
  {
    id: 'N12',
    attack: 'One arrival in each epoch: the same questions before and after',
    targets: ['change'],
    run: byEpochs
  },
  {
    id: 'N13',
    attack: 'One key in two projects: a group in one, the same without a few people in the other',
    targets: ['change'],
    run: async (scene) => byProjects(scene, [await keyOf(5), await keyOf(5)])
  },
  {
    id: 'N14',
    attack: 'Two keys in two projects whose holders put their answers together',
    targets: ['change'],
    notCovered:
      'a catalog with ledgers by project does not count what two projects learn together, and its cards say so',
    run: async (scene) => byProjects(scene, [await keyOf(5), await keyOf(6)])
  },
  {
    id: 'N15',
    attack: 'Two sites with the same patients: a group at one, the same without a few people at the other',
    targets: ['change'],
    notCovered: 'no institution knows the ledger of another',
    run: byTwoSites
  }
]
