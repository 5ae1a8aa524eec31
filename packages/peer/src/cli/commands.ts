/** Every subcommand, in the order in which a newcomer meets them. */
import { accountCommand } from './account.ts'
import type { Command } from './arguments.ts'
import { initCommand } from './init.ts'
import { keyCommand } from './key.ts'
import { startCommand } from './start.ts'

export const COMMANDS: readonly Command[] = [initCommand, startCommand, accountCommand, keyCommand]
