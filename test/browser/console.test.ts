/** Tests of the console in a real browser, against three real peers, as used by a researcher, two stewards and an auditor. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { ATTACKS, fakeSandbox } from '@stimnet/sandbox'
import { verifyAuditFile } from '@stimnet/sdk'
import type { Page } from 'playwright-core'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { PASSWORD, type Site, scratchFolder, startSite, until, writeSite } from '../mesh.ts'
import { POUND, registryOf, writeRegistry } from '../registries.ts'
import { CHROMIUM, openPerson, type Person } from './chromium.ts'
import { composesModels } from './composed-story.ts'
import { fitsModel } from './model-story.ts'
import { fitsInRounds } from './rounds-story.ts'
import { fitsSlopes } from './slope-story.ts'
import { fallStudy, fallTimes, writeFallStudy } from './study.ts'
import { beginAnew, fitsPhone, go, saved, signIn } from './steps.ts'

/** A text that must be shown literally in every place where users can enter text. */
const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'

const SCRIPT = `import os
import stimnet

home = os.environ.get("HOME")  # ${HOSTILE}
result = {"median change": -13.5}
`
const PARKINSON = 'MONDO:0005180'
const DOWNLOADS_MAX = 300 * 1024

interface Mesh {
  readonly peers: Peer[]
  readonly url: (at: number) => string
  /** Stops the first peer, whose gateway the researcher uses. */
  readonly stopFirst: () => Promise<void>
  readonly startFirst: () => Promise<void>
}

const sandbox = () => fakeSandbox({ answer: () => ({ result: '{"median change": -13.5}' }) })

async function startMesh(t: TestContext): Promise<Mesh> {
  const parent = await scratchFolder(t)
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  const catalogs = demoCatalogs('data').map((catalog) =>
    'name' in catalog && catalog.name === 'clinical_trial_data'
      ? {
          ...{ ...catalog, scripts: 'review', description: `Synthetic. ${HOSTILE}` },
          data_use: { permission: 'DUO:0000007', diseases: [PARKINSON] }
        }
      : catalog
  )
  const port = await freePort()
  const sites: Site[] = []
  for (const at of [0, 1, 2]) {
    const bootstrap = peers[0]?.addresses.slice(0, 1) ?? []
    const site = await writeSite(parent, at, {
      bootstrap,
      config: {
        catalogs: [...catalogs, registryOf(at), fallStudy(), fallTimes()],
        gateway: { port: at === 0 ? port : 0 }
      }
    })
    await writeRegistry(site.folder, at)
    await writeFallStudy(site.folder, at)
    sites.push(site)
    const peer = await startSite(site, { sandbox: sandbox() })
    await peer.accounts.put({ name: 'bob', roles: ['researcher'], password: PASSWORD })
    for (const name of ['sue', 'tom'])
      await peer.accounts.put({ name, roles: ['steward', 'auditor'], password: PASSWORD })
    peers.push(peer)
  }
  const connected = () => until(() => peers.every((peer) => peer.mesh.connected().length === 2), 'all are connected')
  await connected()
  const urls = peers.map(({ gatewayUrl }) => gatewayUrl ?? '')
  return {
    peers,
    url: (at) => urls[at] ?? '',
    stopFirst: async () => void (await peers[0]?.stop()),
    startFirst: async () => {
      const first = sites[0]
      if (first) peers[0] = await startSite(first, { sandbox: sandbox() })
    }
  }
}

/** A free port that is known in advance, so that a restarted peer has the same address. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** The text of the focused element. */
const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent')

/** Fills in a query that all institutions answer. */
async function composeComparison(page: Page): Promise<void> {
  await page.getByLabel('Statistic', { exact: true }).and(page.locator('select')).selectOption('compare')
  await page.getByRole('group', { name: /^Of/ }).getByLabel('UPDRS_change').check()
  await page.getByRole('group', { name: 'In groups of' }).getByLabel('sex').check()
  await page.getByLabel('Disease').fill(PARKINSON)
}

test('the console', { skip: CHROMIUM ? false : 'no Chromium here' }, async (t) => {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/console.mjs')], { stdio: 'pipe' })
  const mesh = await startMesh(t)
  const opened: Person[] = []
  t.after(() => Promise.all(opened.map((person) => person.close())))
  const person = async (options: { expected?: RegExp } = {}) => {
    const one = await openPerson(options)
    opened.push(one)
    return one
  }
  const ada = await person()
  const { page } = ada

  await t.test('is less than 300 kB of script on its first page', async () => {
    const paints: number[] = []
    for (let i = 0; i < 3; i++) {
      await page.goto(`${mesh.url(0)}/`)
      await page.getByLabel('User name').waitFor()
      paints.push(await firstPaint(page))
    }
    const bytes = await scriptBytes(page)
    t.diagnostic(
      `first contentful paint ${paints.map(Math.round).join(', ')} ms; ${Math.round(bytes / 1024)} KiB of script`
    )
    assert.ok(bytes > 10_000 && bytes < DOWNLOADS_MAX, `${bytes} bytes`)
    await ada.picture('01-sign-in')
    await ada.accessible('the door')
  })

  await t.test('refuses a wrong password in words, and keeps the name', async () => {
    const eve = await person({ expected: /401/ })
    await eve.page.goto(`${mesh.url(0)}/`)
    await eve.page.getByLabel('User name').fill('ada')
    await eve.page.getByLabel('Password').fill('wrong')
    await eve.page.keyboard.press('Enter')
    await eve.page.getByText('User name or password is wrong').waitFor()
    assert.equal(await eve.page.getByLabel('User name').inputValue(), 'ada')
    assert.deepEqual(eve.complaints, [])
  })

  await t.test('shows a researcher the mesh, and the way to a first question', async () => {
    await signIn(page, mesh.url(0), 'ada')
    await page.getByRole('img', { name: 'University Hospital North is connected with 2 of 2' }).waitFor()
    await page.getByRole('heading', { name: 'Your first question' }).waitFor()
    assert.equal(await page.getByRole('row', { name: /node-[123]/ }).count(), 3)
    await page.getByText('It accepts requests.').waitFor()
    await ada.picture('02-mesh')
    await ada.accessible('the mesh')
    const links = await page.getByRole('navigation').getByRole('link').allTextContents()
    assert.deepEqual(links, [
      'Mesh',
      'Catalogs',
      'Ask',
      'Questions',
      'Your key',
      'Requests',
      'Stewardship',
      'Sandboxes',
      'Audit log'
    ])
  })

  await t.test('finds catalogs by words, variables and purpose, and shows what others wrote as text', async () => {
    await go(page, 'Catalogs')
    await page.getByText('7 catalogs').waitFor()
    await page.getByLabel('Words').fill('parkinson')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByText('1 catalog', { exact: true }).waitFor()
    await page.getByText(`Synthetic. ${HOSTILE}`).waitFor()
    assert.equal(await page.locator('main img').count(), 0)
    await page.getByText('at least 450 subjects').waitFor()
    await page.getByText('Variables', { exact: true }).click()
    assert.equal(await page.getByRole('cell', { name: '3 of 3' }).count(), 9)
    await ada.picture('03-catalogs')
    await ada.accessible('the catalogs')
    await page.getByLabel('With a variable').fill('motion')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByText('No catalog matches').waitFor()
    await page.getByLabel('Words').fill('')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('heading', { name: 'MRI scans with quality measures' }).waitFor()
    await page.goBack()
    await page.getByText('No catalog matches').waitFor()
    assert.equal(await page.getByLabel('Words').inputValue(), 'parkinson')
    assert.equal(await page.getByLabel('With a variable').inputValue(), 'motion')
  })

  await t.test('composes a comparison, says what is missing, and warns of a purpose that does not fit', async () => {
    await page.goto(`${mesh.url(0)}/#/ask?catalog=clinical_trial_data`)
    await page.getByText('Choose at least 1 variable.').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Ask 3 institutions' }).isDisabled())
    await page.getByText('Say what it is for').first().waitFor()
    await composeComparison(page)
    assert.equal(await page.getByText('Say what it is for').count(), 0)
    await page.getByRole('button', { name: 'Add a condition' }).click()
    await page.getByLabel('Variable', { exact: true }).selectOption('subjects.diagnosis')
    await page.getByRole('group', { name: 'Levels of diagnosis' }).getByLabel('mixed').check()
    await page.getByRole('group', { name: 'Levels of diagnosis' }).getByLabel('akinetic-rigid').check()
    await page.getByLabel('Title').fill(`By sex ${HOSTILE}`)
    await ada.picture('04-ask')
    await ada.accessible('the question')
  })

  await t.test('keeps a question over a reload and an ended sign-in', async () => {
    const signedOut = await person({ expected: /40[13]/ })
    await signIn(signedOut.page, mesh.url(0), 'bob')
    await signedOut.page.goto(`${mesh.url(0)}/#/ask?catalog=demo_dataset`)
    await signedOut.page.getByRole('radio', { name: 'SQL' }).check()
    await signedOut.page.getByRole('textbox', { name: 'Query' }).fill('SELECT COUNT(*) AS n FROM test_data')
    await signedOut.page.getByLabel('Title').fill('Asked by Bob')
    await signedOut.page.reload()
    assert.match(await signedOut.page.getByRole('textbox', { name: 'Query' }).inputValue(), /AS n FROM test_data/)
    // For the gateway, this has the same effect as an expired token: it is not accepted any more.
    await mesh.peers[0]?.accounts.setLocked('bob', true)
    await signedOut.page.getByRole('button', { name: /^Ask/ }).click()
    await signedOut.page.getByRole('dialog', { name: 'Your sign-in has ended' }).waitFor()
    await signedOut.picture('05-sign-in-ended')
    await signedOut.accessible('the ended sign-in')
    await mesh.peers[0]?.accounts.setLocked('bob', false)
    await signedOut.page.getByRole('dialog').getByLabel('Password').fill(PASSWORD)
    await signedOut.page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
    await signedOut.page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.notEqual(await signedOut.page.evaluate('document.activeElement.tagName'), 'BODY')
    assert.match(await signedOut.page.getByRole('textbox', { name: 'Query' }).inputValue(), /AS n FROM test_data/)
    await signedOut.page.getByRole('button', { name: /^Ask/ }).click()
    await signedOut.page.getByText('3 of 3 receipts verified.').waitFor()
    assert.deepEqual(signedOut.complaints, [])
  })

  await t.test('asks three institutions, watches each, and reads a result that the browser verified', async () => {
    await page.reload()
    await page.getByRole('button', { name: 'Ask 3 institutions' }).click()
    await page.getByText('3 of 3 receipts verified.').waitFor()
    await page.getByText('The gateway shows the same.').waitFor()
    await page.getByRole('heading', { name: `By sex ${HOSTILE}` }).waitFor()
    assert.equal(await page.getByText('receipt verified', { exact: true }).count(), 3)
    assert.equal(await page.getByText('Welch’s t').count(), 1)
    await page.getByRole('img', { name: /^Difference of UPDRS_change.*Pooled/ }).waitFor()
    await page.getByRole('img', { name: /^mean_UPDRS_change, pooled: female/ }).waitFor()
    await page.getByText('every number rests on at least 5 subjects').first().waitFor()
    assert.equal(await page.locator('main img').count(), 0)
    await page.getByLabel('Show each institution').check()
    assert.equal(await page.getByRole('row', { name: /Coastal Medical Centre/ }).count(), 2)
    await ada.picture('06-result')
    await page.getByRole('heading', { name: 'Plots' }).scrollIntoViewIfNeeded()
    await ada.picture('07-plots')
    await page.getByText('The evidence').click()
    await ada.accessible('the result')
  })

  await t.test(
    'shows what was signed where the gateway says something else, and leaves out what does not hold',
    async () => {
      await page.route('**/events', async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: lied(await answer.text()) })
      })
      await page.reload()
      await page.getByText('2 of 3 receipts verified.').waitFor()
      await page.getByText('The gateway’s own result differs').waitFor()
      await page.getByText('receipt not valid', { exact: true }).waitFor()
      await page.getByText('University Hospital North: its receipt is not valid').waitFor()
      assert.equal(await page.getByText('98,765').count(), 0)
      await page.unroute('**/events')
      await page.reload()
      await page.getByText('3 of 3 receipts verified.').waitFor()
    }
  )

  await t.test('saves the result as CSV and as JSON with its receipts', async () => {
    const csv = await saved(page, 'Save CSV')
    const [asked = '', table = ''] = csv.split('\r\n\r\n')
    assert.match(asked, /^Cohort,"Those with subjects\.diagnosis is one of mixed, akinetic-rigid"\r\nQuestion,/)
    assert.match(
      table,
      /^institution,sex,count_UPDRS_change,mean_UPDRS_change,sd_UPDRS_change,institutions,institutions asked\r\npooled,female,\d+/
    )
    assert.equal(table.trim().split('\r\n').length, 1 + 2 * 4)
    const json = JSON.parse(await saved(page, 'Save JSON with receipts'))
    assert.deepEqual(Object.keys(json)[0], 'asked')
    assert.equal(json.asked.script_type, 'statistic')
    assert.equal(json.parts.filter((part: { receipt: string | null }) => part.receipt?.includes('.')).length, 3)
  })

  await t.test(
    'fits a regression that is chosen part by part or written as a formula, and composes survival, a logistic model and components',
    async () => {
      const mo = await person()
      await fitsModel(mo, mesh.url(0))
      await composesModels(mo, mesh.url(0))
      assert.deepEqual(mo.complaints, [])
    }
  )

  await t.test(
    'fits a model in rounds, stops it and goes on after a reload, and a line of each person chosen part by part',
    async () => {
      const kim = await person()
      await signIn(kim.page, mesh.url(0), 'bob')
      await fitsInRounds(kim, mesh.url(0))
      await fitsSlopes(kim, mesh.url(0))
      assert.deepEqual(kim.complaints, [])
    }
  )

  await t.test('tells the price of noise before it is spent', async () => {
    await page.goto(`${mesh.url(0)}/#/ask?catalog=demo_dataset`)
    await beginAnew(page)
    await page.getByLabel('Catalog').selectOption('demo_dataset')
    await page.getByRole('radio', { name: 'SQL' }).check()
    await page.getByRole('button', { name: 'Start with an example' }).click()
    await page.getByRole('radio', { name: 'With noise (P2)' }).check()
    const prices = page.getByRole('table', { name: /Charge and expected error/ })
    await prices.getByRole('row', { name: /Coastal Medical Centre/ }).waitFor()
    await prices.getByRole('row', { name: /Together/ }).waitFor()
    await page.getByText(/^ε = 0\.5 costs .* is left at this institution: /).waitFor()
    await page
      .getByText(/the error is up to ±.*, while the whole range is .*: too coarse to use/)
      .first()
      .waitFor()
    await page.getByLabel('Charge ε').fill('0,25')
    await page.getByText(/^ε = 0\.25 costs /).waitFor()
    await page.getByLabel('Charge ε').fill('1e3')
    await page.keyboard.press('Tab')
    await page.getByText('Write ε as a number, such as 0.5.').first().waitFor()
    await ada.accessible('a charge that is none')
    await page.getByLabel('Charge ε').fill('50')
    await prices.getByText('too little').waitFor()
    await page.getByText('University Hospital North will refuse: too little of the budget is left.').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Ask 3 institutions' }).isDisabled())
    await ada.picture('08-price')
    await ada.accessible('the price')
    await page.getByLabel('Groups per person').fill('')
    await page.getByLabel('Groups per person').fill('5000')
    await page.keyboard.press('Tab')
    assert.equal(await page.getByLabel('Groups per person').inputValue(), '1000')
  })

  await t.test('throws away what was composed only where somebody says so', async () => {
    const query = page.getByRole('textbox', { name: 'Query' })
    const written = await query.inputValue()
    await query.fill('x'.repeat(300 * 1024))
    await page.getByText('That would be 300 KiB; at most 256 KiB are allowed. The text was not changed.').waitFor()
    assert.equal(await query.inputValue(), written)
    await page.getByRole('button', { name: 'Start over' }).click()
    await page.getByText('Start over? What you composed will be lost.').waitFor()
    await ada.accessible('beginning anew')
    await page.getByRole('button', { name: 'Keep it' }).click()
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Start over')
    assert.equal(await page.getByLabel('Charge ε').inputValue(), '50')
    await beginAnew(page)
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Ask')
    assert.equal(await page.getByLabel('Catalog').inputValue(), '')
  })

  await t.test('makes one question of what was sent again after its answer was lost, also after a reload', async () => {
    const fay = await person({ expected: /ERR_FAILED/ })
    await signIn(fay.page, mesh.url(0), 'bob')
    await fay.page.goto(`${mesh.url(0)}/#/ask?catalog=demo_dataset`)
    await fay.page.getByRole('radio', { name: 'SQL' }).check()
    await fay.page.getByRole('textbox', { name: 'Query' }).fill('SELECT COUNT(*) AS n FROM test_data')
    await fay.page.getByLabel('Title').fill('Asked once')
    await fay.page.route('**/api/v1/broadcasts', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback()
      await route.fetch()
      await route.abort()
    })
    await fay.page.getByRole('button', { name: 'Ask 3 institutions' }).click()
    await fay.page.getByText('The question may already have been received. You can safely send it again').waitFor()
    await fay.page.unroute('**/api/v1/broadcasts')
    await fay.page.reload()
    await fay.page.getByText('The question may already have been received. You can safely send it again').waitFor()
    await fay.accessible('a question whose answer was lost')
    await fay.page.getByRole('button', { name: 'Ask 3 institutions' }).click()
    await fay.page.getByText('3 of 3 receipts verified.').waitFor()
    await go(fay.page, 'Questions')
    await fay.page.getByRole('link', { name: 'Asked once' }).first().waitFor()
    assert.equal(await fay.page.getByRole('link', { name: 'Asked once' }).count(), 1)
    assert.deepEqual(fay.complaints, [])
  })

  await t.test('works in a browser that keeps nothing, as with cookies blocked', async () => {
    const gil = await person()
    await gil.page.addInitScript(`for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })
    }`)
    await signIn(gil.page, mesh.url(0), 'bob')
    await gil.page.getByRole('radio', { name: 'Dark' }).check()
    await go(gil.page, 'Your key')
    await gil.page.getByText('No key can be kept here').waitFor()
    await go(gil.page, 'Ask')
    await gil.page.getByLabel('Catalog').selectOption('demo_dataset')
    await gil.page.getByRole('radio', { name: 'SQL' }).check()
    await gil.page.getByRole('textbox', { name: 'Query' }).fill('SELECT COUNT(*) AS n FROM test_data')
    await go(gil.page, 'Mesh')
    await go(gil.page, 'Ask')
    await gil.page.getByRole('button', { name: 'Ask 3 institutions' }).click()
    await gil.page.getByText('3 of 3 receipts verified.').waitFor()
    assert.deepEqual(gil.complaints, [])
  })

  await t.test(
    'finds where institutions differ before anything is sent, and puts together what was said to be alike',
    async () => {
      await page.goto(`${mesh.url(0)}/#/ask?catalog=registry`)
      await beginAnew(page)
      await page.getByLabel('Catalog').selectOption('registry')
      await page.getByLabel('Statistic', { exact: true }).and(page.locator('select')).selectOption('mean')
      await page.getByRole('group', { name: /^Of/ }).getByLabel('weight').check()
      await page.getByRole('group', { name: 'In groups of' }).getByLabel('sex').check()
      const differ = page.getByRole('region', { name: 'Where institutions differ' })
      await differ.getByText('levels: “male, female”, not “female, male”').waitFor()
      await ada.picture('21-differences')
      await ada.accessible('where institutions differ')

      // If the query is sent nevertheless, the gateway refuses it, and the composed query is kept.
      await page.getByRole('button', { name: 'Ask 3 institutions' }).click()
      await page.getByText('The institutions describe variables differently, so nothing was sent.').waitFor()
      await page.getByRole('link', { name: 'Map the differences' }).click()

      await differ.getByRole('button', { name: /people\.sex at Institute for Movement Disorders/ }).click()
      await differ.getByText('Resolved: it is mapped to the variable of the others.').waitFor()
      await differ.getByRole('button', { name: /people\.weight at Coastal Medical Centre/ }).click()
      await page.getByText('Complete the mapping of people.weight at Coastal Medical Centre, or remove it.').waitFor()
      await differ.getByLabel('At Coastal Medical Centre it is called').selectOption('people.pounds')
      await differ.getByText('unit: “lb”, not “kg”').waitFor()
      await differ.getByLabel('One lb is how many kg?').fill(String(POUND))
      await until(async () => (await differ.getByText('Resolved').count()) === 2, 'both are settled')
      await ada.picture('22-settled')
      await ada.accessible('differences that are settled')
      await page.reload()
      await until(async () => (await differ.getByText('Resolved').count()) === 2, 'a reload loses nothing')
      await page.getByRole('button', { name: 'Ask 3 institutions' }).click()
      await page.getByText('3 of 3 receipts verified.').waitFor()
      await ada.picture('23-alike')
    }
  )

  await t.test('has a script read by stewards, who see what exactly would run', async () => {
    await askForReview(page, mesh.url(0))
    await page.getByText('waits for a decision').waitFor()
    await ada.accessible('a request, as its author sees it')
    const sue = await person()
    await signIn(sue.page, mesh.url(1), 'sue')
    await go(sue.page, 'Requests')
    await sue.page.getByRole('link', { name: /Median/ }).waitFor()
    await sue.accessible('the inbox')
    await sue.page.getByRole('link', { name: /Median/ }).click()
    const finding = sue.page.getByRole('row', { name: /environment/ })
    assert.match((await finding.textContent()) ?? '', /4.*os\.environ/)
    assert.equal(await sue.page.locator('.listing li.marked').count(), 3)
    await sue.page.getByText('Those with subjects.sex is female').waitFor()
    await sue.page.getByText('account ada of University Hospital North').first().waitFor()
    assert.equal(
      await sue.page.evaluate(
        "(() => { const part = document.querySelector('.listing'); return part.scrollWidth > part.clientWidth })()"
      ),
      false,
      'nothing hides to the right'
    )
    await sue.page.getByText(`To describe the sample. ${HOSTILE}`).waitFor()
    assert.equal(await sue.page.locator('main img').count(), 0)
    await sue.picture('09-request')
    await sue.page.getByLabel('Notes').fill('Read it twice.')
    await sue.page.getByLabel('Let exactly this code run again').check()
    await sue.page.getByLabel('Runs').fill('3')
    await sue.accessible('the request')
    await sue.page.getByRole('button', { name: 'Approve' }).click()
    await sue.page.getByText('You have agreed. Another steward must agree as well.').waitFor()
    await sue.page.getByText('Agreed so far: sue.').waitFor()
    await until(async () => (await focused(sue.page)).includes('Agreed so far: sue.'), 'the focus goes with the news')
    assert.equal(await sue.page.getByRole('button', { name: 'Approve' }).count(), 0)
    assert.deepEqual(sue.complaints, [])
  })

  await t.test('runs what the second steward approved too, and the code stands as both agreed', async () => {
    const tom = await person()
    await signIn(tom.page, mesh.url(1), 'tom')
    await go(tom.page, 'Requests')
    await tom.page.getByRole('link', { name: /Median/ }).click()
    assert.equal(await tom.page.getByLabel('Let exactly this code run again').isChecked(), false)
    await tom.page.getByLabel('Let exactly this code run again').check()
    assert.equal(await tom.page.getByLabel('Runs').inputValue(), '3')
    await tom.page.getByRole('button', { name: 'Approve and run' }).click()
    await tom.page.getByText('Approved by sue, tom.').waitFor()
    await tom.page.getByRole('heading', { name: 'What was approved' }).waitFor()
    await until(async () => (await focused(tom.page)).includes('Approved by sue, tom.'), 'the focus goes with the news')
    await tom.picture('30-approved')
    await tom.accessible('a request that was approved')
    await page.getByRole('link', { name: 'See the outcome' }).click()
    await page.getByText('1 of 1 receipts verified.').waitFor()
    await page.getByText('The gateway shows the same.').waitFor()
    await page.getByText('2 stewards read exactly this script before it ran.').waitFor()
    await page.getByRole('row', { name: /median change −13\.5/ }).waitFor()
    await ada.accessible('a script’s result')
    await go(tom.page, 'Standing approvals')
    await tom.page.getByRole('row', { name: /Median.*python.*3.*sue, tom/ }).waitFor()
    await tom.picture('10-standing')
    await tom.accessible('standing approvals')
    await fitsPhone(tom.page, 'standing approvals')
    await tom.page.getByRole('button', { name: 'Withdraw' }).dblclick()
    await tom.page.getByRole('button', { name: 'Keep it' }).click()
    await tom.page.getByRole('row', { name: /Median.*sue, tom/ }).waitFor()
    await tom.page.getByRole('button', { name: 'Withdraw' }).click()
    await tom.picture('31-take-back')
    await tom.page.getByRole('button', { name: 'Yes, end it now' }).click()
    await tom.page.getByText('There are no standing approvals').waitFor()
    assert.deepEqual(tom.complaints, [])
  })

  await t.test('lets a steward say no, and the researcher reads why', async () => {
    const bring = async () => {
      const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
      const picker = page.getByLabel('Upload a file')
      await picker.setInputFiles({ ...file('huge.csv', ''), buffer: Buffer.alloc(17 * 1024 * 1024) })
      await page.getByText('a file may have at most 16 MiB').waitFor()
      await picker.setInputFiles(file('grid <img src=x>.csv', 'a,b\n1,2\n'))
      await page.getByText('1 file is chosen.').waitFor()
      await page.getByText('Your script finds it as grid__img_src_x_.csv.').waitFor()
      await picker.setInputFiles(file('unwanted.csv', 'x\n'))
      await page.getByText('2 files are chosen.').waitFor()
      await page.getByRole('checkbox', { name: /unwanted\.csv/ }).uncheck()
      await page.getByRole('button', { name: 'Delete unwanted.csv' }).click()
      await page.getByRole('checkbox', { name: /unwanted/ }).waitFor({ state: 'detached' })
      await ada.picture('20-files')
      await ada.accessible('a question with files')
    }
    await askForReview(page, mesh.url(0), { title: 'Another question', bring })
    const sue = opened.find(({ page: one }) => one.url().startsWith(mesh.url(1)))
    assert.ok(sue)
    await sue.page.goto(`${mesh.url(1)}/#/requests`)
    await sue.page.getByRole('link', { name: 'Another question' }).click()
    // The steward who decides can read the exact files that the script reads.
    await sue.page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
    assert.equal(await saved(sue.page, 'Save to read it: grid__img_src_x_.csv'), 'a,b\n1,2\n')
    await sue.accessible('a request with files')
    await sue.page.getByLabel('Notes').fill(`The group is too small for this. ${'n'.repeat(300)}`)
    await sue.page.getByRole('button', { name: 'Deny' }).click()
    await sue.page.getByText('Denied by sue.').waitFor()
    const isWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
    assert.equal(await sue.page.evaluate(isWide), false, 'a long word breaks')
    await page.getByText('The group is too small for this.').waitFor()
    await page.getByText('denied', { exact: true }).first().waitFor()
  })

  await t.test('shows stewards what is used up, which rules hold in words, and who belongs', async () => {
    const tom = await person()
    await signIn(tom.page, mesh.url(1), 'tom')
    await go(tom.page, 'Stewardship')
    await tom.page
      .getByRole('row', { name: /clinical_trial_data privacy budget all together/ })
      .first()
      .waitFor()
    await tom.page.getByText('clinical_trial_data: default').click()
    await tom.page.getByText('Does not stop:').first().waitFor()
    await tom.page.getByText('no limit').first().waitFor()
    assert.equal(await tom.page.getByText('Infinity').count(), 0)
    assert.equal(await tom.page.getByRole('region', { name: 'Who may connect' }).getByText('this peer').count(), 1)
    await tom.page.getByText('Everybody may connect (mesh.open). Use this for synthetic data only.').waitFor()
    assert.equal(await tom.page.getByText('zerosAreDisclosive').count(), 0)
    await tom.picture('14-stewardship')
    await tom.accessible('stewardship')
    assert.deepEqual(tom.complaints, [])
  })

  await t.test('shows stewards what holds scripts, and lets them attack it', async () => {
    const site = await sandboxSite(t)
    const sue = await person()
    await signIn(sue.page, site.gatewayUrl ?? '', 'sue')
    await go(sue.page, 'Sandboxes')
    await sue.page.getByRole('heading', { name: 'Programs run in WebAssembly' }).waitFor()
    await sue.page.getByRole('row', { name: /^python wasm pyodide@/ }).waitFor()
    await sue.page.getByText('No self-test has finished yet').waitFor()
    await sue.page.getByRole('button', { name: 'Start the self-test' }).click()
    await sue.page.getByText('A self-test is running. sue started it').waitFor()
    await sue.page.getByRole('progressbar', { name: 'Attacks tried' }).waitFor()
    await sue.page.getByText(/[1-9] of 12 attacks tried/).waitFor()
    await sue.picture('15-self-test')
    await sue.accessible('a self-test that runs')
    await sue.page.getByText(/7 contained, 5 bounded, 0 OPEN\. It holds/).waitFor({ timeout: 300_000 })
    await sue.page.getByText('5 of 12 attacks on wasm').waitFor()
    await sue.page.getByRole('row', { name: /output\.result.*bounded output limit/ }).waitFor()
    await sue.page.getByLabel('Only attacks that were not contained').uncheck()
    await sue.page.getByText('12 of 12 attacks on wasm').waitFor()
    await sue.page.getByText('What the outcomes mean').click()
    assert.ok(await sue.page.getByRole('button', { name: 'Start the self-test' }).isDisabled())
    await sue.page.getByRole('heading', { name: 'Self-test' }).scrollIntoViewIfNeeded()
    await sue.picture('16-sandboxes')
    await sue.accessible('the sandboxes')
    await sue.page.route('**/api/v1/sandboxes', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: gotThrough(await answer.text()) })
    })
    await sue.page.reload()
    await sue.page.getByText(/1 OPEN\. Left behind: .*It does not hold/).waitFor()
    await sue.page
      .getByRole('row', { name: /js\.fetch/ })
      .getByText(HOSTILE)
      .waitFor()
    assert.equal(await sue.page.locator('main img').count(), 0)
    await sue.picture('17-sandbox-open')
    await sue.accessible('a sandbox that does not hold')
    await sue.page.unroute('**/api/v1/sandboxes')
    assert.deepEqual(sue.complaints, [])
    await sue.close()
    await site.stop()
  })

  await t.test('says where nothing runs that could be attacked, and where nothing runs at all', async () => {
    const audrey = await person()
    await signIn(audrey.page, mesh.url(1), 'ada')
    await go(audrey.page, 'Sandboxes')
    await audrey.page.getByRole('heading', { name: 'Programs run in fake' }).waitFor()
    assert.equal(await audrey.page.getByRole('heading', { name: 'Self-test' }).count(), 0)
    await audrey.page.route('**/api/v1/sandboxes', async (route) => {
      const answer = await route.fetch()
      const body = { ...JSON.parse(await answer.text()), engines: [], configured: 'none' }
      await route.fulfill({ response: answer, body: JSON.stringify(body) })
    })
    await audrey.page.reload()
    await audrey.page.getByText('No programs run here').waitFor()
    await audrey.page.unroute('**/api/v1/sandboxes')
    assert.deepEqual(audrey.complaints, [])
  })

  await t.test('lets an auditor search the log, see that it is whole, and prove a record', async () => {
    const tom = await person()
    await signIn(tom.page, mesh.url(1), 'tom')
    await tom.page
      .getByRole('row', { name: /^admitted/ })
      .first()
      .waitFor()
    await go(tom.page, 'Audit log')
    await tom.page.getByText(/The signature is valid: .* no other member has attested it yet/).waitFor()
    await tom.page.getByRole('button', { name: 'Have members attest it' }).click()
    await tom.page.getByText('2 of 2 connected members attested it.').waitFor()
    await tom.page.getByText(/attested by 2 members/).waitFor()
    await tom.page.getByRole('button', { name: 'Check the log' }).click()
    await tom.page.getByText(/Complete: all \d+ records/).waitFor()
    await tom.page.getByRole('searchbox', { name: 'Search' }).fill('approval sue')
    await tom.page.getByText(/^[12] of \d+ records read \(the whole log\)/).waitFor()
    await tom.page
      .getByRole('button', { name: /^Open record/ })
      .first()
      .click()
    await tom.page.getByText(/is in the log of \d+ records/).waitFor()
    await tom.picture('11-log')
    await tom.accessible('the log')
    const proof = await verifyAuditFile(await saved(tom.page, 'Save the proof'), { peer: mesh.peers[1]?.peerId ?? '' })
    assert.equal(proof.record?.kind, 'approval')
    assert.equal(proof.record?.actor, 'sue')
    await tom.page.getByRole('searchbox', { name: 'Search' }).fill('nothing like this')
    await tom.page.getByText('No record matches').waitFor()
    assert.deepEqual(tom.complaints, [])
  })

  await t.test('is used without a mouse, and says where one is', async () => {
    await page.goto(`${mesh.url(0)}/#/questions`)
    await page.getByRole('heading', { name: 'Questions', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'mean weight by sex' }).first().waitFor()
    await ada.accessible('the questions')
    assert.equal(await page.title(), 'Questions · StimNet')
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Questions')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Ask')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
    await page.goto(`${mesh.url(0)}/#/no/such/page`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await page.getByRole('radio', { name: 'Dark' }).check()
    assert.equal(await page.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'dark')
    await page.getByRole('radio', { name: 'Auto' }).check()
  })

  await t.test('fits a phone, where what is wide scrolls by itself', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    for (const [place, heading, shown] of [
      ['', 'Mesh', 'table'],
      ['catalogs', 'Catalogs', 'table'],
      ['ask?catalog=demo_dataset', 'Ask', '.choices'],
      ['questions', 'Questions', 'table'],
      ['key', 'Your key', '.panel'],
      ['stewardship', 'Stewardship', 'table'],
      ['sandboxes', 'Sandboxes', 'table'],
      ['log', 'Audit log', 'table']
    ] as const) {
      await page.goto(`${mesh.url(0)}/#/${place}`)
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      await page.locator(shown).first().waitFor()
      assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 390, heading)
      await ada.accessible(`${heading} on a phone`)
    }
  })

  await t.test('folds its pages into a menu on a phone, for fingers, keys and screen readers', async () => {
    const menu = page.getByRole('button', { name: 'Menu' })
    const pages = page.getByRole('navigation', { name: 'Pages' })
    assert.equal(await menu.getAttribute('aria-expanded'), 'false')
    assert.equal(await pages.isVisible(), false)
    await menu.press('Enter')
    assert.equal(await menu.getAttribute('aria-expanded'), 'true')
    await ada.picture('24-menu')
    await ada.accessible('the menu on a phone')
    await page.keyboard.press('Escape')
    await pages.waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Menu')
    await menu.click()
    await go(page, 'Questions')
    await page.getByRole('heading', { name: 'Questions', level: 1 }).waitFor()
    await pages.waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Questions')
    await page.setViewportSize({ width: 1280, height: 860 })
  })

  await t.test('says so when a page does not come, and comes back with what was composed', async () => {
    const dan = await person({ expected: /ERR_FAILED|dynamically imported/ })
    await signIn(dan.page, mesh.url(0), 'ada')
    await dan.page.goto(`${mesh.url(0)}/#/ask?catalog=demo_dataset`)
    await dan.page.getByLabel('Title').fill('Kept')
    await dan.page.route('**/assets/log-*.js', (route) => route.abort())
    await go(dan.page, 'Audit log')
    await dan.page.getByText('This page could not be shown.').waitFor()
    await go(dan.page, 'Mesh')
    await dan.page.getByRole('heading', { name: 'Mesh', level: 1 }).waitFor()
    await dan.page.unroute('**/assets/log-*.js')
    await go(dan.page, 'Audit log')
    await dan.page.getByRole('button', { name: 'Reload the console' }).click()
    await dan.page.getByText('The signature is valid').waitFor()
    await go(dan.page, 'Ask')
    assert.equal(await dan.page.getByLabel('Title').inputValue(), 'Kept')
    assert.deepEqual(dan.complaints, [])
  })

  await t.test('shows nobody else what stands on a page whose sign-in has ended', async () => {
    const eve = await person({ expected: /40[13]/ })
    await signIn(eve.page, mesh.url(0), 'bob')
    await eve.page.goto(`${mesh.url(0)}/#/questions`)
    await eve.page.getByRole('link', { name: 'Asked by Bob' }).waitFor()
    await mesh.peers[0]?.accounts.setLocked('bob', true)
    await eve.page.getByRole('dialog').waitFor()
    await mesh.peers[0]?.accounts.setLocked('bob', false)
    for (let i = 0; i < 3; i++) await eve.page.keyboard.press('Escape')
    await eve.page.getByRole('dialog').waitFor()
    await eve.page.getByRole('dialog').getByLabel('User name').fill('sue')
    await eve.page.getByRole('dialog').getByLabel('Password').fill(PASSWORD)
    await eve.page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
    await eve.page.getByRole('heading', { name: 'Mesh', level: 1 }).waitFor()
    await eve.page.getByText('steward, auditor').waitFor()
    assert.equal(await eve.page.getByText('Asked by Bob').count(), 0)
    assert.deepEqual(eve.complaints, [])
  })

  await t.test('shows no page that an account has no business with', async () => {
    await page.goto(`${mesh.url(0)}/#/standing`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Standing approvals' }).count(), 0)
  })

  assert.deepEqual(ada.complaints, [])

  await t.test('loses nothing while its gateway is away', async () => {
    const bea = await person({ expected: /ERR_|Failed to load/ })
    await signIn(bea.page, mesh.url(0), 'ada')
    await bea.page.goto(`${mesh.url(0)}/#/ask?catalog=clinical_trial_data`)
    await bea.page.getByRole('radio', { name: 'Script' }).check()
    await bea.page.getByRole('button', { name: 'Start with an example' }).click()
    await bea.page.getByLabel('Disease').fill(PARKINSON)
    await bea.page.getByRole('button', { name: 'Ask 3 institutions' }).click()
    await bea.page.getByText('waits for stewards').first().waitFor()
    await until(async () => (await bea.page.locator('.live-part.warn').count()) === 3, 'all three wait for people')
    await go(bea.page, 'Mesh')
    await until(async () => (await bea.page.locator('.map .moving').count()) === 2, 'jobs move on the map')
    await bea.page.getByRole('img', { name: /3 of your jobs are running/ }).waitFor()
    await bea.page.goBack()
    await until(async () => (await bea.page.locator('.live-part.warn').count()) === 3, 'the question is back')
    await mesh.stopFirst()
    await bea.page.getByText('The gateway does not answer. What you see may be out of date').waitFor()
    assert.equal(await bea.page.locator('.live-part').count(), 3)
    await bea.picture('12-gateway-away')
    await bea.accessible('a gateway that is away')
    await mesh.startFirst()
    await bea.page.getByText('What you see may be out of date').waitFor({ state: 'detached' })
    const id = decodeURIComponent(bea.page.url().split('/').at(-1) ?? '')
    await bea.page.getByRole('button', { name: 'Cancel it' }).click()
    await bea.page.getByText('cancelled', { exact: true }).first().waitFor()
    assert.match(id, /^[0-9a-f]{32}$/)
    assert.deepEqual(bea.complaints, [])
  })

  await t.test('says when an institution leaves whose answer is on the screen, and keeps the answer', async () => {
    const cy = await person()
    await signIn(cy.page, mesh.url(0), 'ada')
    await go(cy.page, 'Questions')
    await cy.page.getByRole('link', { name: /^By sex/ }).click()
    await cy.page.getByText('3 of 3 receipts verified.').waitFor()
    await mesh.peers[2]?.stop()
    await cy.page.getByText('Coastal Medical Centre disconnected. The signed answer is here and stays valid.').waitFor()
    await cy.page.getByText('not connected now').waitFor()
    await cy.page.getByText('3 of 3 receipts verified.').waitFor()
    assert.equal(await cy.page.getByText('Welch’s t').count(), 1)
    await cy.picture('13-institution-gone')
    await go(cy.page, 'Mesh')
    await cy.page.getByText(/not connected, last seen/).waitFor()
    assert.deepEqual(cy.complaints, [])
  })
})

/** Attacks that take a few seconds together, so that progress is visible. */
const LOOPS = ['loop.deaf', 'loop.sleep', 'loop.expression', 'loop.silent']

/** A peer with the embedded sandbox, whose self-test really runs a few attacks. */
async function sandboxSite(t: TestContext): Promise<Peer> {
  const sandbox = { engine: 'wasm', pool_size: 0 }
  const site = await writeSite(await scratchFolder(t), 0, { config: { sandbox } })
  const tried = ['files.secret', 'files.shadow', 'environment.', 'js.fetch', 'js.spawn', 'output.result', ...LOOPS]
  const attacks = ATTACKS.filter(({ id }) => tried.some((beginning) => id.startsWith(beginning)))
  const peer = await startSite(site, { attacks })
  t.after(() => peer.stop())
  await peer.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
  return peer
}

/** A forged report in which an attack succeeded and returned markup that a browser might run. */
function gotThrough(text: string): string {
  const body = JSON.parse(text)
  const [engine] = body.self_test.report.engines
  Object.assign(engine, { clean: false, left_behind: ['process 7'] })
  Object.assign(engine.counts, { contained: 6, open: 1 })
  const fetched = engine.attacks.find(({ id }: { id: string }) => id === 'js.fetch')
  Object.assign(fetched, { outcome: 'open', by: HOSTILE, admitted: false })
  return JSON.stringify(body)
}

async function askForReview(
  page: Page,
  url: string,
  { title = `Median change ${HOSTILE}`, bring }: { title?: string; bring?: () => Promise<void> } = {}
): Promise<void> {
  await page.goto(`${url}/#/ask?catalog=clinical_trial_data`)
  await beginAnew(page)
  await page.getByLabel('Catalog').selectOption('clinical_trial_data')
  for (const other of ['University Hospital North', 'Coastal Medical Centre']) await page.getByLabel(other).uncheck()
  await page.getByRole('radio', { name: 'Script' }).check()
  await page.getByRole('textbox', { name: 'Script' }).fill(SCRIPT)
  await bring?.()
  await page.getByRole('button', { name: 'Add a condition' }).click()
  await page.getByLabel('Variable', { exact: true }).selectOption('subjects.sex')
  await page.getByRole('checkbox', { name: 'female' }).check()
  await page.getByLabel('Disease').fill(PARKINSON)
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Have the stewards of Institute').check()
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Your institution').fill('University Hospital North')
  await page.getByLabel('Your e-mail').fill('ada@example.org')
  await page.getByLabel('Why you ask').fill(`To describe the sample. ${HOSTILE}`)
  await page.getByRole('button', { name: 'Ask 1 institution' }).click()
  await page.getByRole('heading', { name: title }).waitFor()
}

/** Forged events: a made-up pooled number, and a receipt of one institution with another output under the same signature. */
function lied(events: string): string {
  return events.replaceAll(/^data: (.*)$/gm, (_, data: string) => {
    const broadcast = JSON.parse(data)
    broadcast.pooled.rows[0].values[1] = 98_765
    const [first] = broadcast.parts
    const [head, body = '', signature] = first.receipt.split('.')
    const other = `${body.slice(0, 400)}${body[400] === 'A' ? 'B' : 'A'}${body.slice(401)}`
    first.receipt = [head, other, signature].join('.')
    return `data: ${JSON.stringify(broadcast)}`
  })
}

function firstPaint(page: Page): Promise<number> {
  return page.evaluate('performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity')
}

/** Size of the page's scripts as transferred, bytes. */
function scriptBytes(page: Page): Promise<number> {
  return page.evaluate(`performance.getEntriesByType('resource')
    .filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`)
}
