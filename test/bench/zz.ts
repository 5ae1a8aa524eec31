import { spawn } from 'node:child_process'
import { scratchFolder } from './scratch.ts'
import { writeSite } from '../mesh.ts'
import { residentOf } from './processes.ts'
import { createClient } from '@stimnet/sdk'
const taking: (()=>unknown)[] = []
const context = { progress: () => {}, after: (f: ()=>unknown) => void taking.unshift(f) }
const folder = await scratchFolder(context)
const site = await writeSite(folder, 0, { config: { log: { level: 'info' }, sandbox: { engine: 'auto', pool_size: 0, cache_dir: folder + '/sb' } } })
for (const [name, main, flags] of [['warm-up', '/work/main/packages/peer/src/main.ts', []], ['ts', '/work/main/packages/peer/src/main.ts', []], ['ts semi2', '/work/main/packages/peer/src/main.ts', ['--max-semi-space-size=2']], ['js', '/tmp/js/packages/peer/src/main.js', []], ['js semi2', '/tmp/js/packages/peer/src/main.js', ['--max-semi-space-size=2']]] as const) {
  const t = performance.now()
  const c = spawn(process.execPath, [...flags, main, 'start', '--config', site.configFile], { stdio: ['ignore', 'pipe', 'ignore'] })
  let out = ''; let took = 0
  await new Promise<void>((r) => { c.stdout.on('data', (d) => { out += d; if (/Catalogs/.test(out) && !took) { took = performance.now() - t; r() } }); c.on('exit', () => r()) })
  await new Promise((r) => setTimeout(r, 2000))
  console.log(name, took | 0, 'ms', (await residentOf(c.pid!)).own | 0, 'MB')
  if (name === 'js semi2') { const u = /Gateway +(\S+)/.exec(out)![1]!; console.log('health bytes', (await (await fetch(u + '/health')).text()).length) }
  c.kill('SIGTERM'); await new Promise((r) => c.on('exit', r))
}
for (const x of taking) await x()
