import { withNetwork, until, soon, type TestPeer } from './network.ts'
const N = Number(process.argv[2] ?? 8)
let t0 = performance.now()
const log = (...a: unknown[]) => {
  console.log(Math.round(performance.now() - t0), ...a)
  t0 = performance.now()
}
await withNetwork(async (start) => {
  const first = await start({ timing: { discoverMs: 500 } })
  const all: TestPeer[] = [first]
  for (let i = 1; i < N; i++) {
    const p = await start({ bootstrap: first.mesh.addresses(), timing: { discoverMs: 500 } })
    p.mesh.announce(['demo', 'x', 'y'])
    all.push(p)
  }
  log('started')
  const knows = (p: TestPeer) => p.mesh.connected().length === all.length - 1
  for (let i = 0; i < 15 && !all.every(knows); i++) {
    await new Promise((r) => setTimeout(r, 1000))
    const cpu = process.cpuUsage()
    console.log(
      i,
      all.map((p) => p.mesh.connected().length).join(' '),
      Math.round((cpu.user + cpu.system) / 1000),
      process.memoryUsage().rss >> 20
    )
  }
  log('all know all')
  if (process.argv[3]) process.exit(0)
  await until(async () => (await first.mesh.findProviders('demo', soon())).length === N - 1, 'found', 60000)
  log('providers found')
  for (let i = 0; i < 5; i++) {
    await first.mesh.findProviders('demo', soon())
    log('find')
  }
  const c0 = process.cpuUsage()
  await new Promise((r) => setTimeout(r, 10000))
  const c = process.cpuUsage(c0)
  t0 = performance.now()
  console.log('cpu in 10 s', c.user / 1000, process.memoryUsage().rss >> 20)
  const x = await start({ bootstrap: first.mesh.addresses() })
  all.push(x)
  await until(() => all.every(knows), 'all', 60000)
  log('newcomer known to all')
  console.log(all.flatMap((p) => p.told.unexpected))
})
log('stopped')
