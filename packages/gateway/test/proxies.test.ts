import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isProxyRange, TrustedProxies } from '../src/auth/proxies.ts'
import { openHouse } from './house.ts'

const proxies = new TrustedProxies(['10.1.0.0/24', '2001:db8:1::/48', '192.0.2.7'])

describe('behind proxies', () => {
  it('the caller is the last address that is none of ours, whoever wrote what stands before it', () => {
    const caller = (forwarded: string | null, remote = '10.1.0.7') => proxies.callerOf(remote, forwarded)
    assert.equal(caller('198.51.100.4'), '198.51.100.4')
    assert.equal(caller('203.0.113.9, 198.51.100.4'), '198.51.100.4')
    assert.equal(caller('203.0.113.9, 198.51.100.4, 10.1.0.9'), '198.51.100.4')
    assert.equal(caller('127.0.0.1,198.51.100.4,192.0.2.7', '2001:db8:1::5'), '198.51.100.4')
    assert.equal(caller('2001:db8:9::1'), '2001:db8:9::1')
    assert.equal(caller('[2001:db8:9::1]:4711'), '2001:db8:9::1')
    assert.equal(caller('198.51.100.4:4711'), '198.51.100.4')
    assert.equal(caller('::ffff:198.51.100.4'), '198.51.100.4')
    assert.equal(caller('10.1.0.3'), '10.1.0.3')
    for (const spelling of ['0:0:0:0:0:ffff:198.51.100.4', '::FFFF:c633:6404', '[::ffff:c633:6404]:80'])
      assert.equal(caller(spelling), '198.51.100.4', spelling)
  })

  it('a header filled up with something else changes nothing: its end is what our proxy wrote', () => {
    assert.equal(proxies.callerOf('10.1.0.7', `${'x'.repeat(5_000)}, 198.51.100.4`), '198.51.100.4')
    // The first address that was read may be cut off, so it is ignored.
    const cut = `99.203.0.113.9, 10.1.0.9`.padEnd(1_026, ' ')
    assert.equal(proxies.callerOf('10.1.0.7', cut), '10.1.0.9')
  })

  it('who is no proxy of ours is who connects, whatever it writes', () => {
    assert.equal(proxies.callerOf('198.51.100.4', '203.0.113.9'), '198.51.100.4')
    assert.equal(proxies.callerOf('', '203.0.113.9'), '')
    assert.equal(new TrustedProxies([]).callerOf('10.1.0.7', '203.0.113.9'), '10.1.0.7')
  })

  it('what cannot be read lets nobody out of being counted: it is the nearest address that can', () => {
    const caller = (forwarded: string | null) => proxies.callerOf('10.1.0.7', forwarded)
    for (const none of [
      null,
      '',
      ' ',
      'unknown',
      'localhost',
      '300.1.1.1',
      '198.51.100.4, _hidden',
      'a'.repeat(2_000)
    ]) {
      assert.equal(caller(none), '10.1.0.7', String(none))
    }
    assert.equal(caller('_hidden, 10.1.0.9'), '10.1.0.9')
    const many = ['198.51.100.4', ...Array.from({ length: 40 }, () => '10.1.0.9')].join(',')
    assert.equal(caller(many), '10.1.0.9')
  })

  it('whatever a header holds, the caller is an address', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.match(proxies.callerOf('10.1.0.7', text), /^[0-9a-fA-F:.%]+/)
      })
    )
  })

  it('a proxy is an address or a network; everybody is none', () => {
    for (const good of ['10.0.0.1', '10.0.0.0/8', '::1', 'fc00::/7', '::ffff:10.0.0.1'])
      assert.ok(isProxyRange(good), good)
    for (const bad of [
      '',
      '*',
      'all',
      '0.0.0.0/0',
      '::/0',
      // Networks of half of all addresses, or of all mapped IPv4 addresses.
      ...['0.0.0.0/1', '128.0.0.0/7', '::/1', '8000::/1', '::ffff:0:0/96', '::ffff:0:0/90'],
      '10.0.0.0/33',
      '10.0.0.0/-1',
      'proxy.example',
      '10.0.0/8'
    ]) {
      assert.ok(!isProxyRange(bad), bad)
      assert.throws(() => new TrustedProxies([bad]), { code: 'CONFIG_INVALID' })
    }
  })
})

describe('limits by address', () => {
  const rate = { perMinutePerIdentity: 1, loginPerMinute: 100 }
  const through = (remoteAddress: string, forwarded: string) => ({
    headers: { 'x-forwarded-for': forwarded },
    env: { incoming: { socket: { remoteAddress } } }
  })

  it('count each caller of a proxy that is named, and one caller of any other', async () => {
    const house = openHouse({ rate, trustedProxies: ['10.1.0.7'] })
    const ask = async (remote: string, caller: string) =>
      (await house.ask('GET', '/api/v1/nodes', through(remote, caller))).status
    assert.deepEqual([await ask('10.1.0.7', '198.51.100.1'), await ask('10.1.0.7', '198.51.100.2')], [200, 200])
    assert.equal(await ask('10.1.0.7', '198.51.100.1'), 429)
    assert.equal(await ask('10.1.0.7', '203.0.113.9, 198.51.100.2'), 429)
    assert.deepEqual([await ask('192.0.2.1', '198.51.100.3'), await ask('192.0.2.1', '198.51.100.4')], [200, 429])
  })
})
