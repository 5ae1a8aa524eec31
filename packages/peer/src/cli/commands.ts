/** All subcommands, in the order in which a new user needs them. */
import { accountCommand } from './serve/account.ts'
import { apiKeyCommand } from './session/api-key.ts'
import type { Command } from './terminal/arguments.ts'
import { auditCommand } from './serve/audit.ts'
import { budgetCommand } from './serve/budget.ts'
import { catalogsCommand } from './follow/catalogs.ts'
import { costCommand } from './ask/cost.ts'
import { crateCommand } from './follow/crate.ts'
import { doctorCommand } from './serve/doctor.ts'
import { epochCommand } from './serve/epoch.ts'
import { eventsCommand } from './follow/events.ts'
import { federationCommand } from './serve/federation.ts'
import { initCommand } from './serve/init.ts'
import { jobCommand, jobsCommand } from './follow/jobs.ts'
import { keyCommand } from './session/key.ts'
import { loginCommand } from './session/login.ts'
import { logoutCommand } from './session/logout.ts'
import { modelCommand } from './ask/model.ts'
import { peersCommand } from './follow/peers.ts'
import { policyCommand } from './serve/policy.ts'
import { requestsCommand } from './follow/requests.ts'
import { reviewCommand } from './serve/review.ts'
import { runCommand } from './ask/run.ts'
import { sandboxCommand } from './serve/sandbox.ts'
import { startCommand } from './serve/start.ts'
import { tokenCommand } from './serve/token.ts'
import { verifyCommand } from './follow/verify.ts'
import { vouchCommand } from './serve/vouch.ts'

/** The commands for researchers. */
export const ASKING: readonly Command[] = [
  loginCommand,
  logoutCommand,
  catalogsCommand,
  peersCommand,
  runCommand,
  modelCommand,
  costCommand,
  jobsCommand,
  jobCommand,
  reviewCommand,
  keyCommand,
  verifyCommand,
  crateCommand,
  apiKeyCommand
]

/** The commands for an institution and its peer. */
export const SERVING: readonly Command[] = [
  initCommand,
  startCommand,
  accountCommand,
  tokenCommand,
  doctorCommand,
  requestsCommand,
  eventsCommand,
  policyCommand,
  budgetCommand,
  epochCommand,
  sandboxCommand,
  auditCommand,
  federationCommand,
  vouchCommand
]

/** All commands. */
export const COMMANDS: readonly Command[] = [...ASKING, ...SERVING]
