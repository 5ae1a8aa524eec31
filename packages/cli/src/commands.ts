/** The subcommands that need only a gateway, in the order in which a new user needs them. */
import type { Command } from '@stimnet/machine'
import { apiKeyCommand } from './session/api-key.ts'
import { catalogsCommand } from './follow/catalogs.ts'
import { costCommand } from './ask/cost.ts'
import { crateCommand } from './follow/crate.ts'
import { eventsCommand } from './follow/events.ts'
import { jobCommand, jobsCommand } from './follow/jobs.ts'
import { keyCommand } from './session/key.ts'
import { loginCommand } from './session/login.ts'
import { logoutCommand } from './session/logout.ts'
import { modelCommand } from './ask/model.ts'
import { permitCommand } from './follow/permit.ts'
import { peersCommand } from './follow/peers.ts'
import { requestsCommand } from './follow/requests.ts'
import { runCommand } from './ask/run.ts'
import { verifyCommand } from './follow/verify.ts'

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
  keyCommand,
  verifyCommand,
  crateCommand,
  apiKeyCommand
]

/** The commands for stewards and operators, who may be at another machine than their peer. */
export const DECIDING: readonly Command[] = [requestsCommand, permitCommand, eventsCommand]
