/** `stimnet account`: manages the accounts of this peer's gateway. */
import { join, resolve } from 'node:path'
import { roleShape } from '@stimnet/api'
import { command, EXIT, given, type Io, oneOf, readPassword, tableOf } from '@stimnet/machine'
import { Accounts } from '../../store/accounts/accounts.ts'
import { CONFIG_OPTION } from '../serve/start.ts'

const ACTIONS = ['add', 'lock', 'unlock', 'remove', 'list'] as const

/** Exit code 1: no such account; 2: the password or name is not acceptable. */
export const accountCommand = command({
  name: 'account',
  usage: 'add NAME | lock NAME | unlock NAME | remove NAME | list  [--role ROLE] [--config FILE]',
  summary: 'Adds, locks, removes or lists the accounts of the gateway.',
  details: `
The password is one line on standard input; easily guessed passwords are refused. add with the name of an existing account
sets a new password and ends the account's tokens and API keys. A running peer sees changes within seconds.

Roles: a researcher asks, a steward decides about requests. Stewards, auditors and operators read the audit log; stewards and
operators see private catalogs.

A locked account keeps its requests, but its password, tokens and API keys do not work until it is unlocked. lock and unlock
also take people of login providers, as provider:subject. The name of a removed account is not given to another person;
--again confirms that the same person comes back, with their earlier requests.

  stimnet account add ada --role researcher
  openssl rand -base64 18 | tee password.txt | stimnet account add ada`,
  options: {
    config: CONFIG_OPTION,
    role: {
      type: 'string',
      multiple: true,
      value: 'ROLE',
      help: `${roleShape.options.join(', ')} (default researcher)`
    },
    again: { type: 'boolean', help: 'The person is the same as that of the removed account' }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = '', name = ''], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    if (action !== 'list') given('NAME', name)
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const { loadConfig } = await import('../../config/config.ts')
    const { config, baseDir } = await loadConfig(values.config ?? 'stimnet.yaml')
    const accounts = await Accounts.open(join(resolve(baseDir, config.data_dir), 'accounts.json'))
    switch (action) {
      case 'list':
        io.out(
          tableOf(
            ['name', 'roles', 'state'],
            [
              ...accounts.list().map(({ name, roles, locked }) => [name, roles.join(', '), locked ? 'locked' : '']),
              ...accounts.lockedOut.map((person) => [person, '', 'locked'])
            ]
          )
        )
        return EXIT.ok
      case 'remove':
        return (await accounts.remove(name)) ? EXIT.ok : unknown(name, io)
      case 'lock':
      case 'unlock':
        return setLocked(accounts, name, { locked: action === 'lock', io })
      case 'add':
        return add(accounts, name, { roles: rolesOf(values.role), again: values.again ?? false, io })
    }
  }
})

function rolesOf(texts: readonly string[] = ['researcher']): readonly string[] {
  return texts.map((text) => oneOf('--role', text, roleShape.options))
}

function unknown(name: string, io: Io): number {
  io.err(`stimnet account: there is no account ${JSON.stringify(name)}; stimnet account list shows all\n`)
  return EXIT.failed
}

async function setLocked(
  accounts: Accounts,
  name: string,
  { locked, io }: { locked: boolean; io: Io }
): Promise<number> {
  if (name.includes(':')) {
    await accounts.setLockedOut(name, locked)
    return EXIT.ok
  }
  return (await accounts.setLocked(name, locked)) ? EXIT.ok : unknown(name, io)
}

async function add(
  accounts: Accounts,
  name: string,
  { roles, again, io }: { roles: readonly string[]; again: boolean; io: Io }
): Promise<number> {
  const password = await readPassword(io)
  // Loaded when needed, because its lists of passwords are large.
  const { whyGuessable } = await import('./guessable.ts')
  const why = whyGuessable(password, name)
  if (why !== undefined) {
    io.err(`stimnet account add: ${why}\n`)
    return EXIT.usage
  }
  await accounts.put({ name, roles, password, again })
  io.out(`Added ${name} (${roles.join(', ')}).\n`)
  return EXIT.ok
}
