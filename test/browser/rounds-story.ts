/**
 * A researcher composes a logistic model with a number in the console, which three institutions fit together in rounds, stops it, goes
 * on after a reload, and reads what each round released.
 */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Person } from './chromium.ts'
import { beginAnew, fitsPhone, saved } from './steps.ts'

const ask = (page: Page) => page.getByRole('button', { name: 'Ask 3 institutions' })
/** A round on the page of a fit. */
export const roundOf = (page: Page, round: number) =>
  page.getByRole('article', { name: new RegExp(`^Round ${round}\\b`) })

async function begin(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/#/ask`)
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  await beginAnew(page)
  await page.getByLabel('Catalog').selectOption('fall_study')
  await page.getByLabel('Statistic', { exact: true }).and(page.locator('select')).selectOption('regression')
}

/** Chooses the outcome, a number and a factor of a logistic model. */
export async function composesFalls(page: Page, url: string): Promise<void> {
  await begin(page, url)
  await page.getByLabel('Family').selectOption('binomial')
  await page.getByLabel('Outcome').selectOption('people.fell')
  await page.getByRole('group', { name: 'Numbers in the model' }).getByLabel('dose').check()
  await page
    .getByRole('group', { name: /^Factors/ })
    .getByLabel('arm')
    .check()
}

/** Signed in already. */
export async function fitsInRounds(person: Person, url: string): Promise<void> {
  const { page, picture, accessible } = person
  await composesFalls(page, url)
  const formula = page.getByRole('textbox', { name: 'Formula' })
  assert.equal(await formula.inputValue(), 'fell ~ dose + arm')
  await page.getByText('Coefficients: (Intercept), arm[training], dose.').waitFor()
  assert.equal(await page.getByRole('radio', { name: 'Institution as a factor' }).count(), 0)
  await page.getByText(/It is round 0 of a model that they fit together\. Up to 3 further rounds/).waitFor()
  const prices = page.getByRole('table', { name: /What the answer discloses/ })
  await prices.getByRole('row', { name: /Coastal Medical Centre people\.dose/ }).waitFor()
  await page.getByRole('radio', { name: 'With noise (P2)' }).check()
  await page
    .getByText(/A model that is fitted in rounds has no form with noise/)
    .first()
    .waitFor()
  assert.ok(await ask(page).isDisabled())
  await page.getByRole('radio', { name: 'Checked, without noise (P1)' }).check()
  await formula.scrollIntoViewIfNeeded()
  await picture('34-rounds-asked')
  await accessible('a model in rounds')

  // The question of round 1 does not reach the gateway: the tab is reloaded while the request is open, and the fit continues.
  let isHeld = true
  await page.route('**/api/v1/broadcasts', async (route) => {
    const isFurther = route.request().method() === 'POST' && route.request().postData()?.includes('receipts') === true
    if (isHeld && isFurther) return
    await route.continue()
  })
  await ask(page).click()
  await page.getByRole('heading', { name: 'fell ~ dose + arm', level: 1 }).waitFor()
  await roundOf(page, 0).getByText('3 of 3 receipts verified.').waitFor()
  await page.getByRole('heading', { name: 'Result so far' }).waitFor()
  await page.getByRole('button', { name: 'Stop the fit' }).click()
  await page.getByText('Stopped after round 0. No further round is asked.').waitFor()
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1')
  isHeld = false
  await page.reload()
  await page.getByText('Stopped after round 0.').waitFor()
  await accessible('a fit that was stopped')
  assert.equal(await roundOf(page, 1).count(), 0)
  await page.getByRole('button', { name: 'Go on with the fit' }).click()
  for (const round of [1, 2, 3]) await roundOf(page, round).getByText('3 of 3 receipts verified.').waitFor()
  await readsTheFit(person)
  await goesOnAfterReload(person, url)
}

/** What each round released, the fit, and its files. */
async function readsTheFit({ page, picture, accessible }: Person): Promise<void> {
  await page.getByRole('heading', { name: 'Result', exact: true }).waitFor()
  assert.equal(await page.getByText('the gateway shows something else').count(), 0)
  await roundOf(page, 2)
    .getByText(/After it the estimates move by at most .* of a standard error/)
    .waitFor()
  await roundOf(page, 2).getByText('What was released in round 2').click()
  await roundOf(page, 2)
    .getByText(/^Each institution released 10 numbers: 3 gradients, the 6 of the information/)
    .waitFor()
  const released = roundOf(page, 2).getByRole('table', {
    name: /^Coastal Medical Centre, round 2: 360 people, \d+ with/
  })
  assert.equal(await released.getByRole('row').count(), 5)
  await released.scrollIntoViewIfNeeded()
  await picture('35-rounds')
  await accessible('the rounds of a fit')
  const coefficients = page.getByRole('table', { name: /^Logistic regression of yes: fell ~ arm \+ dose/ })
  const dose = await coefficients.getByRole('row', { name: /^dose / }).textContent()
  assert.match(dose ?? '', /^dose0\.0[6-9]\d*/)
  await page.getByText(/round 3, last change/).waitFor()
  await page.getByText('Released by each institution in each of 4 rounds: 10 weighted sums').waitFor()
  await coefficients.scrollIntoViewIfNeeded()
  await picture('36-rounds-result')
  const csv = await saved(page, 'Save CSV')
  assert.match(csv, /roster of 3 institutions/)
  assert.equal(csv.match(/,dose,/g)?.length, 4)
  const json = JSON.parse(await saved(page, 'Save JSON with the receipts of all rounds'))
  assert.equal(json.rounds.length, 4)
  for (const { broadcast } of json.rounds)
    assert.equal(broadcast.parts.filter(({ receipt }: { receipt: string | null }) => receipt !== null).length, 3)
  await fitsPhone(page, 'a fit')
  await roundOf(page, 3)
    .getByRole('link', { name: /^The question of the round/ })
    .click()
  await page.getByText('This is round 3 of a model that institutions fit in rounds.').waitFor()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  await page.getByText('The gateway shows the same.').waitFor()
  await page.getByText(/from 3 receipts of the round before/).waitFor()
}

/** The same model again, at no cost; the page is reloaded while it runs, and the fit continues by itself. */
async function goesOnAfterReload({ page }: Person, url: string): Promise<void> {
  await page.goto(`${url}/#/questions`)
  await page.getByRole('link', { name: 'fell ~ dose + arm, round 3', exact: true }).waitFor()
  await page.getByRole('link', { name: 'fell ~ dose + arm', exact: true }).click()
  await page.getByRole('link', { name: 'Open the fit' }).click()
  await page.getByRole('link', { name: 'Change it and ask again' }).click()
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Formula' }).inputValue(), 'fell ~ dose + arm')
  await page.getByLabel('Title').fill('Once more')
  let asked = 0
  await page.route('**/api/v1/broadcasts', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    asked += 1
    // The gateway takes the question of round 2; its answer is lost with the page.
    if (asked === 3)
      return void (await route.fetch().then(
        () => page.reload(),
        () => undefined
      ))
    await route.continue()
  })
  await ask(page).click()
  for (const round of [1, 2, 3]) await roundOf(page, round).getByText('3 of 3 receipts verified.').waitFor()
  await page.getByRole('heading', { name: 'Result', exact: true }).waitFor()
  await page.unroute('**/api/v1/broadcasts')
  await page.goto(`${url}/#/questions`)
  await page.getByRole('link', { name: 'Once more, round 3' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Once more, round 2' }).count(), 1, 'the lost question counts once')
}
