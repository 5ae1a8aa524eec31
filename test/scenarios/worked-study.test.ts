/** The study docs/worked-study.md: each command is run on the demo's data, and each line of output is found. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DEMO_SITES, writeDemoData } from '../../scripts/demo/data.ts'
import type { Peer } from '@stimnet/peer'
import { scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

const ROOT = join(import.meta.dirname, '../..')

test('the worked study gives what it prints', async (t) => {
  const page = await readFile(join(ROOT, 'docs/worked-study.md'), 'utf8')
  const folder = await scratchFolder(t)
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  for (const [at, site] of DEMO_SITES.entries()) {
    const written = await writeSite(folder, at, { bootstrap: peers[0]?.addresses.slice(0, 1) ?? [] })
    await writeDemoData(join(written.folder, 'data'), site)
    peers.push(await startSite(written))
  }
  await until(() => peers.every((peer) => peer.mesh.connected().length === 2), 'all peers are connected')
  await peers[0]?.accounts.put({ name: 'demo', roles: ['researcher'], password: 'demo' })
  const stimnet = stimnetIn(folder)
  let output = ''
  let commands = 0
  for (const [, language, text = ''] of page.matchAll(/^```(sh|text)\n(.*?)^```/gms)) {
    if (language === 'text') {
      for (const line of text.trimEnd().split('\n')) assert.ok(output.includes(line), `${line}\nis not in\n${output}`)
      continue
    }
    for (const line of text.trimEnd().split('\n')) {
      const { args, input } = written(line.replace('http://127.0.0.1:8000', peers[0]?.gatewayUrl ?? ''))
      const { code, out, err } = await stimnet(args, input)
      assert.equal(code, 0, err)
      output = out
      commands++
    }
  }
  assert.equal(commands, 7)
})

/** A command line of the page: `echo INPUT | bin/stimnet ARGUMENTS`. */
function written(line: string) {
  const [, input, words = ''] = /^(?:echo (\S+) \| )?bin\/stimnet (.*)$/.exec(line) ?? []
  const args = [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  const inRoot = args.map((word) => (word.startsWith('examples/') ? join(ROOT, word) : word))
  return { args: inRoot, input: input === undefined ? '' : `${input}\n` }
}
