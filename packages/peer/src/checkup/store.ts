/** Check of the disk and of every stored value. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { diskCheck } from '../gateway/checks.ts'
import { damageText, type StoreFinding } from '../store/level/checked-level.ts'
import { bytesText, valuesUse } from '../store/disk-use.ts'
import { RESTORING } from '../store/folders.ts'
import { REPLACED_KEYS } from '../store/replaced-keys.ts'
import { FORMAT, refusalOf } from '../store/level/marker.ts'
import { type Finding, namer } from './finding.ts'

/** Maximum number of repeated checks of a database that changed during the check, and the wait before each, ms. */
const [AGAIN_MAX, AGAIN_MS] = [4, 250]

const { ok, fix } = namer('store')
const OPEN = ok(
  'not checked, since the peer has it open: stimnet audit verify --url checks it, stimnet status shows its parts'
)

/** Checks the disk with the peer's folder, or with the folder in which the first start creates it. */
export function diskFinding(dataDir: string): Promise<Finding> {
  let folder = dataDir
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return diskCheck(folder)
}

/** The finding, and the earlier keys of the peer according to its database. */
export interface StoreChecked {
  readonly finding: Finding
  readonly replaced: readonly string[]
}

/** Verifies every stored value of a peer that is not known to run. The database is not changed. */
export async function storeFinding(dataDir: string, { isRunning }: { isRunning: boolean }): Promise<StoreChecked> {
  const directory = join(dataDir, 'db')
  const only = (finding: Finding) => ({ finding, replaced: [] })
  if (existsSync(join(dataDir, RESTORING))) {
    return only(fix('a restore is under way or was cut short: run stimnet restore again, with --replace'))
  }
  if (!existsSync(join(directory, 'CURRENT'))) return only(ok('empty: the peer has not run yet'))
  if (isRunning) return only(OPEN)
  const { Database } = await import('../store/database.ts')
  try {
    let found = await Database.lookInto(directory, REPLACED_KEYS)
    // A running peer writes occasionally: in a pause its database can be checked.
    for (let again = 0; found === undefined && again < AGAIN_MAX; again++) {
      await wait(AGAIN_MS)
      found = await Database.lookInto(directory, REPLACED_KEYS)
    }
    return found === undefined ? only(OPEN) : { finding: await foundIn(found), replaced: found.keys }
  } catch {
    return only(fix(`${directory} cannot be opened: restore the newest undamaged copy`))
  }
}

async function foundIn(found: StoreFinding): Promise<Finding> {
  const damage = damageText(found)
  if (damage !== undefined) return fix(damage)
  const format = found.format ?? { format: 1 }
  const refusal = refusalOf(format)
  if (refusal !== undefined) return fix(refusal)
  const next = format.format < FORMAT ? `; the next start brings it to ${FORMAT}: make a backup first` : ''
  const use = (await valuesUse(found.bytes ?? new Map())).filter(({ bytes }) => bytes > 0).map(bytesText)
  const parts = use.length === 0 ? '' : `; ${use.join(', ').replaceAll(', in database', '')}`
  return ok(`all ${found.values} values are undamaged; format ${format.format}${next}${parts}`)
}
