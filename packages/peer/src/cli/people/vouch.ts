/** `stimnet vouch`: signs an institution's credential for one of its researchers. */
import { join, resolve } from 'node:path'
import { command, EXIT, given, readSeed, wholeNumber } from '@stimnet/machine'
import { signerFromSeed, systemClock, vouch } from '@stimnet/protocol'
import { CONFIG_OPTION } from '../serve/start.ts'

const DAYS_DEFAULT = 180
const DAYS_MAX = 400

/** Signs with the peer's own key. The peer may be running. */
export const vouchCommand = command({
  name: 'vouch',
  usage: 'KEY_ID --name NAME [--role ROLE] [--days N] [--config FILE]',
  summary: 'Vouches for a researcher: makes a credential that other institutions can check by themselves.',
  details: `
The credential states that the key belongs to a person of that name, who works with you in that role. Institutions that list
affiliation:YOUR_PEERID among their requesters let its holder ask. It is valid until it expires; in a federation, stimnet
federation withdraw KEY_ID withdraws it earlier. The researcher saves it beside the key (stimnet key), and stimnet run sends it along:

  stimnet vouch 12D3KooW… --name "Ada Lovelace" --role researcher --days 90 > ada.jwt
  install -m 600 ada.jwt ~/.config/stimnet/credentials.jwt`,
  options: {
    config: CONFIG_OPTION,
    name: { type: 'string', value: 'NAME', help: 'The name of the person' },
    role: { type: 'string', value: 'ROLE', help: 'The role of the person, in your words (default researcher)' },
    days: {
      type: 'string',
      value: 'N',
      help: `For how many days it is valid, at most ${DAYS_MAX} (default ${DAYS_DEFAULT})`
    },
    for: { type: 'string', multiple: true, value: 'PEERID', help: 'Only this institution may accept it' }
  },
  positionals: [1, 1, 'KEY_ID'],
  run: async (values, [key = ''], io) => {
    const name = given('--name', values.name, ': the name of the person')
    const { loadConfig } = await import('../../config/config.ts')
    const { config, baseDir } = await loadConfig(values.config ?? 'stimnet.yaml')
    const file = join(resolve(baseDir, config.data_dir), 'identity.key')
    const seed = await readSeed(file)
    if (!seed) {
      io.err(`stimnet vouch: there is no key in ${file}: the peer makes one at its first start\n`)
      return EXIT.failed
    }
    const credential = await vouch({
      signer: await signerFromSeed(seed),
      key,
      name,
      role: values.role ?? 'researcher',
      lifetimeDays: wholeNumber('--days', values.days, { most: DAYS_MAX }) ?? DAYS_DEFAULT,
      audience: values.for ?? [],
      clock: systemClock
    })
    io.out(`${credential}\n`)
    return EXIT.ok
  }
})
