import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { DEMO_SITES, writeDemoData } from '../../scripts/demo/data.ts'
import { PASSWORD, scratchFolder, spawnSite, stimnetIn, until } from '../mesh.ts'

describe('the command line', () => {
  test('takes a newcomer from nothing to a first answer', async (t) => {
    const home = await scratchFolder(t)
    const stimnet = stimnetIn(home)

    const init = await stimnet(['init', 'peer', '--institution', 'Hospital A'])
    assert.equal(init.code, 0, init.err)
    const again = await stimnet(['init', 'peer', '--institution', 'Hospital B'])
    assert.equal(again.code, 2)
    assert.match(again.err, /nothing was changed/)

    const configFile = join(home, 'peer', 'stimnet.yaml')
    const config = parse(await readFile(configFile, 'utf8'))
    const [site] = DEMO_SITES
    assert.ok(site)
    await writeDemoData(join(home, 'peer', 'data'), site)
    const catalogs = demoCatalogs('data')
    Object.assign(config, { catalogs, sandbox: { engine: 'none' }, log: { level: 'silent' } })
    config.mesh.listen = ['/ip4/127.0.0.1/tcp/0']
    config.gateway.port = 0
    await writeFile(configFile, stringify(config))

    const weak = await stimnet(['account', 'add', 'ada', '--config', configFile], 'short\n')
    assert.deepEqual([weak.code, /at least 12/.test(weak.err)], [2, true])
    const common = await stimnet(['account', 'add', 'ada', '--config', configFile], 'Password123456\n')
    assert.deepEqual([common.code, /easily guessed/.test(common.err)], [2, true])
    const roles = ['--role', 'researcher', '--role', 'auditor']
    assert.equal((await stimnet(['account', 'add', 'ada', ...roles, '--config', configFile], `${PASSWORD}\n`)).code, 0)
    assert.match((await stimnet(['account', 'list', '--config', configFile])).out, /ada\s+researcher, auditor/)

    const peer = await spawnSite(t, { folder: join(home, 'peer'), configFile, site })
    const at = ['--url', peer.gatewayUrl]
    assert.match(init.out, new RegExp(peer.peerId))

    const stranger = await stimnet(['jobs', ...at])
    assert.deepEqual([stranger.code, /UNAUTHENTICATED: Log in first/.test(stranger.err)], [4, true])
    assert.equal((await stimnet(['login', 'ada', ...at], 'a wrong password\n')).code, 4)
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)

    assert.match(
      (await stimnet(['catalogs', 'updrs', ...at])).out,
      /clinical_trial_data +Hospital A +hospital-a +\d+0\+ /
    )
    assert.equal((await stimnet(['jobs'])).code, 0, 'the one gateway with a login is meant')
    assert.doesNotMatch((await stimnet(['catalogs', 'unicorns', ...at])).out, /clinical_trial_data/)
    assert.match((await stimnet(['peers', ...at])).out, /Hospital A/)

    await writeFile(
      join(home, 'q.sql'),
      'SELECT sex, COUNT(DISTINCT subject_id) AS n, AVG(age) AS age FROM subjects GROUP BY sex'
    )
    const run = await stimnet(['run', 'q.sql', '--catalog', 'clinical_trial_data', '--where', 'diagnosis=mixed', ...at])
    assert.equal(run.code, 0, run.err)
    assert.match(run.out, /female\s+\d+/)
    assert.match(run.out, /Assurance P1/)

    const json = await stimnet(['run', 'q.sql', '--catalog', 'clinical_trial_data', '--json', ...at])
    assert.equal(JSON.parse(json.out).state, 'completed')
    const jobs = await stimnet(['jobs', '--json', ...at])
    const [latest] = JSON.parse(jobs.out) as { job_id: string }[]
    const job = await stimnet(['job', latest?.job_id.slice(0, 8) ?? '', ...at])
    assert.equal(job.code, 0)
    assert.match(job.out, /completed/)

    const unknown = await stimnet(['run', 'q.sql', '--catalog', 'clinical_trail_data', ...at])
    assert.equal(unknown.code, 3)
    assert.match(unknown.out, /NO_PROVIDERS: No peer that can be reached offers/)
    assert.equal(unknown.err, 'Did you mean clinical_trial_data? stimnet catalogs lists them.\n')
    const stray = await stimnet(['run', 'q.sql', '--catalog', 'clinical_trial_data', '--peers', 'node-9', ...at])
    assert.equal(stray.code, 2)
    assert.match(stray.err, /No peer called "node-9" is known here, but hospital-a\. stimnet peers lists them\.\n$/)

    const noisy = ['run', 'q.sql', '--catalog', 'clinical_trial_data', '--epsilon', '0.1', ...at]
    const unsaid = await stimnet(noisy)
    assert.equal(unsaid.code, 2)
    assert.match(unsaid.err, /spends ε 0\.05 at one institution, permanently\. Without a terminal, confirm with --yes/)
    assert.equal(JSON.parse((await stimnet(['jobs', '--json', ...at])).out).length, JSON.parse(jobs.out).length + 1)
    const spent = await stimnet([...noisy, '--yes'])
    assert.equal(spent.code, 0, spent.err)
    assert.match(spent.err, /half of the ε 0\.1 asked for/)
    assert.match(spent.out, /Assurance P2/)

    const noSet = await stimnet(['run', 'q.sql', '--catalog', 'clinical_trial_data', '--set', 'main', ...at])
    assert.equal(noSet.code, 1)
    assert.match(noSet.out, /SCHEMA_MISMATCH.*main, analysis set "no such set" instead of "a set of that name"/s)
    // The ledger of a running peer is open, so the peer is asked; without a port in the configuration, at --url.
    const budget = await stimnet(['budget', '--json', ...at])
    const [whole] = JSON.parse(budget.out) as { catalog: string; scope: string; rho_spent: string; rho_left: string }[]
    assert.deepEqual([whole?.catalog, whole?.scope], ['clinical_trial_data', 'all'], budget.err)
    assert.equal(Number(whole?.rho_spent) + Number(whole?.rho_left), 3.11)
    assert.ok(Number(whole?.rho_spent) > 0)
    const unnamed = await stimnet(['budget', '--config', configFile])
    assert.deepEqual([unnamed.code, /running .* --url, logged in there as steward/.test(unnamed.err)], [2, true])

    const running = await stimnet(['audit', 'verify', ...at])
    assert.deepEqual([running.code, /^Whole: \d+ records/.test(running.out)], [0, true], running.err)

    // A copied token is invalid after logging out, and all tokens are invalid after the secret was changed.
    const session = join(home, '.config', 'stimnet', 'session.json')
    const copied = await readFile(session, 'utf8')
    assert.equal((await stimnet(['logout', ...at])).code, 0)
    await writeFile(session, copied)
    assert.equal((await stimnet(['jobs', ...at])).code, 4)
    assert.match((await stimnet(['budget', ...at])).err, /shows its budget to a steward, .* stimnet login NAME --url/)
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    assert.equal((await stimnet(['token', 'rotate', '--config', configFile])).code, 0)
    await until(async () => (await stimnet(['jobs', ...at])).code === 4, 'the peer took the new secret up')
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)

    assert.equal(await peer.stop(), 0)
    const audit = await stimnet(['audit', 'verify', '--config', configFile])
    assert.deepEqual([audit.code, /^Whole: \d+ records/.test(audit.out)], [0, true])
  })

  test('a researcher’s own key signs where there is one', async (t) => {
    const home = await scratchFolder(t)
    const stimnet = stimnetIn(home)
    const made = await stimnet(['key'])
    assert.match(made.out, /^12D3Koo\w+\n$/)
    assert.equal((await stimnet(['key', '--show'])).out, made.out)
  })

  test('a peer whose data folder cannot be made says so and ends', {
    skip: process.platform !== 'linux'
  }, async (t) => {
    const home = await scratchFolder(t)
    await writeFile(join(home, 'stimnet.yaml'), 'institution: A\ndata_dir: /proc/stimnet\nsandbox: { engine: none }\n')
    const started = await stimnetIn(home)(['start'], '', { signal: AbortSignal.timeout(60_000) })
    assert.equal(started.code, 2, started.err)
    assert.match(started.err, /data_dir: \/proc\/stimnet cannot be made or closed to others \(ENOENT\)/)
  })

  test('the doctor tells what others can read', { skip: process.platform === 'win32' }, async (t) => {
    const home = await scratchFolder(t)
    const stimnet = stimnetIn(home)
    await stimnet(['init', 'peer', '--institution', 'Hospital A'])
    const config = join(home, 'peer', 'stimnet.yaml')
    await writeFile(config, stringify({ ...parse(await readFile(config, 'utf8')), sandbox: { engine: 'none' } }))
    const permissions = async () => (await stimnet(['doctor', '--config', config])).out.match(/^.*permissions.*$/m)?.[0]
    assert.match((await permissions()) ?? '', /^ok +permissions +keys, accounts and data are closed/)
    await mkdir(join(home, 'peer', 'stimnet-data', 'db'), { mode: 0o755 })
    assert.match((await permissions()) ?? '', /^FIX +permissions +other users can read .*db: chmod -R go= /)
    await chmod(join(home, 'peer', 'stimnet-data', 'identity.key'), 0o644)
    assert.match((await permissions()) ?? '', /^FIX +permissions .*identity\.key can be read by others: chmod 600/)
  })

  test('says what is wrong and what to do, with an exit code for scripts', async (t) => {
    const home = await scratchFolder(t)
    const stimnet = stimnetIn(home)
    const cases: [string[], number, RegExp][] = [
      [[], 2, /usage: stimnet COMMAND/],
      [['fly'], 2, /There is no command fly\./],
      [['rum'], 2, /There is no command rum\. Did you mean run\?/],
      [['run', '--fast'], 2, /There is no option --fast\./],
      [['run', 'x.sql', '--catalog', 'c', '--where', 'female'], 2, /--where must be a comparison/],
      [
        ['run', 'x.sql', '--catalog', 'c', '--epsilon', '0,5'],
        2,
        /--epsilon: must be a number above zero, such as 0\.05/
      ],
      [['run', 'x.sql'], 2, /--catalog is missing/],
      [['run', 'missing.sql', '--catalog', 'c'], 2, /missing\.sql cannot be read/],
      [['start', '--config', 'nowhere.yaml'], 2, /stimnet init makes a configuration/],
      [['catalogs', '--url', 'http://127.0.0.1:1'], 3, /The gateway at http:\/\/127\.0\.0\.1:1 cannot be reached/],
      [['login', 'ada', '--url', 'http://192.0.2.1:8000'], 2, /another machine without TLS.*--insecure-login/],
      [['audit', 'burn'], 2, /must be one of verify/]
    ]
    for (const [args, code, message] of cases) {
      const { code: ended, out, err } = await stimnet(args)
      assert.match(out + err, message, args.join(' '))
      assert.equal(ended, code, `${args.join(' ')}: ${err}`)
    }
    assert.equal((await stimnet(['--help'])).code, 0)
    for (const name of [
      'init',
      'start',
      'account',
      'doctor',
      'audit',
      'epoch',
      'policy',
      'login',
      'key',
      'catalogs',
      'peers',
      'run',
      'jobs',
      'job'
    ]) {
      const help = await stimnet([name, '--help'])
      assert.deepEqual([help.code, help.out.startsWith(`usage: stimnet ${name}`)], [0, true])
    }
  })
})
