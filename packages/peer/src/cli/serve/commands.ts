/** The subcommands that need the peer's package, in the order in which a new user needs them: the second entry of this package. */
import type { Command } from '@stimnet/machine'
import { accountCommand } from './account.ts'
import { auditCommand } from './audit.ts'
import { budgetCommand } from './budget.ts'
import { doctorCommand } from './doctor.ts'
import { epochCommand } from './epoch.ts'
import { federationCommand } from './federation.ts'
import { initCommand } from './init.ts'
import { policyCommand } from './policy.ts'
import { reviewCommand } from './review.ts'
import { sandboxCommand } from './sandbox.ts'
import { startCommand } from './start.ts'
import { tokenCommand } from './token.ts'
import { vouchCommand } from './vouch.ts'

/** The commands for an institution and its peer. They load what is heavy when they run. */
export const SERVING: readonly Command[] = [
  initCommand,
  startCommand,
  accountCommand,
  tokenCommand,
  doctorCommand,
  policyCommand,
  budgetCommand,
  epochCommand,
  reviewCommand,
  sandboxCommand,
  auditCommand,
  federationCommand,
  vouchCommand
]
