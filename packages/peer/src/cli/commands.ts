/**
 * The subcommands that need the peer's package, in the order in which a new user needs them. This is the second entry point
 * of this package.
 */
import type { Commands } from '@stimnet/machine'

/** The commands for an institution and its peer. Each is loaded alone, and loads large modules only when it runs. */
export const SERVING: Commands = {
  init: async () => (await import('./init/init.ts')).initCommand,
  catalog: async () => (await import('./catalog/catalog.ts')).catalogCommand,
  start: async () => (await import('./serve/start.ts')).startCommand,
  gateway: async () => (await import('./serve/gateway.ts')).gatewayCommand,
  status: async () => (await import('./serve/status.ts')).statusCommand,
  account: async () => (await import('./people/account.ts')).accountCommand,
  token: async () => (await import('./people/token.ts')).tokenCommand,
  doctor: async () => (await import('./serve/doctor.ts')).doctorCommand,
  policy: async () => (await import('./serve/policy.ts')).policyCommand,
  budget: async () => (await import('./serve/budget.ts')).budgetCommand,
  epoch: async () => (await import('./serve/epoch.ts')).epochCommand,
  review: async () => (await import('./serve/review.ts')).reviewCommand,
  sandbox: async () => (await import('./serve/sandbox.ts')).sandboxCommand,
  audit: async () => (await import('./serve/audit.ts')).auditCommand,
  backup: async () => (await import('./keep/backup.ts')).backupCommand,
  restore: async () => (await import('./keep/restore.ts')).restoreCommand,
  identity: async () => (await import('./keep/identity.ts')).identityCommand,
  federation: async () => (await import('./serve/federation.ts')).federationCommand,
  invite: async () => (await import('./invite/invite.ts')).inviteCommand,
  join: async () => (await import('./invite/join.ts')).joinCommand,
  vouch: async () => (await import('./people/vouch.ts')).vouchCommand
}
