/** `stimnet api-key`: manages the API keys with which programs log in. */
import { roleShape } from '@stimnet/api'
import {
  CLIENT_OPTIONS,
  clientFor,
  command,
  EXIT,
  given,
  type Io,
  localTime,
  oneOf,
  tableOf,
  wholeNumber
} from '@stimnet/machine'
import type { Role } from '@stimnet/sdk'

const ACTIONS = ['add', 'list', 'revoke'] as const
const DAYS_MAX = 365

/** `stimnet api-key`. Exit code 1: there is no key with that id. */
export const apiKeyCommand = command({
  name: 'api-key',
  usage: 'add LABEL [--days N] [--role ROLE] | list | revoke ID  [--url URL]',
  summary: 'Makes, lists or revokes API keys of your account, for programs.',
  details: `
Log in first. The key is printed once, on standard output; programs send it as X-API-Key. It has the roles that you
name, of those of your account (default researcher). It cannot create other keys. It ends after --days (default 90, at most
${DAYS_MAX}), together with your account, or when you revoke it.

  stimnet api-key add "night job" --days 30 > key.txt
  STIMNET_TOKEN=$(cat key.txt) stimnet jobs`,
  options: {
    ...CLIENT_OPTIONS,
    days: { type: 'string', value: 'N', help: 'For how many days it is valid (default 90)' },
    role: {
      type: 'string',
      multiple: true,
      value: 'ROLE',
      help: 'A role of your account that the key gets (default researcher)'
    }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = '', named = ''], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    if (action !== 'list') given(action === 'add' ? 'LABEL' : 'ID', named)
    const days = wholeNumber('--days', values.days, { most: DAYS_MAX })
    const client = await clientFor(values.url)
    switch (action) {
      case 'add': {
        const made = await client.createApiKey({
          label: named,
          ...(days === undefined ? {} : { days }),
          ...(values.role === undefined
            ? {}
            : { roles: values.role.map((role): Role => oneOf('--role', role, roleShape.options)) })
        })
        io.out(values.json ? `${JSON.stringify(made, null, 2)}\n` : `${made.key}\n`)
        io.err(
          `Created ${made.id} (${made.roles.join(', ')}), valid until ${localTime(made.expires_at)}. The key is not shown again.\n`
        )
        return EXIT.ok
      }
      case 'list':
        return list(await client.apiKeys(), values.json, io)
      case 'revoke':
        await client.revokeApiKey(named)
        io.err(`Revoked ${named}.\n`)
        return EXIT.ok
    }
  }
})

function list(
  keys: Awaited<ReturnType<Awaited<ReturnType<typeof clientFor>>['apiKeys']>>,
  json: boolean | undefined,
  io: Io
) {
  const rows = keys.map(({ id, label, roles, expires_at }) => [id, label, roles.join(', '), localTime(expires_at)])
  io.out(json ? `${JSON.stringify(keys, null, 2)}\n` : tableOf(['id', 'label', 'roles', 'valid until'], rows))
  return EXIT.ok
}
