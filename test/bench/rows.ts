/** All rows of the benchmark, in the order of the table. */
import { auditRow } from './audit.ts'
import { broadcastRow } from './broadcast.ts'
import { facesRow } from './faces.ts'
import { gatewayRow } from './gateway.ts'
import { jobRow } from './job.ts'
import { joinRow } from './join.ts'
import { keepingRow } from './keeping.ts'
import { ledgerRow } from './ledger.ts'
import { modelsRow } from './models.ts'
import { privacyRow } from './privacy.ts'
import { reduceRow } from './reduce.ts'
import { restRow } from './rest.ts'
import type { Row } from './row.ts'
import { sandboxRow } from './sandbox.ts'
import { trustRow } from './trust.ts'

export const ROWS: readonly Row[] = [
  jobRow,
  gatewayRow,
  facesRow,
  broadcastRow,
  auditRow,
  reduceRow,
  ledgerRow,
  modelsRow,
  restRow,
  joinRow,
  keepingRow,
  privacyRow,
  trustRow,
  sandboxRow
]
