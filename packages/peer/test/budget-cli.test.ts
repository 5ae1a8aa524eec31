import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCommand } from '@stimnet/machine'
import { budgetCommand } from '../src/cli/serve/budget.ts'
import { Database } from '../src/store/database.ts'
import { EVERYBODY, PrivacyLedger } from '../src/store/released/privacy-ledger.ts'
import { scratchFolder } from '../../../test/scratch.ts'

async function peerFolder(t: TestContext) {
  const folder = await scratchFolder(t)
  const config = join(folder, 'stimnet.yaml')
  await writeFile(config, 'institution: North\ndata_dir: ./data\ncatalogs: []\ngateway: { port: 0 }\n')
  const open = () => Database.open({ directory: join(folder, 'data/db') }, () => 0)
  const run = async (...args: string[]) => {
    const [out, err]: [string[], string[]] = [[], []]
    const code = await runCommand(budgetCommand, [...args, '--config', config], {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      interactive: false,
      ask: undefined,
      signal: new AbortController().signal
    })
    return { code, out: out.join(''), err: err.join('') }
  }
  return { open, run }
}

test('a steward sees what was spent, and takes over what an old ledger has forgotten', async (t) => {
  const { open, run } = await peerFolder(t)
  assert.match((await run()).out, /Nothing was spent/)
  const database = await open()
  const ledger = await PrivacyLedger.open(database)
  const caps = { lifetime: 500_000_000n, project: 24_400_000n }
  const spending = {
    key: 'a',
    catalog: 'trial',
    scope: EVERYBODY,
    nanoRho: 5_000_000n,
    caps,
    promised: true,
    jobId: '1'
  }
  await database.commit((draft) => ledger.spend(draft, spending))
  await assert.rejects(run('--url', 'http://127.0.0.1:1'), { code: 'PEER_UNREACHABLE' }, 'a running peer is asked')
  await assert.rejects(run(), { code: 'PARAMETER_INVALID', reason: /running and has its ledger open.*--url/ })
  await database.close()
  assert.match((await run()).out, /trial +all +0\.005/)
  assert.equal(JSON.parse((await run('--json')).out)[0].rho_spent, '0.005')

  const old = await open()
  for (const name of ['privacy-totals', 'privacy-spends', 'privacy-meta']) await old.root.sublevel(name, {}).clear()
  await old.close()
  const behind = await run('list')
  assert.deepEqual([behind.code, /older than the audit log/.test(behind.err)], [1, true])
  const reconciled = await run('reconcile')
  assert.deepEqual([reconciled.code, /Copied 1 charges/.test(reconciled.err)], [0, true])
  assert.match(reconciled.out, /trial +all +0\.005/)
  assert.equal((await run('reconcile')).err, 'Copied 0 charges from the audit log.\n')
})
