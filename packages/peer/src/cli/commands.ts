/** Every subcommand, in the order in which a newcomer meets them. */
import { accountCommand } from './account.ts'
import { apiKeyCommand } from './api-key.ts'
import type { Command } from './arguments.ts'
import { auditCommand } from './audit.ts'
import { budgetCommand } from './budget.ts'
import { catalogsCommand } from './catalogs.ts'
import { costCommand } from './cost.ts'
import { crateCommand } from './crate.ts'
import { doctorCommand } from './doctor.ts'
import { epochCommand } from './epoch.ts'
import { eventsCommand } from './events.ts'
import { federationCommand } from './federation.ts'
import { initCommand } from './init.ts'
import { jobCommand, jobsCommand } from './jobs.ts'
import { keyCommand } from './key.ts'
import { loginCommand } from './login.ts'
import { logoutCommand } from './logout.ts'
import { peersCommand } from './peers.ts'
import { policyCommand } from './policy.ts'
import { requestsCommand } from './requests.ts'
import { reviewCommand } from './review.ts'
import { runCommand } from './run.ts'
import { sandboxCommand } from './sandbox.ts'
import { startCommand } from './start.ts'
import { tokenCommand } from './token.ts'
import { verifyCommand } from './verify.ts'
import { vouchCommand } from './vouch.ts'

/** What researchers use. */
export const ASKING: readonly Command[] = [
  loginCommand,
  logoutCommand,
  catalogsCommand,
  peersCommand,
  runCommand,
  costCommand,
  jobsCommand,
  jobCommand,
  reviewCommand,
  keyCommand,
  verifyCommand,
  crateCommand,
  apiKeyCommand
]

/** What an institution uses for its peer. */
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

/** All of them. */
export const COMMANDS: readonly Command[] = [...ASKING, ...SERVING]
