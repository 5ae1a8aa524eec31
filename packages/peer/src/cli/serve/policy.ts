/**
 * `stimnet policy`: explains and checks the disclosure rules, tries other rules on past jobs, and proposes a lattice or an
 * analysis set.
 */
import { command, EXIT, given, type Io, oneOf, printable, tableOf, wholeNumber } from '@stimnet/machine'
import type { Explanation, PrivacySettings } from '@stimnet/privacy'
import { StimnetError, counted } from '@stimnet/protocol'
import type { PeerConfig } from '../../config/config.ts'

const ACTIONS = ['explain', 'check', 'dry-run', 'lattice', 'sets'] as const

/** Exit code 1: the check found something wrong. */
export const policyCommand = command({
  name: 'policy',
  usage:
    'explain [PRESET] | check [FILE] | dry-run --preset NAME | --policy FILE | lattice | sets --catalog NAME  [--config FILE]',
  summary: 'Explains disclosure rules, checks a configuration, tries rules on past jobs, proposes a lattice or a set.',
  details: `
explain   shows for each rule its effect, and the attacks that it stops or does not stop: for a preset, a configuration, or one catalog in it.
check     reads a configuration and reports contradictions and settings that weaken the rules.
dry-run   asks all past jobs of this peer again, in their order, under other rules and as if nothing had been released before.
          It shows for each job what would be released (counts, no answers) and changes nothing. For scripts only the cohorts are
          judged. The peer must be stopped; or copy its data_dir and name the copy in STIMNET_DATA_DIR.
lattice   reads a catalog’s files and proposes base cells that are empty or large enough.
sets      reads a catalog’s files and proposes an analysis set: people with a value of each variable, for models over the same people.

  stimnet policy explain opensafely
  stimnet policy explain --config stimnet.yaml --catalog trial
  stimnet policy dry-run --preset cms --config stimnet.yaml --last 50`,
  options: {
    config: { type: 'string', short: 'c', value: 'FILE', help: 'The peer’s configuration (default stimnet.yaml)' },
    catalog: { type: 'string', value: 'NAME', help: 'One catalog of the configuration' },
    preset: { type: 'string', value: 'NAME', help: 'dry-run: the rules of a preset' },
    policy: {
      type: 'string',
      value: 'FILE',
      help: 'dry-run: rules in YAML, as the privacy section of a configuration'
    },
    last: { type: 'string', value: 'N', help: 'dry-run: the last N jobs (default all)' },
    'at-least': {
      type: 'string',
      value: 'N',
      help: 'lattice: fewest people in a base cell (default: the smallest cohort)'
    },
    json: { type: 'boolean', help: 'Print as JSON' }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [action = '', subject], io) => {
    const json = values.json ?? false
    switch (oneOf('the action', action, ACTIONS)) {
      case 'explain':
        return explainAction({ ...values, json, preset: subject }, io)
      case 'check':
        return checkAction(subject ?? values.config ?? 'stimnet.yaml', json, io)
      case 'lattice':
        return latticeAction({ ...values, atLeast: values['at-least'] }, io)
      case 'sets':
        return setsAction(values, io)
      case 'dry-run':
        return dryRunAction({ ...values, json }, io)
    }
  }
})

interface ExplainValues {
  readonly preset: string | undefined
  readonly config: string | undefined
  readonly catalog: string | undefined
  readonly json: boolean
}

async function explainAction(values: ExplainValues, io: Io): Promise<number> {
  const { explain, isPreset, PRESET_SOURCES, policyHash } = await import('@stimnet/privacy')
  const settings = await settingsAsked(values)
  const rules = explain(settings)
  const source = isPreset(settings.preset) ? PRESET_SOURCES[settings.preset] : undefined
  const hash = await policyHash(settings)
  const notes = await notesOf(values)
  if (values.json) {
    io.out(
      `${JSON.stringify({ preset: settings.preset, policy_hash: hash, source, settings, rules, notes }, null, 2)}\n`
    )
    return EXIT.ok
  }
  io.out(`${settings.preset}: ${source?.title ?? ''}\n`)
  if (source) io.out(`Source: ${source.source} (${source.dated})\n`)
  for (const difference of source?.differs ?? []) io.out(`Differs: ${difference}\n`)
  for (const note of notes) io.out(`Note: ${note}\n`)
  io.out(`Policy hash: ${hash}\n\n${rules.map(paragraphOf).join('\n')}`)
  return EXIT.ok
}

/** Notes about one catalog that the rules do not contain. */
async function notesOf({ config, catalog }: ExplainValues): Promise<string[]> {
  if (catalog === undefined) return []
  const { loadConfig } = await import('../../config/config.ts')
  const { synthetic, mode } = catalogNamed((await loadConfig(config ?? 'stimnet.yaml')).config, catalog)
  return [
    ...(mode === 'dp'
      ? ['this catalog gives differentially private numbers only; these rules are for exact numbers']
      : []),
    ...(synthetic
      ? [
          'this catalog is synthetic; refusals and bits of scripts are limited only if its own privacy block sets a number'
        ]
      : [])
  ]
}

/** The rules of the named preset or configuration; of the preset `default` if neither is named. */
async function settingsAsked({ preset, config, catalog }: ExplainValues): Promise<PrivacySettings> {
  const { effectiveSettings } = await import('@stimnet/privacy')
  if (preset !== undefined || (config === undefined && catalog === undefined)) {
    return effectiveSettings({ preset: preset ?? 'default' })
  }
  const [{ loadConfig }, { settingsOf }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../jobs/admit/rules.ts')
  ])
  const loaded = (await loadConfig(config ?? 'stimnet.yaml')).config
  return settingsOf(loaded.privacy, catalog === undefined ? undefined : catalogNamed(loaded, catalog))
}

function catalogNamed(config: PeerConfig, name: string): PeerConfig['catalogs'][number] {
  const found = config.catalogs.find((catalog) => catalog.name === name)
  if (found) return found
  const known = config.catalogs.map((catalog) => catalog.name).join(', ') || 'none'
  const reason = `There is no catalog ${JSON.stringify(name)} in the configuration. It has: ${known}.`
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

function paragraphOf({ rule, value, does, stops, stopsNot }: Explanation): string {
  return `${rule}: ${value}\n  ${does}\n  Stops: ${stops}\n  Does not stop: ${stopsNot}\n`
}

async function checkAction(file: string, json: boolean, io: Io): Promise<number> {
  const [{ loadConfig }, { checkPolicy }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../catalogs/policy-check.ts')
  ])
  const findings = await checkPolicy(await loadConfig(file))
  if (json) io.out(`${JSON.stringify(findings, null, 2)}\n`)
  else if (findings.length === 0) io.out('There are no contradictions, and nothing weakens the rules.\n')
  else
    for (const { grade, key, detail } of findings)
      io.out(`${grade === 'wrong' ? 'FIX ' : 'note'} ${key}: ${printable(detail)}\n`)
  return findings.some(({ grade }) => grade === 'wrong') ? EXIT.failed : EXIT.ok
}

interface LatticeValues {
  readonly config: string | undefined
  readonly catalog: string | undefined
  readonly atLeast: string | undefined
}

async function setsAction(
  { config: file, catalog: asked }: Pick<LatticeValues, 'config' | 'catalog'>,
  io: Io
): Promise<number> {
  const name = given('--catalog', asked)
  const [{ loadConfig }, { settingsOf }, { withScratchCatalog }, { setsText }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../jobs/admit/rules.ts'),
    import('../../catalogs/scratch.ts'),
    import('../../catalogs/sets-text.ts')
  ])
  const { config, baseDir } = await loadConfig(file ?? 'stimnet.yaml')
  const catalog = catalogNamed(config, name)
  const { k } = settingsOf(config.privacy, catalog)
  io.out(`${await withScratchCatalog(catalog, baseDir, (opened) => setsText(opened, k))}\n`)
  return EXIT.ok
}

async function latticeAction({ config: file, catalog: asked, atLeast }: LatticeValues, io: Io): Promise<number> {
  const name = given('--catalog', asked)
  const [{ loadConfig }, { settingsOf }, { withScratchCatalog }, { latticeText }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../jobs/admit/rules.ts'),
    import('../../catalogs/scratch.ts'),
    import('../../catalogs/lattice-text.ts')
  ])
  const { config, baseDir } = await loadConfig(file ?? 'stimnet.yaml')
  const catalog = catalogNamed(config, name)
  const { k } = settingsOf(config.privacy, catalog)
  const subjectsMin = Math.max(k, wholeNumber('--at-least', atLeast) ?? k)
  const text = await withScratchCatalog({ ...catalog, lattice: 'none' }, baseDir, (opened) =>
    latticeText(opened, { subjectsMin })
  )
  io.out(`${text}\n`)
  return EXIT.ok
}

interface DryRunValues {
  readonly config: string | undefined
  readonly preset: string | undefined
  readonly policy: string | undefined
  readonly last: string | undefined
  readonly json: boolean
}

async function dryRunAction(values: DryRunValues, io: Io): Promise<number> {
  if ((values.preset === undefined) === (values.policy === undefined)) {
    io.err('stimnet policy dry-run: give the rules to try with --preset or --policy\n')
    return EXIT.usage
  }
  const [{ loadConfig, loadPrivacy }, { dryRun }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../catalogs/dry-run.ts')
  ])
  const loaded = await loadConfig(values.config ?? 'stimnet.yaml')
  const privacy =
    values.policy === undefined
      ? { ...loaded.config.privacy, preset: values.preset ?? 'default' }
      : await loadPrivacy(values.policy)
  const last = wholeNumber('--last', values.last)
  const report = await dryRun(loaded, { privacy, ...(last === undefined ? {} : { last }) })
  if (values.json) {
    io.out(`${JSON.stringify(report, null, 2)}\n`)
    return EXIT.ok
  }
  const lines = report.jobs.map((job) => [
    job.job_id.slice(0, 12),
    job.admitted_at,
    job.catalog,
    job.program,
    job.before.outcome,
    job.now.outcome,
    job.before.withheld,
    job.now.withheld,
    job.before.k,
    job.now.k
  ])
  const header = ['job', 'admitted', 'catalog', 'program', 'before', 'now', 'withheld', 'withheld now', 'k', 'k now']
  if (lines.length > 0) io.out(tableOf(header, lines))
  const { released_before: before, released_now: now, jobs } = report
  io.out(
    `\n${counted(jobs.length, 'job')}. Released before: ${before}; under ${report.preset} (k ${report.k}): ${now}.\n`
  )
  io.out('Nothing was released, and no ledger was changed.\n')
  return EXIT.ok
}
