/** `stimnet token`: changes the secret that signs access tokens. */
import { join, resolve } from 'node:path'
import { command, EXIT, oneOf } from '@stimnet/machine'
import { Accounts } from '../../store/accounts/accounts.ts'
import { CONFIG_OPTION } from '../serve/start.ts'

const ACTIONS = ['rotate'] as const

/** Exit code 2: no such action. */
export const tokenCommand = command({
  name: 'token',
  usage: 'rotate  [--config FILE]',
  summary: 'Changes the secret of access tokens, so that everybody must log in again.',
  details: `
Use it when somebody else may have seen a token or its secret. A running peer uses the new secret within seconds. API keys stay
valid; stimnet api-key revoke, or a new password, ends them.

  stimnet token rotate --config ./peer/stimnet.yaml`,
  options: { config: CONFIG_OPTION },
  positionals: [1, 1, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = ''], io) => {
    oneOf('the action', asked, ACTIONS)
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const { loadConfig } = await import('../../config/config.ts')
    const { config, baseDir } = await loadConfig(values.config ?? 'stimnet.yaml')
    const accounts = await Accounts.open(join(resolve(baseDir, config.data_dir), 'accounts.json'))
    await accounts.rotateTokens()
    io.out('All access tokens issued so far are invalid.\n')
    return EXIT.ok
  }
})
