/** A researcher chooses an intercept and a slope of each person in the console, and reads on what a missing correlation depends. */
import assert from 'node:assert/strict'
import type { Person } from './chromium.ts'
import { beginAnew } from './steps.ts'

/** Signed in already. */
export async function fitsSlopes({ page, picture, accessible }: Person, url: string): Promise<void> {
  await page.goto(`${url}/#/ask`)
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  await beginAnew(page)
  await page.getByLabel('Catalog').selectOption('fall_study')
  await page.getByLabel('Statistic', { exact: true }).and(page.locator('select')).selectOption('regression')
  const formula = page.getByRole('textbox', { name: 'Formula' })
  const ask = page.getByRole('button', { name: 'Ask 3 institutions' })
  // A table with one row of each person has no random effects of people.
  await page.getByLabel('Outcome').selectOption('people.dose')
  assert.equal(await page.getByRole('group', { name: 'Of each person' }).count(), 0)
  await page.getByLabel('Outcome').selectOption('visits.score')
  await page.getByRole('radio', { name: 'An intercept of each person' }).check()
  assert.equal(await formula.inputValue(), 'score ~ 1 + (1 | subject)')
  await page.getByRole('radio', { name: 'An intercept and a slope over time' }).check()
  assert.equal(await formula.inputValue(), 'score ~ month + (1 + month | subject)')
  await page
    .getByRole('group', { name: /^Factors/ })
    .getByLabel('arm')
    .check()
  await page
    .getByRole('group', { name: /^Products/ })
    .getByLabel('month × arm')
    .check()
  assert.equal(await formula.inputValue(), 'score ~ month + arm + month:arm + (1 + month | subject)')
  await page.getByRole('radio', { name: 'Maximum likelihood (ML)', exact: true }).check()
  await page.getByRole('radio', { name: /^Without correlation/ }).check()
  assert.equal(await formula.inputValue(), 'score ~ month + arm + month:arm + (1 + month || subject)')
  await page.getByText(/Without correlation the fit depends on where month is 0/).waitFor()
  await page.getByRole('group', { name: 'Estimated by' }).scrollIntoViewIfNeeded()
  await picture('37-slope')
  await accessible('a slope of each person')
  await page.reload()
  assert.ok(await page.getByRole('radio', { name: /^Without correlation/ }).isChecked())
  assert.ok(await page.getByRole('radio', { name: 'Maximum likelihood (ML)', exact: true }).isChecked())
  await ask.click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  await page.getByText('The gateway shows the same.').waitFor()
  await page.getByText(/at month = 0: variance .*; slope of month: variance .*, uncorrelated/).waitFor()
  await page.getByText(/The correlation of intercepts and slopes is taken to be zero where month is 0/).waitFor()
  await page.getByRole('table', { name: /^Linear mixed model/ }).scrollIntoViewIfNeeded()
  await picture('38-slope-result')
  await accessible('a model with slopes')

  // The offered time has 0 in its middle; then there is no warning.
  await page.getByRole('link', { name: 'Change it and ask again' }).click()
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  assert.ok(await page.getByRole('radio', { name: 'Maximum likelihood (ML)', exact: true }).isChecked())
  await page.getByRole('button', { name: 'Take month_about_6 (-6, 0, 6)' }).click()
  assert.equal(
    await formula.inputValue(),
    'score ~ month_about_6 + arm + month_about_6:arm + (1 + month_about_6 || subject)'
  )
  assert.equal(await page.getByText(/Without correlation the fit depends/).count(), 0)
  await page.getByRole('radio', { name: /^They may correlate/ }).check()
  await page.getByRole('radio', { name: /^Restricted maximum likelihood/ }).check()
  await ask.click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  await page.getByText(/slope of month_about_6: variance .*, correlation /).waitFor()
  assert.equal(await page.getByText(/is taken to be zero where/).count(), 0)
}
