/** Attacks of the design that other tests carry out, or that have no test yet, so that none is forgotten. */

/** One attack that this harness does not run. */
export interface Elsewhere {
  readonly id: string
  readonly attack: string
  /** The path of the test that carries it out, or the reason why there is none yet. */
  readonly where: string
}

export const ELSEWHERE: readonly Elsewhere[] = [
  {
    id: 'R08',
    attack: 'The same question at the next epoch, one patient added',
    where: 'test/redteam/differencing.test.ts'
  },
  {
    id: 'R28',
    attack: 'A crash between charge and answer, then again',
    where: 'test/scenarios/differential-privacy.test.ts'
  },
  { id: 'R29', attack: 'A ledger put back from an old copy', where: 'test/scenarios/differential-privacy.test.ts' },
  {
    id: 'R48',
    attack: 'Chosen β, offsets, weights: iterated models',
    where: 'test/scenarios/model-rounds.test.ts'
  },
  {
    id: 'R50',
    attack: 'Survival curves at exact times: of scripts; the node computes none',
    where: 'packages/privacy/test/contract-check.test.ts'
  },
  {
    id: 'R58',
    attack: 'An approved program under another image or lock file',
    where: 'test/scenarios/approvals.test.ts'
  },
  {
    id: 'R66',
    attack: 'The audit log or counts of refusals tell n',
    where: 'packages/peer/test/audit-log.test.ts'
  },
  {
    id: 'R67d',
    attack: 'A credential or visa that has lapsed, is somebody else’s, or holds under conditions that are not met',
    where: 'test/scenarios/credentials.test.ts'
  },
  {
    id: 'R68',
    attack: 'Crates with checks or paths of the client’s own making',
    where: 'packages/gateway/test/crates.test.ts'
  }
]
