/** Tests of the files of a deployment with the programs that read them. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig, loadGatewayConfig } from '@stimnet/peer'
import { scratchFolder } from '../mesh.ts'
import { DEPLOY, deployFile, run, without } from './tools.ts'

const PROJECT = join(import.meta.dirname, '../..')
/** Limits of systemd's exposure score, in tenths: 29 and 13 when they were written. Lower is better. */
const EXPOSURE_MAX = { plain: 30, tight: 15 }

test('the systemd unit is valid, and its exposure is small', { skip: without('systemd-analyze') }, async (t) => {
  const folder = await scratchFolder(t)
  const unit = join(folder, 'stimnet.service')
  // The program is looked for where the unit says, so the unit names this copy of the project.
  await writeFile(unit, deployFile('stimnet.service').replaceAll('/opt/stimnet', PROJECT))
  const env = { SYSTEMD_UNIT_PATH: `${folder}:` }
  const judge = async (threshold: number) => {
    assert.equal(await run('systemd-analyze', ['verify', '--man=no', unit], env), '')
    await run('systemd-analyze', ['security', '--offline=yes', '--no-pager', `--threshold=${threshold}`, unit], env)
  }
  await judge(EXPOSURE_MAX.plain)
  await assert.rejects(judge(10), /Overall exposure level/, 'the threshold is judged')

  const dropIns = join(folder, 'stimnet.service.d')
  await mkdir(dropIns)
  for (const name of ['without-bubblewrap.conf', 'docker.conf']) {
    await writeFile(join(dropIns, name), deployFile(`stimnet.service.d/${name}`))
  }
  await judge(EXPOSURE_MAX.tight)
})

test('the unit of a gateway process is valid, with less exposure than a peer', {
  skip: without('systemd-analyze')
}, async (t) => {
  const folder = await scratchFolder(t)
  const unit = join(folder, 'stimnet-gateway@8001.service')
  await writeFile(unit, deployFile('stimnet-gateway@.service').replaceAll('/opt/stimnet', PROJECT))
  await writeFile(join(folder, 'stimnet.service'), deployFile('stimnet.service').replaceAll('/opt/stimnet', PROJECT))
  await mkdir(join(folder, 'stimnet.service.d'))
  await writeFile(join(folder, 'stimnet.service.d', 'gateways.conf'), deployFile('stimnet.service.d/gateways.conf'))
  const env = { SYSTEMD_UNIT_PATH: `${folder}:` }
  for (const name of [unit, join(folder, 'stimnet.service')]) {
    assert.equal(await run('systemd-analyze', ['verify', '--man=no', name], env), '')
  }
  const score = ['security', '--offline=yes', '--no-pager', `--threshold=${EXPOSURE_MAX.tight}`, unit]
  await run('systemd-analyze', score, env)
})

test('the configuration of deployed gateways loads, behind a proxy that they trust and at the socket of the peer', async () => {
  const { config } = await loadGatewayConfig(join(DEPLOY, 'gateway.yaml'))
  assert.deepEqual([config.host, config.trusted_proxies], ['127.0.0.1', ['127.0.0.1']])
  const socket = '/run/stimnet/gateways.sock'
  assert.deepEqual(config.peer, { socket })
  assert.match(deployFile('stimnet-gateways.tmpfiles.conf'), /^d \/run\/stimnet 2710 stimnet stimnet-gateway -$/m)
})

test('Prometheus and Alertmanager take their files, and each failure raises its alert', {
  skip: without('promtool', 'amtool')
}, async () => {
  const folder = join(DEPLOY, 'prometheus')
  await run('promtool', ['check', 'config', '--lint=all', '--lint-fatal', join(folder, 'prometheus.yml')])
  await run('promtool', ['test', 'rules', join(folder, 'stimnet.rules.test.yml')])
  await run('amtool', ['check-config', join(folder, 'alertmanager.yml')])
  for (const team of ['stewards', 'operators']) {
    const words = ['config', 'routes', 'test', `--config.file=${join(folder, 'alertmanager.yml')}`, `team=${team}`]
    assert.match(await run('amtool', words), new RegExp(`^${team}$`, 'm'))
  }
})

test('Compose takes its file', { skip: without('docker-compose') }, async () => {
  const file = ['-f', join(DEPLOY, 'compose.yaml')]
  const services = await run('docker-compose', [...file, 'config', '--services'])
  assert.deepEqual(services.trim().split('\n').sort(), ['alertmanager', 'grafana', 'nginx', 'peer', 'prometheus'])
})

test('the configuration of a deployed peer loads, closed to everybody and behind a proxy that it trusts', async () => {
  const { config } = await loadConfig(join(DEPLOY, 'stimnet.yaml'), {})
  assert.deepEqual([config.mesh.open, config.mesh.peers, config.requesters], [false, [], ['gateway:self']])
  assert.deepEqual([config.gateway.host, config.gateway.trusted_proxies], ['127.0.0.1', ['127.0.0.1']])
})
