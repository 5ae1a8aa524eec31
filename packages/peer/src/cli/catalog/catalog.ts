/** `stimnet catalog`: turns files into a described catalog. */
import { command, oneOf, refuse, wholeNumber } from '@stimnet/machine'
import { checkAction } from './check.ts'
import { dcatAction } from './dcat.ts'
import { dummyAction } from './dummy.ts'
import { type ProposeDatabase, type ProposeOptions, proposeAction } from './propose.ts'

const ACTIONS = ['propose', 'check', 'dummy', 'dcat'] as const

/** Exit code 1: the check found something wrong. Exit code 2: nothing could be checked. */
export const catalogCommand = command({
  name: 'catalog',
  usage:
    'propose FILE … | propose --bids FOLDER | propose --postgres URL | propose --omop URL|FOLDER --concepts FILE | propose --fhir FOLDER --concepts FILE | check [FILE] | dummy NAME [--rows N] | dcat NAME [--out FILE]',
  summary:
    'Proposes a catalog for files, a BIDS dataset or a database, checks catalogs and their sources, makes up rows, describes catalogs in HealthDCAT-AP.',
  details: `
propose   reads CSV, TSV and Parquet files and writes a catalog to standard output: subject key, types, levels, bounds,
          breakpoints, and how the files are read. Levels of few people are not written, since levels are public. What a person
          must decide is written to standard error, with the line of the proposal. It contains words and counts of your data.
          With --bids it reads the tables of a BIDS dataset: participants.tsv, phenotype/, sessions and scans, with the units, levels
          and descriptions of their JSON sidecars. Images are not opened.
          With --postgres it reads the tables and views of a database, all that the role may read or those of --table. The URL is
          postgresql://ROLE@HOST:PORT/DATABASE, without a password, which other users of this machine could see: give
          --password-file or --password-env. A host beyond this machine is reached by TLS (--ca-file). A role that may write is
          refused, unless --writing-role warn accepts it.
          With --omop it makes one row per person of an OMOP Common Data Model 5.4, in a database or in a folder with one CSV file per
          table, with --fhir of a folder of FHIR bulk NDJSON, by the concept sets or codes of a file: see docs/sources.md.
check     lists all faults of the catalogs in a configuration (--config) or in a file that propose wrote, of all lines of their files
          and of all rows of their databases. It starts nothing and writes nothing. Exit code 0: no faults;
          1: faults; 2: the configuration cannot be read.
dummy     writes made-up rows of a catalog as CSV files, only from its description: types, levels, bounds and no data. Use them to
          write a script before you send it. Asks the gateway for the description, or takes it from --config.

dcat      writes the description of a catalog in HealthDCAT-AP (JSON-LD), the format of catalogues of the European Health Data Space,
          from its configuration: texts, access, permitted uses, variables, and the section dcat. It reads no data and
          counts nobody. Exit code 1: a declaration that the profile requires is missing; the command names it.

  stimnet catalog propose export/*.csv > catalog.yaml
  stimnet catalog propose --bids /data/ds004 --name imaging_data > catalog.yaml
  stimnet catalog propose --postgres postgresql://reader@127.0.0.1/registry --password-file pw --table clinic.patients > catalog.yaml
  stimnet catalog propose --omop postgresql://reader@127.0.0.1/omop --password-file pw --concepts concepts.yaml > catalog.yaml
  stimnet catalog propose --fhir /data/bulk --concepts codes.yaml > catalog.yaml
  stimnet catalog check catalog.yaml
  stimnet catalog dummy clinical_trial_data --rows 500 --out dummy
  stimnet catalog dcat clinical_trial_data --config peer/stimnet.yaml --out trial.jsonld`,
  options: {
    config: { type: 'string', short: 'c', value: 'FILE', help: 'check, dummy, dcat: the peer’s configuration' },
    name: { type: 'string', value: 'NAME', help: 'propose: the name of the catalog (default: that of the first file)' },
    'subject-key': {
      type: 'string',
      value: 'COLUMN',
      help: 'propose: the column of the subject key (default: the likeliest)'
    },
    'at-least': {
      type: 'string',
      value: 'N',
      help: 'propose: fewest people of a level, and between breakpoints (default 10)'
    },
    bids: { type: 'string', value: 'FOLDER', help: 'propose: a BIDS dataset, in place of files' },
    postgres: { type: 'string', value: 'URL', help: 'propose: the database, in place of files' },
    omop: {
      type: 'string',
      value: 'URL|FOLDER',
      help: 'propose: a database, or a folder of CSV files, in the OMOP Common Data Model 5.4'
    },
    fhir: { type: 'string', value: 'FOLDER', help: 'propose: FHIR bulk data, as NDJSON' },
    concepts: {
      type: 'string',
      value: 'FILE',
      help: 'propose --omop, --fhir: the concepts or codes of the index and the variables'
    },
    schema: { type: 'string', value: 'NAME', help: 'propose --omop: the schema of the model (default: cdm)' },
    table: {
      type: 'string',
      value: 'SCHEMA.NAME',
      multiple: true,
      help: 'propose: a table or view of the database (default: all)'
    },
    'password-file': { type: 'string', value: 'FILE', help: 'propose: the password of the database, chmod 600' },
    'password-env': { type: 'string', value: 'NAME', help: 'propose: the environment variable with the password' },
    'ca-file': { type: 'string', value: 'FILE', help: 'propose: certificates of the authorities to trust (PEM)' },
    'writing-role': {
      type: 'string',
      value: 'warn',
      help: 'propose: accept a role of the database that may write; it is named at every start'
    },
    'time-zone': {
      type: 'string',
      value: 'ZONE',
      help: 'propose: where a timestamp with time zone is on a day, as Europe/Zurich'
    },
    lines: { type: 'string', value: 'N', help: 'check: lines named for each fault (default 10)' },
    rows: { type: 'string', value: 'N', help: 'dummy: rows of each table (default 100)' },
    out: {
      type: 'string',
      value: 'PATH',
      help: 'dummy, dcat: the output (default: a folder with the catalog’s name; standard output)'
    },
    seed: { type: 'string', value: 'N', help: 'dummy: other rows for other numbers (default 1)' },
    url: {
      type: 'string',
      value: 'URL',
      help: 'dummy: the gateway to ask (default: STIMNET_URL, or where you are logged in)'
    },
    json: { type: 'boolean', help: 'propose, check: print as JSON' }
  },
  positionals: [1, 64, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [action = '', ...rest], io) => {
    const json = values.json ?? false
    switch (oneOf('the action', action, ACTIONS)) {
      case 'propose': {
        const { postgres, omop, bids, fhir, concepts } = values
        const isDatabase = omop !== undefined && /^[a-z]+:\/\//i.test(omop)
        const url = postgres ?? (isDatabase ? omop : undefined)
        const sources = [rest[0], bids, postgres, omop, fhir].filter((source) => source !== undefined)
        if (sources.length === 0) {
          return refuse(
            'a file is missing: stimnet catalog propose FILE …, --bids FOLDER, --fhir FOLDER, --postgres URL or --omop URL|FOLDER'
          )
        }
        if (sources.length > 1) return refuse('give files, --bids, --fhir, --postgres or --omop, and only one of them')
        const peopleMin = wholeNumber('--at-least', values['at-least'], { least: 3 }) ?? 10
        const wishes = { name: values.name, subjectKey: values['subject-key'], peopleMin, json }
        const database = url === undefined ? {} : { database: { url, ...databaseOf(values) } }
        if ((omop ?? fhir) !== undefined && concepts === undefined)
          return refuse('--omop and --fhir need --concepts FILE')
        if ((omop ?? fhir) === undefined && concepts !== undefined) return refuse('--concepts is for --omop and --fhir')
        const schema = values.schema ?? 'cdm'
        const byConcepts = conceptsOf(omop, { isDatabase, concepts, schema })
        const codes = concepts === undefined || fhir === undefined ? {} : { fhir: { folder: fhir, codes: concepts } }
        return proposeAction(
          rest,
          { ...wishes, ...database, ...byConcepts, ...codes, ...(bids === undefined ? {} : { bids }) },
          io
        )
      }
      case 'check': {
        const [file] = onlyOne(rest, 'check [FILE]')
        if (file !== undefined && values.config !== undefined) return refuse('give a file or --config, not both')
        const placesMax = wholeNumber('--lines', values.lines, { most: 10_000 }) ?? 10
        return checkAction(file ?? values.config ?? 'stimnet.yaml', { placesMax, json }, io)
      }
      case 'dcat': {
        const [name] = onlyOne(rest, 'dcat NAME')
        if (name === undefined) return refuse('the name of the catalog is missing: stimnet catalog dcat NAME')
        return dcatAction(name, { config: values.config ?? 'stimnet.yaml', out: values.out }, io)
      }
      case 'dummy': {
        const [name] = onlyOne(rest, 'dummy NAME')
        if (name === undefined) return refuse('the name of the catalog is missing: stimnet catalog dummy NAME')
        const rows = wholeNumber('--rows', values.rows, { most: 1_000_000 }) ?? 100
        const seed = wholeNumber('--seed', values.seed) ?? 1
        return dummyAction(name, { rows, seed, out: values.out ?? name, config: values.config, url: values.url }, io)
      }
    }
  }
})

type DatabaseValues = Readonly<
  Record<'password-file' | 'password-env' | 'ca-file' | 'time-zone' | 'writing-role', string | undefined>
> & {
  readonly table: readonly string[] | undefined
}

function databaseOf(values: DatabaseValues): Omit<ProposeDatabase, 'url'> {
  return {
    tables: values.table ?? [],
    passwordFile: values['password-file'],
    passwordVariable: values['password-env'],
    caFile: values['ca-file'],
    timeZone: values['time-zone'],
    writingRole:
      values['writing-role'] === undefined
        ? undefined
        : oneOf('--writing-role', values['writing-role'], ['refuse', 'warn'] as const)
  }
}

/** The file of concept sets, with the schema of a database or the folder to which it applies. */
function conceptsOf(
  omop: string | undefined,
  at: { readonly isDatabase: boolean; readonly concepts: string | undefined; readonly schema: string }
): Pick<ProposeOptions, 'omop' | 'omopFolder'> {
  const { isDatabase, concepts, schema } = at
  if (omop === undefined || concepts === undefined) return {}
  return isDatabase ? { omop: { concepts, schema } } : { omopFolder: { folder: omop, concepts } }
}

function onlyOne(rest: readonly string[], usage: string): readonly string[] {
  return rest.length > 1 ? refuse(`too many arguments: stimnet catalog ${usage}`) : rest
}
