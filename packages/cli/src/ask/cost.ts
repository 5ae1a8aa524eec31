/** `stimnet cost`: the information or privacy budget that a question costs, and the expected error of an answer with noise. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, given } from '@stimnet/machine'
import { programText, programWord } from '@stimnet/protocol'
import { nobodyOffers } from './catalog-hint.ts'
import { answersIn, costText } from '../answer/cost-text.ts'
import { PRIVACY_OPTIONS, privacyOf } from './privacy-options.ts'
import { ownSigner, programOf } from './run.ts'

/** `stimnet cost`. Exit code 0: at least one peer would answer; 1: none would. No budget is spent. */
export const costCommand = command({
  name: 'cost',
  usage: 'FILE --catalog NAME [--epsilon NUMBER | --rho NUMBER] [--peers all|NAME,…]',
  summary: 'Shows what a question costs and, with noise, its expected error. Spends nothing.',
  details: `
FILE is .sql, or .json for a statistic by name, as for stimnet run. The cost follows from the question and the public
descriptions of the catalogs; no data are read. stimnet run with the same options asks the question.

Without --epsilon and --rho (P1) a question costs information: bits about each person's value, of which a catalog releases at
most half. With noise (P2), each institution of a broadcast takes a part of the amount, because one person may be at several
of them.

  stimnet cost change.sql --catalog clinical_trial_data
  stimnet cost change.sql --catalog clinical_trial_data --epsilon 0.1 --groups-per-subject 3
  stimnet cost mean.json --catalog clinical_trial_data --rho 0.005 --bounds age=40:90`,
  options: {
    ...CLIENT_OPTIONS,
    catalog: { type: 'string', value: 'NAME', help: 'The catalog to ask about' },
    peers: { type: 'string', value: 'NAMES', help: 'all (default), or node ids and PeerIds, separated by commas' },
    ...PRIVACY_OPTIONS
  },
  positionals: [1, 1, 'FILE'],
  run: async (values, [file = ''], io) => {
    const catalog = given('--catalog', values.catalog, ': stimnet catalogs lists them')
    const privacy = privacyOf(values)
    const program = await programOf(file)
    const client = await clientFor(values.url)
    // The remaining budget belongs to the key that will sign.
    const key = (await ownSigner())?.id
    const cost = await client.privacyCost({
      ...(key === undefined ? {} : { key }),
      targets: !values.peers || values.peers === 'all' ? '*' : values.peers.split(','),
      data_catalog_name: catalog,
      script_type: programWord(program) as 'sql',
      script_content: programText(program),
      ...(privacy ? { privacy } : {})
    })
    if (cost.peers.length === 0 && !values.json) throw await nobodyOffers(client, catalog)
    io.out(values.json ? `${JSON.stringify(cost, null, 2)}\n` : costText(cost))
    return answersIn(cost) > 0 ? EXIT.ok : EXIT.failed
  }
})
