/**
 * The subcommands that need the peer's package, in the order in which a new user needs them. This is the second entry point
 * of this package.
 */
import type { Command } from '@stimnet/machine'
import { inviteCommand } from './invite/invite.ts'
import { joinCommand } from './invite/join.ts'
import { backupCommand } from './keep/backup.ts'
import { identityCommand } from './keep/identity.ts'
import { restoreCommand } from './keep/restore.ts'
import { accountCommand } from './people/account.ts'
import { auditCommand } from './serve/audit.ts'
import { budgetCommand } from './serve/budget.ts'
import { catalogCommand } from './catalog/catalog.ts'
import { doctorCommand } from './serve/doctor.ts'
import { epochCommand } from './serve/epoch.ts'
import { federationCommand } from './serve/federation.ts'
import { gatewayCommand } from './serve/gateway.ts'
import { initCommand } from './init/init.ts'
import { policyCommand } from './serve/policy.ts'
import { reviewCommand } from './serve/review.ts'
import { sandboxCommand } from './serve/sandbox.ts'
import { startCommand } from './serve/start.ts'
import { statusCommand } from './serve/status.ts'
import { tokenCommand } from './people/token.ts'
import { vouchCommand } from './people/vouch.ts'

/** The commands for an institution and its peer. They load large modules only when they run. */
export const SERVING: readonly Command[] = [
  initCommand,
  catalogCommand,
  startCommand,
  gatewayCommand,
  statusCommand,
  accountCommand,
  tokenCommand,
  doctorCommand,
  policyCommand,
  budgetCommand,
  epochCommand,
  reviewCommand,
  sandboxCommand,
  auditCommand,
  backupCommand,
  restoreCommand,
  identityCommand,
  federationCommand,
  inviteCommand,
  joinCommand,
  vouchCommand
]
