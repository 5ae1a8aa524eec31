/** Text of a question's price for a terminal. */
import { counted } from '@stimnet/protocol'
import { measured, printable, tableOf } from '@stimnet/machine'
import { isCoarse, type PrivacyCost, refusalsUsed } from '@stimnet/sdk'

/** The charge and the expected error at each institution, followed by the error of the pooled numbers. */
export function costText(cost: PrivacyCost): string {
  if (cost.peers.length === 0) return `No peer that can be reached offers ${printable(cost.data_catalog_name)}.\n`
  if (cost.peers.some(({ information }) => information !== null)) return informationText(cost)
  const priced = cost.peers.flatMap((peer) => {
    if (peer.cost === null) return []
    const { epsilon, rho, epsilon_at_delta: atDelta, delta } = peer.cost
    const left = peer.left === null ? '' : `${peer.left.project_rho} (life ${peer.left.lifetime_rho})`
    return [[nameOf(peer), epsilon, digits(rho), `${digits(atDelta)} at ${digits(delta)}`, left]]
  })
  const head = ['institution', 'epsilon', 'rho', 'epsilon at delta', 'rho left here']
  const lines = [...(priced.length === 0 ? [] : [tableOf(head, priced)]), ...refusedLines(cost)]
  const prices = pricesIn(cost)
  lines.push(...new Set(prices.map(partText)))
  const [first] = prices
  if (first) lines.push(...errorLines(cost, first), ...warningLines(first))
  return lines.join('')
}

/** Number of institutions that would answer, according to their public descriptions. */
export function answersIn({ peers }: PrivacyCost): number {
  return peers.filter((peer) => peer.cost !== null || peer.information !== null).length
}

/** The bits at each institution, for each variable that is not `identifying`. */
function informationText(cost: PrivacyCost): string {
  const rows = cost.peers.flatMap((peer) => {
    if (peer.information === null) return []
    return (peer.information.length === 0 ? [undefined] : peer.information).map((told) => [
      nameOf(peer),
      told ? printable(told.variable) : 'no counted variable',
      told ? String(told.numbers) : '',
      told ? digits(told.bits) : '',
      told ? digits(told.bits_max) : ''
    ])
  })
  return [
    tableOf(['institution', 'about', 'numbers', 'bits per person', 'of at most'], rows),
    ...refusedLines(cost),
    ...overLines(cost),
    ...refusalsUsed(cost).map((sentence) => `${printable(sentence)}\n`),
    'Counted once: the same question again costs nothing. Identifying variables are not counted.\n',
    'Computed from public descriptions only. Earlier releases, groups of few people, or a person with too much weight in a model can ' +
      'still make an institution refuse.\n'
  ].join('')
}

/** A line that names the variables about which the question asks for more information than may be released. */
function overLines({ peers }: PrivacyCost): string[] {
  const over = peers.flatMap(({ information }) => information?.filter((told) => told.bits > told.bits_max) ?? [])
  const names = [...new Set(over.map(({ variable }) => printable(variable)))]
  if (names.length === 0) return []
  return [
    `This is more than may be released about ${names.join(', ')}: an institution joins intervals, gives fewer digits or withholds numbers until the limit is kept.\n`
  ]
}

/** One line for each refusal that follows from the public descriptions, with the institutions that would refuse. */
function refusedLines({ peers }: PrivacyCost): string[] {
  const refusing = peers.filter(({ cost, information }) => cost === null && information === null)
  const alike = Map.groupBy(
    refusing,
    ({ code, reason }) => `${code ?? 'no price'}${reason === null ? '' : `: ${reason}`}`
  )
  return [...alike].map(([why, all]) => `Refused by ${all.map(nameOf).join(', ')}: ${printable(why)}\n`)
}

/** The charge of one institution. */
export type Price = NonNullable<PrivacyCost['peers'][number]['cost']>

/** The charges of the institutions that would answer. */
export function pricesIn(cost: PrivacyCost): Price[] {
  return cost.peers.flatMap((peer) => (peer.cost ? [peer.cost] : []))
}

/** The amount of a price: `ε 0.05`, or `ρ 0.005` if the request states ρ. */
export function amountOf(price: Price): string {
  return amountText(price, 1)
}

function amountText({ epsilon, rho }: Price, times: number): string {
  return epsilon === null ? `ρ ${measured(rho * times)}` : `ε ${measured(epsilon * times)}`
}

/** An explanation if an institution charges less than the requested amount. */
function partText(price: Price): string {
  const sites = price.sites_per_person
  if (sites <= 1) return ''
  const part = sites === 2 ? 'half' : `1/${sites}`
  const asked = amountText(price, sites)
  return `${amountOf(price)} is ${part} of the ${asked} asked for, because one person may be at ${sites === 2 ? 'two' : sites} of the institutions and is charged at each.\n`
}

function warningLines({ columns }: Price): string[] {
  const poor = columns.filter(isCoarse)
  if (poor.length === 0) return []
  const told = poor.map(({ name, error_95: error, range }) => {
    return `WARNING: ${printable(name)} can be off by ${orNone(error)} at one institution; its whole range is ${orNone(range)}.\n`
  })
  return [...told, 'A larger ε, narrower --bounds, fewer groups and fewer columns make the errors smaller.\n']
}

function errorLines(cost: PrivacyCost, price: Price): string[] {
  const bounds = `each person counts in at most ${counted(price.groups_per_subject, 'group')}, with ${counted(price.rows_per_subject, 'row')} in each`
  const sites = price.sites_per_person > 1 ? `; one person may be at ${price.sites_per_person} institutions` : ''
  return [
    `\nExpected error at one institution: ${counted(price.numbers, 'number')} for each of ${counted(price.groups, 'group')}; ${bounds}${sites}\n`,
    tableOf(
      ['column', 'sd', '19 of 20 within', 'rank within (rows)', 'in a group of', '19 of 20 when pooled'],
      price.columns.map((column) => [
        printable(column.name),
        orNone(column.sd),
        orNone(column.error_95),
        orNone(column.rank_error_95),
        column.assumes_rows === null ? 'any' : counted(column.assumes_rows, 'row'),
        orNone(cost.pooled.find(({ name }) => name === column.name)?.error_95 ?? null)
      ])
    )
  ]
}

function orNone(value: number | null): string {
  return value === null ? '' : digits(value)
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function nameOf({ institution, node_id, peer_id }: PrivacyCost['peers'][number]): string {
  return printable(institution || node_id || peer_id)
}
