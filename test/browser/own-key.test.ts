/** Tests with a researcher's own key in a real browser: neither gateway nor asking peer is trusted about her question. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import type { Page } from 'playwright-core'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { PASSWORD, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'
import { CHROMIUM, openPerson, type Person } from './chromium.ts'
import { composesFalls, roundOf } from './rounds-story.ts'
import { beginAnew, fitsPhone, go, saved, signIn, signOut } from './steps.ts'
import { fallStudy, writeFallStudy } from './study.ts'

const BY_SEX = 'SELECT sex, COUNT(DISTINCT subject_id) AS n FROM subjects GROUP BY sex'
const ALL = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'

interface Mesh {
  readonly folder: string
  readonly peers: readonly Peer[]
  readonly url: string
}

/** A mesh in which the third institution permits only requesters whom the first one vouches for. */
async function startMesh(t: TestContext): Promise<Mesh> {
  const folder = await scratchFolder(t)
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  for (const at of [0, 1, 2]) {
    const bootstrap = peers[0]?.addresses.slice(0, 1) ?? []
    const ids = peers.map(({ peerId }) => peerId)
    const closed = {
      mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap, peers: ids },
      requesters: [`affiliation:${ids[0]}`]
    }
    const config = { catalogs: [...demoCatalogs('data'), fallStudy()], ...(at === 2 ? closed : {}) }
    const site = await writeSite(folder, at, { bootstrap, config })
    await writeFallStudy(site.folder, at)
    const peer = await startSite(site)
    peers.push(peer)
    await peer.accounts.put({ name: 'bob', roles: ['researcher'], password: PASSWORD })
  }
  await until(() => peers.every((peer) => peer.mesh.connected().length === 2), 'all are connected')
  return { folder, peers, url: peers[0]?.gatewayUrl ?? '' }
}

const asked = (count: number) => ({ name: `Ask ${count} institution${count === 1 ? '' : 's'}` })

/** Fills in the form without sending it. */
async function compose(page: Page, url: string, { sql, title }: { sql: string; title: string }): Promise<void> {
  await page.goto(`${url}/#/ask?catalog=clinical_trial_data`)
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  await beginAnew(page)
  await page.getByLabel('Catalog').selectOption('clinical_trial_data')
  await page.getByRole('radio', { name: 'SQL' }).check()
  await page.getByRole('textbox', { name: 'Query' }).fill(sql)
  await page.getByLabel('Title').fill(title)
}

const idIn = (page: Page) => decodeURIComponent(page.url().split('/').at(-1) ?? '')

/** Code that reads the stored key, as a script of the page could. */
const KEPT = `(async () => {
  const database = await new Promise((resolve) => { const r = indexedDB.open('stimnet'); r.onsuccess = () => resolve(r.result) })
  const all = await new Promise((resolve) => { const r = database.transaction('keys').objectStore('keys').getAll(); r.onsuccess = () => resolve(r.result) })
  database.close()
  const out = await crypto.subtle.exportKey('pkcs8', all[0].key).then(() => 'out', (error) => error.name)
  return { count: all.length, extractable: all[0].key.extractable, out, stored: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]) }
})()`

test('a key of one’s own', { skip: CHROMIUM ? false : 'no Chromium here' }, async (t) => {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/console.mjs')], { stdio: 'pipe' })
  const mesh = await startMesh(t)
  const { url } = mesh
  const opened: Person[] = []
  t.after(() => Promise.all(opened.map((person) => person.close())))
  // One assignment of markup is tried below. The browser's complaint about it is expected.
  const ada = await openPerson({ expected: /'TrustedHTML' assignment/ })
  opened.push(ada)
  const { page } = ada
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(page, url, 'ada')
  const stimnet = stimnetIn(mesh.folder)
  let keyId = ''
  let keyFile = ''

  await t.test('is made in the browser, with a copy that the command line reads', async () => {
    await page.goto(`${url}/#/ask?catalog=clinical_trial_data`)
    await page.getByRole('link', { name: 'Sign with a key of your own' }).click()
    await page.getByRole('heading', { name: 'Make a key' }).waitFor()
    await ada.accessible('the page without a key')
    assert.equal(await saved(page, 'Make a key and save a copy'), await saved(page, 'Save it again'))
    await ada.accessible('a key whose copy nobody has seen yet')
    await page.getByRole('button', { name: 'Discard it' }).click()
    const file = await saved(page, 'Make a key and save a copy')
    await page.getByRole('button', { name: 'I have saved it' }).click()
    keyId = (await page.locator('.key-id code').textContent()) ?? ''
    keyFile = join(mesh.folder, 'researcher.key')
    await writeFile(keyFile, file)
    await chmod(keyFile, 0o644)
    assert.match((await stimnet(['key', keyFile, '--show'])).err, /chmod 600/)
    await chmod(keyFile, 0o600)
    const shown = await stimnet(['key', keyFile, '--show'])
    assert.equal(shown.out.trim(), keyId, shown.err)
    await page.getByRole('button', { name: 'Copy the id' }).click()
    await page.getByText('Copied.').waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), keyId)
    const kept = await page.evaluate<{ count: number; extractable: boolean; out: string; stored: string }>(KEPT)
    assert.deepEqual([kept.count, kept.extractable, kept.out], [1, false, 'InvalidAccessError'])
    assert.equal(kept.stored.includes(file.trim()), false)
    // Text on the page cannot become markup, and so cannot become a script that signs.
    const refused = `(() => { try { document.createElement('p').innerHTML = '<b>x</b>' } catch (error) { return error.name } })()`
    assert.equal(await page.evaluate(refused), 'TypeError')
    await ada.picture('14-your-key')
    await ada.accessible('a key')
  })

  await t.test('asks by default, and where it is not known the page says what to do', async () => {
    await compose(page, url, { sql: BY_SEX, title: 'By sex' })
    assert.ok(await page.getByRole('radio', { name: 'My own key' }).isChecked())
    await page.getByText('Signed as, and for whom').click()
    for (const { peerId } of mesh.peers) await page.getByText(peerId, { exact: true }).waitFor()
    await page.getByRole('button', asked(3)).scrollIntoViewIfNeeded()
    await ada.picture('15-signed-by')
    await ada.accessible('a question to be signed')
    await page.getByRole('button', asked(3)).click()
    await page.getByText('2 of 2 receipts verified.').waitFor()
    await page.getByText('This answers the question that this browser signed').waitFor()
    await page.getByText('Coastal Medical Centre: your key is not known there.').waitFor()
    await page.getByText(`The key ${keyId} is not among the requesters`).waitFor()
    await ada.picture('16-key-not-known')
    await page.getByRole('link', { name: 'Your key, to copy its id' }).click()
    await page.getByRole('heading', { name: 'Your key', level: 1 }).waitFor()
  })

  await t.test('signs each round of a model, and a round whose answer was lost is the same question', async () => {
    await composesFalls(page, url)
    await page.getByLabel('Coastal Medical Centre').uncheck()
    let sent = 0
    const envelopes: (string | null)[] = []
    await page.route('**/api/v1/broadcasts', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      sent += 1
      envelopes.push(route.request().postData())
      // The gateway takes round 1; its answer is lost with the page.
      if (sent === 2) return void (await route.fetch().then(() => page.reload()))
      await route.continue()
    })
    await page.getByRole('button', asked(2)).click()
    for (const round of [0, 1, 2, 3]) await roundOf(page, round).getByText('2 of 2 receipts verified.').waitFor()
    await page.getByText('signed with your own key').waitFor()
    await page.getByText('As this browser signed it, independent of the gateway.').waitFor()
    await page.getByRole('heading', { name: 'Result', exact: true }).waitFor()
    assert.equal(sent, 5)
    assert.equal(envelopes[1], envelopes[2], 'the same signed bytes')
    await page.unroute('**/api/v1/broadcasts')
    await roundOf(page, 1)
      .getByRole('link', { name: /^The question of the round/ })
      .click()
    await page.getByText('This answers the question that this browser signed').waitFor()
    await page.getByText('The gateway shows the same.').waitFor()
    await go(page, 'Your key')
  })

  await t.test('carries what an institution vouches for', async () => {
    const configFile = join(mesh.folder, 'node-1/stimnet.yaml')
    const vouchFor = async (key: string) =>
      (await stimnet(['vouch', key, '--name', 'Ada Lovelace', '--days', '30', '--config', configFile])).out.trim()
    await page.getByLabel('Add credentials').fill(await vouchFor(mesh.peers[1]?.peerId ?? ''))
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('It is for another key').waitFor()
    await page.getByLabel('Add credentials').fill(await vouchFor(keyId))
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Ada Lovelace, researcher').waitFor()
    await ada.accessible('a credential')
    await compose(page, url, { sql: BY_SEX, title: 'By sex, vouched for' })
    await page.getByRole('button', asked(3)).click()
    await page.getByText('3 of 3 receipts verified.').waitFor()
    await page.getByText('The gateway shows the same.').waitFor()
    await page.getByText('This answers the question that this browser signed').waitFor()
    await page.getByText('signed with your own key').waitFor()
    await page
      .getByRole('table')
      .first()
      .getByRole('row', { name: /female/ })
      .waitFor()
    await ada.picture('17-signed-here')
    await page.getByText('The evidence').click()
    assert.equal(await page.getByText(`${keyId}, kept by the requester`).count(), 3)
    await page.getByText('GROUP BY sex').waitFor()
    await page.locator('summary', { hasText: /^Signed / }).click()
    await ada.accessible('an answer to what was signed here')
  })

  const first = idIn(page)

  await t.test('shows it loudly where the gateway puts another answer under the question', async () => {
    await compose(page, url, { sql: ALL, title: 'All of them' })
    await page.getByRole('button', asked(3)).click()
    await page.getByText('3 of 3 receipts verified.').waitFor()
    const events = `**/broadcasts/${first}/events`
    const other = idIn(page)
    await page.route(events, async (route) => {
      const answer = await route.fetch({ url: route.request().url().replace(first, other) })
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(other, first) })
    })
    await page.goto(`${url}/#/question/${first}`)
    await page.getByText('The gateway shows answers to another question.').waitFor()
    await page.getByText('0 of 3 receipts verified.').waitFor()
    assert.equal(await page.getByText('your question “All of them”').count(), 3)
    assert.equal(await page.getByText('receipt of another question').count(), 3)
    await page.getByRole('heading', { name: 'By sex, vouched for' }).waitFor()
    await ada.picture('18-swapped')
    await ada.accessible('a swapped answer')
    await page.unroute(events)
    await page.reload()
    await page.getByText('3 of 3 receipts verified.').waitFor()
  })

  await t.test(
    'follows no answer with another number, and shows what was signed where a number was never heard',
    async () => {
      await page.goto(`${url}/#/questions`)
      await page.getByRole('link', { name: 'All of them' }).click()
      await page.getByText('3 of 3 receipts verified.').waitFor()
      const other = idIn(page)
      const events = `**/broadcasts/${first}/events`
      await page.route(events, async (route) => {
        await route.fulfill({ response: await route.fetch({ url: route.request().url().replace(first, other) }) })
      })
      await page.goto(`${url}/#/question/${first}`)
      await page.getByText('The gateway answered with a question other than the one on this page').waitFor()
      assert.equal(await page.getByText('receipts verified').count(), 0)
      await page.unroute(events)

      const unheard = 'f'.repeat(32)
      await page.route(`**/broadcasts/${unheard}/events`, async (route) => {
        const answer = await route.fetch({ url: route.request().url().replace(unheard, other) })
        const body = (await answer.text()).replaceAll(other, unheard).replaceAll('All of them', 'Women over 65')
        await route.fulfill({ response: answer, body })
      })
      await page.goto(`${url}/#/question/${unheard}`)
      await page.getByText('The gateway describes this question differently.').waitFor()
      await page.getByRole('heading', { name: 'All of them' }).waitFor()
      await page.getByRole('heading', { name: 'What was asked' }).waitFor()
      await page.unroute(`**/broadcasts/${unheard}/events`)
    }
  )

  await t.test('tells what an institution signed from what the gateway says of it', async () => {
    await page.route(`**/broadcasts/${first}/events`, async (route) => {
      const answer = await route.fetch()
      const lines = (await answer.text()).split('\n').map((line) => {
        if (!line.startsWith('data:')) return line
        const shown = JSON.parse(line.slice(5))
        const withheld = { receipt: null, output: null, state: 'blocked', code: 'COHORT_NOT_RELEASABLE' }
        if (shown.parts?.[2]) Object.assign(shown.parts[2], withheld)
        return `data: ${JSON.stringify(shown)}`
      })
      await route.fulfill({ response: answer, body: lines.join('\n') })
    })
    await page.goto(`${url}/#/question/${first}`)
    await page.getByText('2 of 2 receipts verified.').waitFor()
    await page.getByText('it accepted the question, but there is no receipt.').waitFor()
    assert.equal(await page.locator('.notice.good').count(), 0)
    await page.unroute(`**/broadcasts/${first}/events`)
  })

  await t.test('says so where the gateway gives a question the number of another', async () => {
    await compose(page, url, { sql: ALL, title: 'Numbered wrongly' })
    await page.route('**/api/v1/broadcasts', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...(await answer.json()), id: first } })
    })
    await page.getByRole('button', asked(3)).click()
    await page.getByText('The gateway answered with the number of another question').waitFor()
    await page.unroute('**/api/v1/broadcasts')
    // The same bytes with the right number are still the same question.
    await page.getByRole('button', asked(3)).click()
    await page.getByRole('heading', { name: 'Numbered wrongly' }).waitFor()
    await page.getByText('3 of 3 receipts verified.').waitFor()
    await go(page, 'Questions')
    await page.getByRole('link', { name: 'All of them' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Numbered wrongly' }).count(), 1)
  })

  await t.test('asks for noise at the price that was told, and one institution’s people for a decision', async () => {
    await compose(page, url, { sql: ALL, title: 'With noise' })
    await page.getByLabel('Coastal Medical Centre').uncheck()
    await page.getByRole('radio', { name: 'With noise (P2)' }).check()
    const prices = page.getByRole('table', { name: /Charge and expected error/ })
    await prices.getByRole('row', { name: /Together/ }).waitFor()
    assert.equal(await prices.locator('tbody tr').count(), 2)
    await page.getByLabel('Charge ε').fill('5')
    await prices.getByText('too little').waitFor()
    await page.getByLabel('Charge ε').fill('0.1')
    await prices.getByText('too little').waitFor({ state: 'detached' })
    await page.getByRole('button', asked(2)).click()
    await page.getByText('2 of 2 receipts verified.').waitFor()
    await page
      .getByText(/^Noise was added/)
      .first()
      .waitFor()

    await compose(page, url, { sql: ALL, title: 'For people' })
    await page.getByLabel('Coastal Medical Centre').uncheck()
    await page.getByLabel('University Hospital North').uncheck()
    await page.getByLabel('Have the stewards of Institute').check()
    for (const [label, value] of [
      ['Your name', 'Ada'],
      ['Your institution', 'University Hospital North'],
      ['Your e-mail', 'ada@example.org'],
      ['Why you ask', 'To learn.']
    ] as const)
      await page.getByLabel(label).fill(value)
    await page.getByRole('button', asked(1)).click()
    await page.getByText('waits for stewards').first().waitFor()
    await page.getByText('signed with your own key').waitFor()
    // A question to a single institution is listed among the questions as well.
    await go(page, 'Questions')
    await page.getByRole('link', { name: 'For people' }).waitFor()
    await go(page, 'Requests')
    await page.getByRole('link', { name: 'For people' }).click()
    await page.getByText(keyId, { exact: true }).waitFor()
  })

  await t.test('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    for (const place of ['key', `question/${first}`, 'ask']) {
      await page.goto(`${url}/#/${place}`)
      await page.locator('.panel').first().waitFor()
      if (place !== 'ask') await page.getByText(place === 'key' ? 'Copy the id' : '3 of 3 receipts verified.').waitFor()
      assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 390, place)
      await ada.accessible(`${place} on a phone`)
    }
    await page.setViewportSize({ width: 1280, height: 860 })
  })

  await t.test('sends nothing that the browser has no room to remember', async () => {
    const tab = await page.context().newPage()
    await signIn(tab, url, 'ada')
    await compose(tab, url, { sql: ALL, title: 'No room' })
    await tab.evaluate(`IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }`)
    await tab.getByRole('button', asked(3)).click()
    await tab.getByText('The browser has no space to remember this question, so it was not sent.').waitFor()
    assert.equal(await tab.getByText('The question may already have been received').count(), 0)
    await go(tab, 'Questions')
    await tab.getByRole('link', { name: 'By sex' }).first().waitFor()
    assert.equal(await tab.getByRole('link', { name: 'No room' }).count(), 0)
    await tab.close()
  })

  await t.test('says so where the clock of the machine is wrong', async () => {
    const tab = await page.context().newPage()
    await signIn(tab, url, 'ada')
    await compose(tab, url, { sql: ALL, title: 'An hour ago' })
    await tab.evaluate('{ const now = Date.now.bind(Date); Date.now = () => now() - 3_600_000 }')
    await tab.getByRole('button', asked(3)).click()
    await tab.getByText('The clocks of this machine and of the gateway differ').waitFor()
    await tab.evaluate('{ const now = Date.now.bind(Date); Date.now = () => now() + 3_600_000 }')
    await tab.getByRole('button', asked(3)).click()
    await tab.getByText('3 of 3 receipts verified.').waitFor()
    await tab.close()
  })

  await t.test('is not what signs where the gateway’s signature is chosen: then the answer is its word', async () => {
    await compose(page, url, { sql: ALL, title: 'By the gateway' })
    await page.getByRole('radio', { name: 'The gateway, for my account' }).check()
    await page.getByRole('button', asked(3)).click()
    await page.getByText('Only the gateway states which question this answers.').waitFor()
    await page.getByText('Coastal Medical Centre: the accounts of this gateway may not ask there.').waitFor()
    await page.getByText('The evidence').click()
    assert.equal(await page.getByText('which a gateway keeps for an account').count(), 2)
  })

  await t.test('is another account’s neither to see nor to use, and is there again for its own', async () => {
    await signOut(page)
    await signIn(page, url, 'bob')
    await go(page, 'Your key')
    await page.getByRole('heading', { name: 'Make a key' }).waitFor()
    assert.equal(await page.getByText(keyId).count(), 0)
    await page.goto(`${url}/#/ask?catalog=clinical_trial_data`)
    await page.getByRole('link', { name: 'Sign with a key of your own' }).waitFor()
    await signOut(page)
    await signIn(page, url, 'ada')
    await go(page, 'Your key')
    await page.getByText(keyId, { exact: true }).waitFor()
  })

  await t.test('is forgotten when somebody says so twice, without a mouse, in every tab', async () => {
    const tab = await page.context().newPage()
    await signIn(tab, url, 'ada')
    await compose(tab, url, { sql: ALL, title: 'In another tab' })
    await tab.getByRole('radio', { name: 'My own key' }).waitFor()
    await page.getByRole('button', { name: 'Forget the key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.getByRole('button', { name: 'Forget the key' }).click()
    await page.getByRole('button', { name: 'Forget it now' }).waitFor()
    await ada.picture('19-forget')
    await ada.accessible('forgetting')
    await fitsPhone(page, 'forgetting')
    await page.getByRole('checkbox', { name: /Also forget the questions asked/ }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Make a key' }).waitFor()
    await tab.getByRole('link', { name: 'Sign with a key of your own' }).waitFor()
    await tab.close()
    await page.goto(`${url}/#/question/${first}`)
    await page.getByText('This answers the question that this browser signed').waitFor()
  })

  await t.test('comes back with its file, and nothing else does', async () => {
    await go(page, 'Your key')
    const wrong = { name: 'x.key', mimeType: 'text/plain', buffer: Buffer.from('no key') }
    await page.getByLabel('Key file').setInputFiles(wrong)
    await page.getByText('This is not a key file').waitFor()
    await page.getByLabel('Key file').setInputFiles(keyFile)
    await page.getByText(keyId, { exact: true }).waitFor()
    await page.getByText('Imported from a key file.').waitFor()
  })

  await t.test('is not offered by a browser that cannot sign, where the gateway still does', async () => {
    const old = await openPerson()
    opened.push(old)
    await old.page.addInitScript(
      `crypto.subtle.generateKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))`
    )
    await signIn(old.page, url, 'ada')
    await go(old.page, 'Your key')
    await old.page.getByText('This browser cannot sign with Ed25519.').waitFor()
    await old.accessible('no key possible')
    await compose(old.page, url, { sql: ALL, title: 'Old browser' })
    await old.page.getByText('The gateway signs for your account, so only the gateway states what was asked.').waitFor()
    await old.page.getByRole('button', asked(3)).click()
    await old.page.getByText('2 of 2 receipts verified.').waitFor()
    assert.deepEqual(old.complaints, [])
  })

  assert.deepEqual(ada.complaints, [])
})
