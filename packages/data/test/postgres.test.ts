/** Catalogs whose tables are in PostgreSQL, tested with a server from Debian's packages. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inspect } from 'node:util'
import { SimulatedClock, StimnetError, seededRandom } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import {
  type Catalog,
  catalogConfigSchema,
  checkSources,
  type IndexLevel,
  lookAtSources,
  openCatalog,
  proposeFromDatabase,
  proposeFromOmop,
  proposeFromOmopFolder
} from '../src/index.ts'
import { parse } from 'yaml'
import { countsOf, manyRows } from './many-rows.ts'
import { PASSWORDS, type PostgresServer, startPostgres, withoutPostgres } from './postgres-server.ts'
import { rowsOf } from './world.ts'

const ENVIRONMENT = { READER: PASSWORDS.reader, WRITER: PASSWORDS.writer, WRONG: 'wrong-secret' }
const SECRETS = [...Object.values(PASSWORDS), ENVIRONMENT.WRONG, encodeURIComponent(PASSWORDS.reader)]

let server: PostgresServer
let folder: string
const opened: Catalog[] = []

before(async () => {
  if (withoutPostgres !== false) return
  folder = await mkdtemp(join(tmpdir(), 'stimnet-pg-data-'))
  server = await startPostgres()
})

after(async () => {
  for (const catalog of opened) await catalog.close()
  await server?.close()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

type Section = Readonly<Record<string, unknown>>

/** A catalog of one table in the server. */
function catalogOf(table: Section, postgres: Section = {}) {
  return catalogConfigSchema.parse({
    ...{ name: 'registry', subject_key: 'id' },
    postgres: { url: server.url(), password_env: 'READER', ...postgres },
    tables: [{ name: 'people', ...table }]
  })
}

interface Place {
  readonly index: IndexLevel
  readonly dataDir: string
}

async function newPlace(): Promise<Place> {
  return { index: new MemoryLevel() as unknown as IndexLevel, dataDir: await mkdtemp(join(folder, 'data-')) }
}

async function open(config: ReturnType<typeof catalogOf>, place?: Place, more: object = {}): Promise<Catalog> {
  const catalog = await openCatalog(config, {
    ...(place ?? (await newPlace())),
    ...{ baseDir: folder, environment: ENVIRONMENT, cohortSizeMin: 5, programs: ['sql'] },
    ...{ clock: new SimulatedClock(), random: seededRandom(1) },
    ...more
  })
  opened.push(catalog)
  return catalog
}

/** The code and message of a failure, which must not contain a secret. */
async function failure(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof StimnetError, inspect(error))
  const all = inspect(error, { depth: 9, showHidden: true })
  for (const secret of SECRETS) assert.ok(!all.includes(secret), all)
  return `${error.code}: ${error.message}`
}

const PEOPLE = [{ name: 'age', type: 'integer' }]

describe('a catalog in PostgreSQL', { skip: withoutPostgres }, () => {
  test('values arrive as the server has them, whatever their type', async () => {
    await server.run(`
      CREATE TYPE arm AS ENUM ('active', 'sham');
      CREATE DOMAIN points AS numeric(6, 2);
      CREATE TABLE typed (id int8, dose numeric, score points, change float8, near real, count int2, code int8, alive boolean,
        born date, seen timestamp, sampled timestamptz, arm arm, name varchar(20), padded char(6), note text, spare json, list int[]);
      INSERT INTO typed VALUES
        (9007199254740993, 0.000000001, 1.5, 0.1, 0.1, -3, 9007199254740993, true, '1999-02-28', '2024-01-31 23:59:59.5',
         '2024-01-31 23:30:00+00', 'active', 'Größe, "q"', 'ab', E'line\\nbreak', '{"a":1}', '{1}'),
        (9007199254740992, 123456.7890, -20, 1e-7, 16777216, 32767, -1, false, NULL, '2024-02-29', '2024-07-01 21:59:59+00', 'sham', '', NULL, NULL, NULL, NULL),
        (1, 5, NULL, 'NaN', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`)
    const catalog = await open(
      catalogOf(
        {
          ...{ relation: 'typed', one_row_per_subject: true },
          variables: [
            { name: 'dose', type: 'number', decimals: 9 },
            { name: 'points', column: 'score', type: 'number', decimals: 1 },
            { name: 'change', type: 'number', decimals: 7, missing: ['NaN'] },
            { name: 'near', type: 'number', decimals: 1 },
            { name: 'count', type: 'integer' },
            { name: 'code', type: 'category', levels: ['9007199254740993', '-1'] },
            { name: 'alive', type: 'category', levels: ['yes', 'no'], rename: { true: 'yes', false: 'no' } },
            { name: 'born', type: 'date' },
            { name: 'seen', type: 'date', date_format: 'yyyy-mm-dd hh:mm' },
            { name: 'sampled', type: 'date', date_format: 'yyyy-mm-dd hh:mm' },
            { name: 'arm', type: 'category', levels: ['active', 'sham'] },
            { name: 'name', type: 'text' },
            { name: 'padded', type: 'category', levels: ['ab'] },
            { name: 'note', type: 'text' }
          ]
        },
        { time_zone: 'Europe/Zurich' }
      )
    )
    // Two keys that are equal as floats are two people. 23:30 in Greenwich is on the next day in Zurich.
    assert.equal(catalog.subjects, 3)
    assert.deepEqual(
      await rowsOf(catalog),
      [
        '0.000000001,1.5,0.1,0.1,-3,9007199254740993,yes,1999-02-28,2024-01-31,2024-02-01,active,"Größe, ""q""",ab,"line\nbreak"',
        '123456.789,-20,0.0000001,16777216,32767,-1,no,,2024-02-29,2024-07-01,sham,,,',
        '5,,,,,,,,,,,,,'
      ]
        .flatMap((line) => line.split('\n'))
        .sort()
    )
    assert.doesNotMatch(JSON.stringify(catalog.descriptor), /typed|score|127\.0\.0\.1|reader|Zurich/)
  })

  test('what cannot be read exactly is refused by name, and a check says all of it at once', async () => {
    await server.run(
      `CREATE VIEW bad AS SELECT id, dose, change, code, seen, sampled, spare, list, repeat('x', 9000) AS huge FROM typed`
    )
    const table = (...variables: Section[]) => catalogOf({ relation: 'public.bad', variables })
    const refused = async (variable: Section, words: RegExp) =>
      assert.match(await failure(open(table(variable))), words)
    await refused(
      { name: 'dose', type: 'number', decimals: 2 },
      /^SOURCE_INVALID: PostgreSQL, public\.bad, row \d by id, column "dose": more than 2 decimals: .* or round them in a query/
    )
    // Sorted by the bytes of the key: 1, then 9007199254740992, then 9007199254740993.
    await refused(
      { name: 'changed', column: 'change', type: 'number' },
      /row 1 by id, column "change" \(changed\): .*"AaA"/
    )
    await refused(
      { name: 'change', type: 'number', decimals: 2, missing: ['NaN'] },
      /row 2 by id, column "change": more than 2 decimals: .*binary float.*round to them in a query.*moves a value by at most 0\.005 /
    )
    await refused({ name: 'code', type: 'integer' }, /column "code": too large to be counted exactly/)
    await refused({ name: 'seen', type: 'date' }, /column "seen": not a date.*drops the time of day/)
    await refused({ name: 'huge', type: 'text' }, /public\.bad: column "huge": a text of more than 8192 characters/)
    const all = table(...['spare', 'list', 'sampled', 'gone'].map((name) => ({ name, type: 'text' })), {
      name: 'dose',
      type: 'number',
      decimals: 2
    })
    const check = async (config: typeof all) =>
      (await checkSources(config, { baseDir: folder, environment: ENVIRONMENT, placesMax: 3 })).faults
    const found = (await check(all)).map(({ fault }) => fault)
    assert.deepEqual(
      found.map((fault) => fault.split(/[:.] /).slice(0, 2).join(': ')),
      [
        'column "spare": a column of type json has no single value',
        'column "list": a column of type _int4 has no single value',
        'column "sampled": a timestamp with time zone has a date only in a time zone',
        'no column "gone": It has id, dose, change, code, seen, sampled, spare, list, huge'
      ]
    )
    const fine = await check(table({ name: 'dose', type: 'number', decimals: 2 }, { name: 'seen', type: 'date' }))
    assert.deepEqual(
      fine.map(({ source, key, column, rows, places }) => [source, key, column, rows, places]),
      [
        ['PostgreSQL, public.bad', 'seen', 'column "seen"', 1, ['row 3 by id']],
        ['PostgreSQL, public.bad', 'dose', 'column "dose"', 1, ['row 3 by id']],
        ['PostgreSQL, public.bad', 'dose', 'column "dose"', 1, ['row 2 by id']]
      ]
    )
    // The row can be found by its reported place.
    const client = await server.connect()
    const { rows: third } = await client.query(
      'SELECT seen::text FROM bad ORDER BY id::text COLLATE "C" NULLS FIRST OFFSET 2 LIMIT 1'
    )
    await client.end()
    assert.match(third[0]?.seen ?? '', /23:59/)
  })

  test('names are names: what looks like SQL in them is neither executed nor another relation', async () => {
    await server.run(`
      CREATE TABLE people (id text, age int); INSERT INTO people SELECT 'p' || n, 20 + n FROM generate_series(1, 20) AS n;
      CREATE TABLE "x""; DROP TABLE people; --" ("id" text, "a'); DROP TABLE people; --" int);
      INSERT INTO "x""; DROP TABLE people; --" VALUES ('only', 42)`)
    const odd = await open(
      catalogOf({
        relation: '"x""; DROP TABLE people; --"',
        variables: [{ name: 'cell', column: "a'); DROP TABLE people; --", type: 'integer' }]
      })
    )
    assert.deepEqual(await rowsOf(odd), ['42'])
    assert.match(
      await failure(open(catalogOf({ relation: 'People', variables: PEOPLE }))),
      /^SOURCE_INVALID: .*People: there is no such table/
    )
    const query = (text: string) => open(catalogOf({ query: text, variables: PEOPLE }))
    assert.equal((await query('SELECT id, age FROM people WHERE age < 31 -- a comment')).subjects, 10)
    assert.match(
      await failure(query('SELECT id, age FROM people) AS s; DROP TABLE people; --')),
      /SOURCE_INVALID: .*query of the table people: the query is no single SELECT/
    )
    assert.match(await failure(query('DELETE FROM people RETURNING id, age')), /no single SELECT/)
    assert.match(
      await failure(query("SELECT id, CAST('Meier' AS int) AS age FROM people")),
      /fails on a value \(SQLSTATE 22P02\)$/
    )
    await server.run(
      `CREATE FUNCTION sneaky() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM people; RETURN 1; END $$`
    )
    assert.match(await failure(query('SELECT id, sneaky() AS age FROM people')), /it would write, and nothing here may/)
    assert.equal((await open(catalogOf({ relation: 'people', variables: PEOPLE }))).subjects, 20)
  })

  test('a role needs to read the columns that a catalog names, and no others', async () => {
    await server.run(`CREATE TABLE narrow AS SELECT id, age, 'Meier' AS surname FROM people; REVOKE SELECT ON narrow FROM reader;
      GRANT SELECT (id, age) ON narrow TO reader`)
    assert.equal((await open(catalogOf({ relation: 'narrow', variables: PEOPLE }))).subjects, 20)
    const more = [...PEOPLE, { name: 'surname', type: 'text' }]
    assert.match(
      await failure(open(catalogOf({ relation: 'narrow', variables: more }))),
      /narrow: column "surname": the role may not read it: GRANT SELECT/
    )
  })

  test('a role that may write is refused, or named where it is accepted', async () => {
    const config = (postgres: Section) =>
      catalogOf(
        { relation: 'people', variables: PEOPLE },
        { url: server.url('writer'), password_env: 'WRITER', ...postgres }
      )
    assert.equal((await open(config({}))).note, undefined)
    await server.run(
      'CREATE SCHEMA other; CREATE TABLE other.log (line text, at text); GRANT INSERT (at) ON other.log TO writer'
    )
    const words =
      /SOURCE_INVALID: PostgreSQL 127\.0\.0\.1:\d+\/postgres: its role may write to other\.log\. .*writing_role: warn/
    assert.match(await failure(open(config({}))), words)
    const look = await lookAtSources(config({}), { baseDir: folder, environment: ENVIRONMENT })
    assert.match(look.faults.join(), /its role may write to other\.log/)
    assert.match((await open(config({ writing_role: 'warn' }))).note ?? '', /its role may write to other\.log/)
    const places = { baseDir: folder, environment: ENVIRONMENT }
    const { faults, note } = await checkSources(config({ writing_role: 'warn' }), { ...places, placesMax: 3 })
    assert.deepEqual(faults, [])
    assert.match(note ?? '', /its role may write to other\.log/)
    // A proposal is configured by command line options, so its message names the option that accepts the role.
    const section = { url: server.url('writer'), password_env: 'WRITER' }
    const wishes = { ...places, peopleMin: 5, relations: ['people'] }
    assert.match(await failure(proposeFromDatabase(section, wishes)), /accept it with --writing-role warn$/)
    const accepted = await proposeFromDatabase({ ...section, writing_role: 'warn' }, wishes)
    assert.equal(parse(accepted.yaml).postgres.writing_role, 'warn')
    assert.match(
      accepted.decisions.find(({ about }) => about === 'postgres')?.text ?? '',
      /its role may write to other\.log.*Is that accepted here\?$/
    )
    await server.run('REVOKE INSERT (at) ON other.log FROM writer; GRANT pg_write_all_data TO writer')
    assert.match(await failure(open(config({}))), /its role (may write to|has the role pg_write_all_data)/)
    await server.run('REVOKE pg_write_all_data FROM writer')
    const owner = catalogOf(
      { relation: 'people', variables: PEOPLE },
      { url: `postgresql://postgres@/postgres?host=${server.folder}`, password_env: undefined }
    )
    assert.match(await failure(open(owner)), /nobody listens|no such socket/)
  })

  test('rows that cross a network without TLS are refused, or named where a setting says so', async () => {
    const table = { relation: 'people', variables: PEOPLE }
    // The server of this machine by an address that is not known to be one of this machine.
    const elsewhere = (host: string) => server.url().replace('127.0.0.1', host)
    const mapped = { url: elsewhere('[::ffff:127.0.0.1]') }
    assert.match(
      await failure(open(catalogOf(table, mapped))),
      /: no connection with TLS: the server does not offer it/
    )
    assert.equal((await open(catalogOf(table))).note, undefined, 'loopback')
    const words = /PostgreSQL ::ffff:127\.0\.0\.1:\d+\/postgres: not encrypted \(tls: off\), so others on the network/
    const plain = catalogOf(table, { ...mapped, tls: 'off' })
    assert.match((await open(plain)).note ?? '', words)
    const places = { baseDir: folder, environment: ENVIRONMENT }
    const { faults, note } = await checkSources(plain, { ...places, placesMax: 3 })
    assert.deepEqual(faults, [])
    assert.match(note ?? '', words)
    assert.match((await lookAtSources(plain, places)).note ?? '', words)
  })

  test('a database that cannot be reached is one sentence without the password, and the epoch before it is still served', async () => {
    const place = await newPlace()
    const table = { relation: 'people', variables: PEOPLE }
    const first = await open(catalogOf(table), place)
    await server.run("INSERT INTO people VALUES ('late', 99); UPDATE people SET age = age")
    const newer = await open(catalogOf(table), place, { pinned: first.epoch })
    assert.equal(newer.epoch, first.epoch)
    assert.ok(newer.newer !== undefined && newer.newer !== first.epoch)
    // The rows are the same, but the server returns them in another order.
    await server.run("DELETE FROM people WHERE id = 'late'; UPDATE people SET age = age WHERE id = 'p1'")
    await server.run('VACUUM FULL people')
    assert.equal((await open(catalogOf(table), place)).epoch, first.epoch)
    const wrong: [Section, RegExp][] = [
      [{ password_env: 'WRONG' }, /: the password is wrong, or there is no such role$/],
      [{ url: server.url('nobody') }, /: the server does not let this role in from here/],
      [{ url: server.url('sealed') }, /or has one for TLS alone \(tls: verify\)$/],
      [{ url: `postgresql://reader@127.0.0.1:1/postgres` }, /127\.0\.0\.1:1\/postgres: nobody listens there/],
      [{ url: `${server.url()}_not` }, /: there is no database of that name$/],
      [{ tls: 'verify' }, /: no connection with TLS: the server does not offer it/]
    ]
    for (const [postgres, words] of wrong) {
      assert.match(
        await failure(open(catalogOf(table, postgres))),
        new RegExp(`^SOURCE_UNAVAILABLE: .*${words.source}`)
      )
      const served = await open(catalogOf(table, postgres), place, { fallback: first.epoch })
      assert.equal(served.epoch, first.epoch)
      assert.match(served.note ?? '', new RegExp(`^served as it was: .*${words.source}`))
      assert.equal((await rowsOf(served)).length, 20)
    }
    await assert.rejects(open(catalogOf(table, { url: 'postgresql://reader@127.0.0.1:1/postgres' })), {
      code: 'SOURCE_UNAVAILABLE'
    })
    // A missing table or column is a lasting fault: the start stops, as for a file.
    await server.run('ALTER TABLE people RENAME age TO years')
    assert.match(
      await failure(open(catalogOf(table), place, { fallback: first.epoch })),
      /SOURCE_INVALID: .*no column "age"\. It has id, years/
    )
    await server.run('ALTER TABLE people RENAME years TO age; REVOKE SELECT ON people FROM reader')
    assert.match(
      await failure(open(catalogOf(table), place, { fallback: first.epoch })),
      /SOURCE_INVALID: .*the role may not read it/
    )
    await server.run('GRANT SELECT ON people TO reader')
  })

  test('a password goes in clear text to nobody who listens without TLS', async () => {
    const received: Buffer[] = []
    const listener = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        // The first message names the role. The answer asks for its password.
        if (received.push(bytes) === 1) socket.write(Uint8Array.of(0x52, 0, 0, 0, 8, 0, 0, 0, 3))
      })
    })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    const url = `postgresql://reader@127.0.0.1:${port}/postgres`
    const message = await failure(open(catalogOf({ relation: 'people', variables: PEOPLE }, { url })))
    assert.match(message, /^SOURCE_INVALID: .*in clear text/)
    listener.close()
    // A password message begins with 0x70. The client ends the connection with 0x58.
    assert.ok(received.slice(1).every(([first]) => first !== 0x70))
    assert.ok(!Buffer.concat(received).includes(PASSWORDS.reader))
  })

  test('passwords are in files of their owner or in the environment, and never in the configuration', async () => {
    const file = join(folder, 'password')
    await writeFile(file, `${PASSWORDS.reader}\n`, { mode: 0o600 })
    const table = { relation: 'people', variables: PEOPLE }
    const fromFile = { password_env: undefined, password_file: 'password' }
    assert.equal((await open(catalogOf(table, fromFile))).subjects, 20)
    await chmod(file, 0o644)
    assert.match(
      await failure(open(catalogOf(table, fromFile))),
      /CONFIG_INVALID: postgres\.password_file: .*chmod 600$/
    )
    assert.match(
      await failure(open(catalogOf(table, { password_env: 'UNSET' }))),
      /CONFIG_INVALID: postgres\.password_env: UNSET is not set/
    )
    const whole = server.url().replace('reader@', `reader:${encodeURIComponent(PASSWORDS.reader)}@`)
    const byVariable = { url: undefined, url_env: 'DATABASE', password_env: undefined }
    const catalog = await open(catalogOf(table, byVariable), undefined, { environment: { DATABASE: whole } })
    assert.equal(catalog.subjects, 20)
    const parsed = catalogConfigSchema.safeParse({
      name: 'c',
      subject_key: 'id',
      postgres: { url: whole },
      tables: [{ name: 't', ...table }]
    })
    assert.match(parsed.error?.message ?? '', /a password is in password_file or password_env/)
    for (const secret of SECRETS) assert.ok(!parsed.error?.message.includes(secret))
  })

  test('all tables are read as they are at one moment, whatever others change meanwhile', async () => {
    await server.run(`
      CREATE TABLE visits (id text, score int); INSERT INTO visits SELECT 'p' || n, n FROM generate_series(1, 20) AS n;
      CREATE VIEW slow AS SELECT id, age + (CASE WHEN id = 'p9' AND pg_sleep(0.6) IS NULL THEN 0 ELSE 0 END) AS age FROM people`)
    const config = catalogConfigSchema.parse({
      ...{ name: 'registry', subject_key: 'id', postgres: { url: server.url(), password_env: 'READER' } },
      tables: [
        { name: 'people', relation: 'slow', variables: PEOPLE },
        { name: 'visits', relation: 'visits', variables: [{ name: 'score', type: 'integer' }] }
      ]
    })
    const before = await open(config)
    const reading = open(config)
    const other = await server.connect()
    await untilAsleep(other)
    await other.query("UPDATE visits SET score = 0; INSERT INTO people VALUES ('new', 1)")
    await other.query("SET lock_timeout = '50ms'")
    // The definition of the relation cannot change until it is read.
    await assert.rejects(other.query('CREATE OR REPLACE VIEW slow AS SELECT id, 7 AS age FROM people'), {
      code: '55P03'
    })
    assert.equal((await reading).epoch, before.epoch)
    await other.query("DELETE FROM people WHERE id = 'new'")
    await other.end()
    assert.notEqual((await open(config)).epoch, before.epoch)
  })

  test('with TLS the certificate must be of the host and of a trusted authority', async () => {
    const [key, cert] = [join(server.folder, 'data', 'server.key'), join(server.folder, 'data', 'server.crt')]
    const names = ['-subj', '/CN=stimnet-test', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:db.example']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        ...names,
        '-keyout',
        key,
        '-out',
        cert
      ],
      { stdio: 'ignore' }
    )
    execFileSync('chown', ['--reference', join(server.folder, 'data', 'PG_VERSION'), key, cert])
    await chmod(key, 0o600)
    await server.run('ALTER SYSTEM SET ssl = on')
    await server.run('SELECT pg_reload_conf()')
    const sealed = (more: Section) =>
      open(catalogOf({ relation: 'people', variables: PEOPLE }, { tls: 'verify', ...more }))
    await server.run("GRANT SELECT ON people TO sealed; ALTER ROLE sealed PASSWORD 'wrong-secret'")
    const trusted = { url: server.url('sealed'), password_env: 'WRONG', ca_file: cert }
    assert.equal((await sealed(trusted)).subjects, 20)
    assert.match(
      await failure(sealed({ ...trusted, ca_file: undefined })),
      /its certificate is signed by itself: name it in ca_file$/
    )
    assert.match(
      await failure(sealed({ ...trusted, url: server.url('sealed').replace('127.0.0.1', 'localhost') })),
      /its certificate is for another name/
    )
  })

  test('a catalog is proposed for the tables of a database as for files, and opens', async () => {
    await server.run(`CREATE SCHEMA clinic; GRANT USAGE ON SCHEMA clinic TO reader;
      CREATE TABLE clinic."Pat.ients" AS SELECT 'P' || lpad(n::text, 4, '0') AS subject_id, 'Name' || n AS surname, 40 + n % 40 AS age,
        n % 3 = 0 AS treated, (n % 80)::numeric / 2 + 50 AS "weight [kg]", 0.1::float8 * (n % 50) AS dose,
        (n % 50)::float8 / 7 AS ratio, '{}'::json AS spare, now() AS changed FROM generate_series(1, 200) AS n;
      CREATE VIEW clinic.visits AS SELECT subject_id, date '2024-01-01' + age AS visit_date FROM clinic."Pat.ients", generate_series(1, 2);
      GRANT SELECT ON ALL TABLES IN SCHEMA clinic TO reader`)
    const { yaml, decisions } = await proposeFromDatabase(
      { url: server.url(), password_env: 'READER' },
      { environment: ENVIRONMENT, baseDir: folder, peopleMin: 10, relations: ['clinic."Pat.ients"', 'clinic.visits'] }
    )
    const config = catalogConfigSchema.parse(parse(yaml))
    assert.deepEqual(
      config.tables.map(({ relation, one_row_per_subject, variables }) => [
        relation,
        one_row_per_subject,
        variables.map(({ name, type, unit }) => [name, type, unit])
      ]),
      [
        [
          'clinic."Pat.ients"',
          true,
          [
            ['age', 'integer', undefined],
            ['treated', 'category', undefined],
            ['weight', 'number', 'kg'],
            ['dose', 'number', undefined],
            ['ratio', 'number', undefined]
          ]
        ],
        ['clinic.visits', false, [['visit_date', 'date', undefined]]]
      ]
    )
    assert.deepEqual(config.tables[0]?.variables[1]?.levels, ['false', 'true'])
    const leftOut = decisions.map(({ text }) => text).find((text) => text.startsWith('Left out')) ?? ''
    assert.match(
      leftOut,
      /"spare" \(a column of type json.*"changed" \(a timestamp with time zone.*"surname" \(by its name/
    )
    const said = (about: string) =>
      decisions
        .filter((one) => one.about === about)
        .map(({ text }) => text)
        .join('\n')
    assert.match(
      said('Pat_ients.dose'),
      /binary float.*decimals: 1 keeps the first 12 digits.*round to them in a query/
    )
    assert.match(said('Pat_ients.ratio'), /binary float.*Decide how many decimals were measured/)
    assert.match(await failure(open(config)), /column "dose": more than 9 decimals: .*binary float/)
    // As the message advises: the measured decimals, and a query that rounds to them.
    const [people, visits] = config.tables
    const rounded = await open({
      ...config,
      tables: [
        {
          ...people,
          ...{ name: 'people', description: '', one_row_per_subject: true, relation: undefined },
          query: 'SELECT subject_id, round(dose::numeric, 1) AS dose FROM clinic."Pat.ients"',
          variables: [{ name: 'dose', type: 'number', decimals: 1 }]
        },
        ...(visits === undefined ? [] : [visits])
      ]
    })
    assert.equal(rounded.subjects, 200)
    const all = await proposeFromDatabase(
      { url: server.url(), password_env: 'READER' },
      { environment: ENVIRONMENT, baseDir: folder, peopleMin: 10, relations: [] }
    )
    assert.match(all.yaml, /relation: "clinic\.\\"Pat\.ients\\""/)
    for (const secret of SECRETS) assert.ok(!JSON.stringify([yaml, decisions, all]).includes(secret))
    const withPassword = `postgresql://reader:${ENVIRONMENT.WRONG}@127.0.0.1/postgres`
    assert.match(
      await failure(proposeFromDatabase({ url: withPassword }, { baseDir: folder, peopleMin: 10, relations: [] })),
      /PARAMETER_INVALID: url: a password is in password_file/
    )
  })

  test('concept sets of an OMOP model become one row per person, with days in place of dates', async () => {
    await server.run(OMOP)
    const sets = {
      index: { condition: [100] },
      variables: [
        { name: 'depression', condition: [200], take: 'ever', window: [-365, 0] },
        { name: 'levodopa_start', drug: [300], take: 'first_day' },
        { name: 'levodopa_days', drug: [300], take: 'days', window: [0, 400] },
        { name: 'updrs', measurement: [400], take: 'last', window: [-400, 0], unit_concept: 8529, unit: '{points}' }
      ]
    }
    const options = { environment: ENVIRONMENT, baseDir: folder, peopleMin: 10, schema: 'cdm', name: 'registry' }
    const section = { url: server.url(), password_env: 'READER' }
    const { yaml } = await proposeFromOmop(sets, section, options)
    const config = catalogConfigSchema.parse(parse(yaml))
    const [table] = config.tables
    assert.deepEqual(
      table?.variables.map(({ name, type, unit, levels }) => [name, type, unit ?? levels]),
      [
        ['age_at_index', 'integer', 'a'],
        ['sex', 'category', ['female', 'male']],
        ['days_before', 'integer', 'd'],
        ['days_after', 'integer', 'd'],
        ['depression', 'category', ['yes', 'no']],
        ['levodopa_start', 'integer', 'd'],
        ['levodopa_days', 'integer', 'd'],
        ['updrs', 'number', '{points}']
      ]
    )
    assert.equal(table?.one_row_per_subject, true)
    assert.match(table?.variables[4]?.description ?? '', /condition 200 or a descendant, from day -365 to day 0/)
    const catalog = await open(config)
    // The index date of every third of the 60 people comes from a descendant concept. Person 60 has it outside of the observation period.
    assert.equal(catalog.subjects, 59)
    const rows = await rowsOf(catalog)
    // Person 7: born 1957, index date 2020-01-08, observed from 2019-01-01 to 2021-12-31; two exposures, ten days before and five days
    // after.
    assert.ok(rows.includes('63,male,372,723,no,-10,1,14.5'), rows.join('\n'))
    // Person 8 has depression on day -1, by a descendant concept, and no measurement in that unit.
    assert.ok(rows.includes('62,female,373,722,yes,-10,1,'), rows.join('\n'))
    assert.doesNotMatch(JSON.stringify(catalog.descriptor), /2020|2019/)
    for (const [wrong, words] of [
      [{ ...sets, index: { condition: ['1) OR (1=1'] } }, /index\.condition\.0/],
      [{ ...sets, index: {} }, /index: the index has one of/],
      [{ ...sets, variables: [{ name: 'x"y', drug: [1], take: 'ever' }] }, /variables\.0\.name/],
      [{ ...sets, variables: [{ name: 'Sex', drug: [1], take: 'ever' }] }, /names of variables differ/],
      [{ ...sets, variables: [{ name: 'x', drug: [1], take: 'last' }] }, /a value is of a measurement/],
      [{ ...sets, index: { drug: [999] } }, /Nobody has a record of the index/]
    ] as const) {
      assert.match(
        await failure(proposeFromOmop(wrong, section, options)),
        new RegExp(`^PARAMETER_INVALID: .*${words.source}`)
      )
    }
    const odd = { ...options, schema: 'cdm"; DROP SCHEMA cdm CASCADE; --' }
    assert.match(
      await failure(proposeFromOmop(sets, section, odd)),
      /^SOURCE_INVALID: .*there is no such (table|schema)/
    )
    assert.equal((await open(config)).epoch, catalog.epoch)
  })

  test('the same concept sets give the same catalog and rows from a database and from its tables as CSV files', async () => {
    const sets = {
      index: { visit: [9201] },
      variables: [
        { name: 'depression', condition: [200], take: 'ever', window: [-365, 0] },
        { name: 'levodopa_days', drug: [300], take: 'days' },
        { name: 'surgery', procedure: [500], take: 'first_day' },
        { name: 'stay', visit: [9202], take: 'last_day' },
        { name: 'updrs', measurement: [400], take: 'last', unit_concept: 8529 },
        { name: 'quality', observation: [600], take: 'first', unit_concept: 8529 }
      ]
    }
    const client = await server.connect()
    const place = await mkdtemp(join(folder, 'cdm-'))
    for (const table of CDM) {
      const { rows } = await client.query(`SELECT row_to_json(t) AS row FROM cdm.${table} t`)
      const records = rows.map(({ row }) => row as Record<string, unknown>)
      const lines = [Object.keys(records[0] ?? {}), ...records.map(Object.values)].map((line) => line.join())
      await writeFile(join(place, `${table}.csv`), `${lines.join('\n')}\n`)
    }
    const options = { environment: ENVIRONMENT, baseDir: folder, peopleMin: 10, name: 'registry' }
    const section = { url: server.url(), password_env: 'READER' }
    const [there, here] = await Promise.all([
      proposeFromOmop(sets, section, { ...options, schema: 'cdm' }),
      proposeFromOmopFolder(place, sets, options)
    ])
    const [fromDatabase, fromFiles] = [there, here].map(({ yaml }) => catalogConfigSchema.parse(parse(yaml)))
    assert.ok(fromDatabase && fromFiles)
    assert.deepEqual(fromFiles.tables[0]?.variables, fromDatabase.tables[0]?.variables)
    const [a, b] = [await open(fromDatabase), await open(fromFiles)]
    assert.equal(a.subjects, 59)
    assert.deepEqual(await rowsOf(b), await rowsOf(a))
    assert.deepEqual({ ...b.descriptor, epoch: a.epoch }, a.descriptor)
  })

  test('many rows are read exactly', async () => {
    const catalog = await open(catalogOf(await manyRows(server, 100_000)))
    assert.deepEqual(await countsOf(catalog), { people: 25_000, rows: 100_000, below: 12_500 })
  })

  test('a server that dies in the middle loses nothing: the epoch before it stays, and the next start reads on', async () => {
    await server.run(
      `CREATE VIEW stuck AS SELECT id, CASE WHEN id = 20000 AND pg_sleep(60) IS NULL THEN 0 ELSE 1 END AS age FROM many`
    )
    const place = await newPlace()
    const first = await open(catalogOf({ relation: 'people', variables: PEOPLE }), place)
    const stuck = catalogOf({ relation: 'stuck', variables: PEOPLE })
    const cancelled = failure(open(stuck, place))
    const admin = await server.connect()
    await untilAsleep(admin)
    await admin.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'stimnet'")
    assert.match(
      await cancelled,
      /^SOURCE_UNAVAILABLE: .*stuck: reading took longer than minutes_max, or somebody cancelled it$/
    )
    for (const more of [{}, { fallback: first.epoch }]) {
      const reading = open(stuck, place, more)
      // It is awaited below.
      reading.catch(() => undefined)
      const other = await server.connect()
      await untilAsleep(other)
      await server.crash()
      if ('fallback' in more) {
        const served = await reading
        assert.equal(served.epoch, first.epoch)
        assert.match(served.note ?? '', /^served as it was: PostgreSQL .*, stuck: /)
      } else
        assert.match(
          await failure(reading),
          /^SOURCE_UNAVAILABLE: PostgreSQL .*, stuck: (the connection broke off|the server gave it up)/
        )
      // No partial snapshot is left beside the epoch.
      assert.deepEqual(await readdir(join(place.dataDir, 'registry')), [first.epoch])
      await server.start()
    }
    assert.equal((await open(catalogOf({ relation: 'people', variables: PEOPLE }), place)).epoch, first.epoch)
  })
})

/** A small OMOP model of 60 people. Concept 101 is a descendant of 100, and 201 of 200. */
const OMOP = `
  CREATE SCHEMA cdm; GRANT USAGE ON SCHEMA cdm TO reader;
  CREATE TABLE cdm.person AS SELECT n AS person_id, 1950 + n AS year_of_birth, CASE WHEN n % 2 = 0 THEN 8532 ELSE 8507 END AS gender_concept_id FROM generate_series(1, 60) AS n;
  UPDATE cdm.person SET year_of_birth = 1950 + person_id % 40;
  CREATE TABLE cdm.observation_period AS SELECT n AS person_id, date '2019-01-01' AS observation_period_start_date,
    CASE WHEN n = 60 THEN date '2019-12-31' ELSE date '2021-12-31' END AS observation_period_end_date FROM generate_series(1, 60) AS n;
  CREATE TABLE cdm.concept_ancestor AS SELECT * FROM (VALUES (100, 100), (100, 101), (200, 200), (200, 201), (300, 300), (400, 400), (500, 500), (600, 600), (9201, 9201), (9202, 9202)) AS v (ancestor_concept_id, descendant_concept_id);
  CREATE TABLE cdm.condition_occurrence AS
    SELECT n AS person_id, CASE WHEN n % 3 = 0 THEN 101 ELSE 100 END AS condition_concept_id, date '2020-01-01' + n AS condition_start_date FROM generate_series(1, 60) AS n
    UNION ALL SELECT n, 100, date '2021-01-01' + n FROM generate_series(1, 60) AS n
    UNION ALL SELECT n, 201, date '2020-01-01' + n - 1 FROM generate_series(2, 60, 3) AS n
    UNION ALL SELECT n, 201, date '2020-01-01' + n + 1 FROM generate_series(1, 60, 3) AS n;
  CREATE TABLE cdm.drug_exposure AS SELECT n AS person_id, 300 AS drug_concept_id, date '2020-01-01' + n + d AS drug_exposure_start_date FROM generate_series(1, 60) AS n, (VALUES (-10), (5), (5)) AS v (d);
  CREATE TABLE cdm.measurement AS SELECT n * 10 + i AS measurement_id, n AS person_id, 400 AS measurement_concept_id, date '2020-01-01' + n - 30 AS measurement_date,
    n + i * 0.5 + 7 AS value_as_number, CASE WHEN n % 4 = 0 THEN 1 ELSE 8529 END AS unit_concept_id FROM generate_series(1, 60) AS n, generate_series(0, 1) AS i;
  CREATE TABLE cdm.procedure_occurrence AS SELECT n AS person_id, 500 AS procedure_concept_id, date '2020-01-01' + n + 7 AS procedure_date FROM generate_series(1, 60, 2) AS n;
  CREATE TABLE cdm.visit_occurrence AS SELECT n AS person_id, c AS visit_concept_id, date '2020-01-01' + n + c - 9200 AS visit_start_date FROM generate_series(1, 60) AS n, (VALUES (9201), (9202)) AS v (c);
  CREATE TABLE cdm.observation AS SELECT n * 10 + i AS observation_id, n AS person_id, 600 AS observation_concept_id, date '2020-01-01' + n + 3 AS observation_date,
    CASE WHEN i = 0 AND n % 3 = 0 THEN NULL ELSE (n * 0.25 + i)::numeric(8, 3) END AS value_as_number, CASE WHEN n % 5 = 0 THEN NULL ELSE 8529 END AS unit_concept_id FROM generate_series(1, 60) AS n, generate_series(0, 1) AS i;
  GRANT SELECT ON ALL TABLES IN SCHEMA cdm TO reader`

/** The tables of the model. */
const CDM = [
  ...['person', 'observation_period', 'concept_ancestor', 'condition_occurrence', 'drug_exposure', 'measurement'],
  ...['procedure_occurrence', 'visit_occurrence', 'observation']
]

/** Waits until a reading reaches the row at which its view sleeps. */
async function untilAsleep(client: { query(sql: string): Promise<{ rows: unknown[] }> }): Promise<void> {
  for (;;) {
    const { rows } = await client.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = 'stimnet' AND wait_event = 'PgSleep'"
    )
    if (rows.length > 0) return
    await new Promise((done) => setTimeout(done, 10))
  }
}
