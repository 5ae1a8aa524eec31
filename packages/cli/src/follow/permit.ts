/** `stimnet permit`: enters, lists, shows and revokes the data permits under which a peer's catalogs may be asked. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, given, localTime, oneOf, printable, tableOf } from '@stimnet/machine'
import { StimnetError } from '@stimnet/protocol'
import type { Permit, PermitSubmission } from '@stimnet/sdk'

const ACTIONS = ['grant', 'list', 'show', 'revoke', 'confirm'] as const

/** Needs a login; entering, revoking and confirming need the role steward. */
export const permitCommand = command({
  name: 'permit',
  usage:
    'grant ID --authority NAME --purpose TERM --person WHO --catalog NAME --statistic NAME --from DAY --until DAY | list | show ID | revoke ID | confirm ID',
  summary: 'Enters and revokes data permits: who may ask which questions of which catalogs, and for how long.',
  details: `
ID is the number that the authority gave the permit. Requests name it (--permit), and every institution looks it up among the permits
that its own stewards entered. A permit grants no access: its persons must be among the requesters of the catalog, and disclosure
control and reviews apply as without a permit. A catalog with permit: required in the configuration answers only under a permit.

--person, --catalog, --purpose, --statistic and --code-hash can be given several times. --person is a key id, or any other entry of
requesters. --statistic is the name of a statistic, or sql for any query. --code-hash is the SHA-256 of a program's text (sha256sum FILE;
receipts name it too). --from and --until are the first and the last day, UTC.

Terms never change: revoke a permit and enter another one. A revocation takes effect at once, also for jobs that wait. Both are in the
audit log. A peer that was restored from a backup does not know later revocations: each of its permits is closed until a steward
confirms or revokes it. stimnet audit export --permit ID writes all records under a permit for its authority.

  stimnet permit grant FD-2026-17 --authority "Data access body" --purpose DUO:0000037 --person 12D3KooW… \\
    --catalog clinical_trial_data --statistic mean --statistic count --from 2026-01-01 --until 2026-12-31
  stimnet permit revoke FD-2026-17`,
  options: {
    ...CLIENT_OPTIONS,
    authority: { type: 'string', value: 'NAME', help: 'grant: who issued the permit' },
    title: { type: 'string', value: 'TEXT', help: 'grant: the subject of the permit' },
    purpose: { type: 'string', multiple: true, value: 'TERM', help: 'grant: a permitted purpose, as a GA4GH DUO term' },
    person: { type: 'string', multiple: true, value: 'WHO', help: 'grant: a person who may use the permit' },
    catalog: { type: 'string', multiple: true, value: 'NAME', help: 'grant: a catalog that it covers' },
    statistic: { type: 'string', multiple: true, value: 'NAME', help: 'grant: a statistic that it covers, or sql' },
    'code-hash': { type: 'string', multiple: true, value: 'SHA256', help: 'grant: a program that it covers' },
    from: { type: 'string', value: 'DAY', help: 'grant: the first day, YYYY-MM-DD' },
    until: { type: 'string', value: 'DAY', help: 'grant: the last day, YYYY-MM-DD' }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = '', named], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    const id = action === 'list' ? '' : given('ID', named, ': the number that its authority gave the permit')
    const client = await clientFor(values.url)
    if (action === 'list') {
      const permits = await client.permits()
      io.out(values.json ? `${JSON.stringify(permits, null, 2)}\n` : listText(permits))
      return EXIT.ok
    }
    const permit =
      action === 'grant'
        ? await client.grantPermit(termsOf(id, values))
        : action === 'revoke'
          ? await client.revokePermit(id)
          : action === 'confirm'
            ? await client.confirmPermit(id)
            : found(await client.permits(), id)
    io.out(values.json ? `${JSON.stringify(permit, null, 2)}\n` : showText(permit))
    return EXIT.ok
  }
})

type Several = readonly string[] | undefined

interface GrantValues {
  readonly authority: string | undefined
  readonly title: string | undefined
  readonly from: string | undefined
  readonly until: string | undefined
  readonly purpose: Several
  readonly person: Several
  readonly catalog: Several
  readonly statistic: Several
  readonly 'code-hash': Several
}

/** The gateway checks each of these terms. */
function termsOf(id: string, values: GrantValues): PermitSubmission {
  const { purpose, person, catalog, statistic = [], title = '' } = values
  return {
    id,
    title,
    authority: given('--authority', values.authority, ': who issued the permit'),
    purpose: several('--purpose', purpose),
    persons: several('--person', person),
    data_catalog_names: several('--catalog', catalog),
    statistics: statistic,
    code_hashes: values['code-hash'] ?? [],
    from: given('--from', values.from, ': the first day of the permit'),
    until: given('--until', values.until, ': the last day of the permit')
  }
}

function several(option: string, values: Several): readonly string[] {
  given(option, values?.[0])
  return values ?? []
}

function found(permits: readonly Permit[], id: string): Permit {
  const permit = permits.find(({ terms }) => terms.id === id)
  if (permit) return permit
  const reason = `There is no permit ${JSON.stringify(id)} here: stimnet permit list shows those that there are.`
  throw StimnetError.told('NOT_FOUND', reason)
}

function listText(permits: readonly Permit[]): string {
  if (permits.length === 0) return 'No permits.\n'
  return tableOf(
    ['id', 'state', 'from', 'until', 'authority', 'catalogs', 'persons'],
    permits.map(({ state, terms }) => [
      ...[terms.id, inWords(state), terms.from, terms.until, terms.authority],
      ...[terms.data_catalog_names.join(', '), terms.persons.length]
    ])
  )
}

function showText({ state, terms, ...entered }: Permit): string {
  const { revoked_by: by, revoked_at: at } = entered
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['permit', [terms.id]],
    ['state', [inWords(state)]],
    ['authority', [terms.authority]],
    ['title', [terms.title]],
    ['purpose', terms.purpose],
    ['persons', terms.persons],
    ['catalogs', terms.data_catalog_names],
    ['statistics', terms.statistics],
    ['programs', terms.code_hashes],
    ['from', [terms.from]],
    ['until', [terms.until]],
    ['entered', [`by ${entered.granted_by}, ${localTime(entered.granted_at)}`]],
    ['revoked', by === null || at === null ? [] : [`by ${by}, ${localTime(at)}`]],
    ['terms hash', [entered.terms_hash]]
  ]
  return lines
    .filter(([, texts]) => texts.some((text) => text !== ''))
    .map(([name, texts]) => `${name.padEnd(12)} ${texts.map(printable).join(`\n${' '.repeat(13)}`)}\n`)
    .join('')
}

function inWords(state: Permit['state']): string {
  return state.replace('_', ' ')
}
