/** A researcher fits a regression in the console: chosen part by part, written as a formula, and read by institution. */
import assert from 'node:assert/strict'
import { saved, signIn } from './steps.ts'
import type { Person } from './chromium.ts'

/** Composes a model, mends a fault in its formula, asks for it and reads the answer. */
export async function fitsModel({ page, picture, accessible }: Person, url: string): Promise<void> {
  await signIn(page, url, 'bob')
  await page.goto(`${url}/#/ask?catalog=imaging_data`)
  await page.getByLabel('Statistic', { exact: true }).and(page.locator('select')).selectOption('regression')
  await page.getByText('Choose the outcome of the model, or write its formula.').waitFor()
  const formula = page.getByRole('textbox', { name: 'Formula' })
  const ask = page.getByRole('button', { name: 'Ask 3 institutions' })

  await page.getByLabel('Outcome').selectOption('scan_metadata.scan_quality')
  await page.getByRole('group', { name: 'Numbers in the model' }).getByLabel('motion_score').check()
  await page
    .getByRole('group', { name: /^Factors/ })
    .getByLabel('scan_type')
    .check()
  const product = page.getByRole('group', { name: /^Products/ }).getByLabel('motion_score × scan_type')
  await product.check()
  assert.equal(await formula.inputValue(), 'scan_quality ~ motion_score + scan_type + motion_score:scan_type')
  await page.getByText('motion_score:scan_type[fMRI].').waitFor()
  const prices = page.getByRole('table', { name: /What the answer discloses/ })
  await prices.getByRole('row', { name: /Coastal Medical Centre scan_metadata\.scan_quality/ }).waitFor()

  // Typed text sets the choices, and a fault is shown at its place.
  await formula.fill('scan_quality ~ motion_scor')
  await page.getByText('The formula at character 16: the catalog has no variable').first().waitFor()
  assert.equal(await page.locator('.formula-fault mark').textContent(), 'motion_scor')
  assert.ok(await ask.isDisabled())
  await formula.fill('scan_quality ~ motion_score *')
  await page.getByText('The formula ends after "*": a name is missing.').first().waitFor()
  assert.ok(await product.isDisabled())
  await picture('25-model-fault')
  await accessible('a formula with a fault')
  await formula.fill('scan_quality ~ motion_score * scan_type')
  assert.ok(await product.isChecked())
  await page
    .getByRole('group', { name: /^Factors/ })
    .getByLabel('scan_type')
    .uncheck()
  assert.equal(await formula.inputValue(), 'scan_quality ~ motion_score')
  await page.getByRole('radio', { name: 'One fit each, combined' }).check()
  await picture('26-model')
  await accessible('a model')
  await page.reload()
  assert.equal(await formula.inputValue(), 'scan_quality ~ motion_score')

  await ask.click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  await page.getByText('The gateway shows the same.').waitFor()
  const coefficients = page.getByRole('table', { name: /^Linear regression: scan_quality ~ motion_score, one fit per/ })
  await coefficients.getByRole('row', { name: /^motion_score −\d\.\d+ .* −\d\.\d+ to −\d\.\d+/ }).waitFor()
  await page.getByRole('img', { name: /^Coefficient of motion_score, .*Coastal.*; Pooled −/ }).waitFor()
  assert.equal(
    await page
      .getByRole('table', { name: /^Coefficient of motion_score by institution/ })
      .getByRole('row')
      .count(),
    5
  )
  await page.getByText(/^Between institutions: τ² \d.*, I² \d.* %, Q = /).waitFor()
  await page.getByText('Released by each institution: the 6 sums of products of 3 columns').waitFor()
  await page.getByLabel('Coefficient by institution').selectOption('(Intercept)')
  await page.getByRole('img', { name: /^Coefficient of \(Intercept\)/ }).waitFor()
  await page.getByLabel('Coefficient by institution').selectOption('motion_score')
  await page.getByText('Released by each institution').scrollIntoViewIfNeeded()
  await picture('27-model-result')
  await accessible('a model, fitted')
  const csv = await saved(page, 'Save CSV')
  assert.match(csv, /\r\n\r\ninstitution,term,estimate,std_error,t,p,low_95,high_95\r\npooled,\(Intercept\),4\.\d+/)
  assert.equal(csv.match(/,motion_score,/g)?.length, 4)

  // The same question opens on the form again.
  await page.getByRole('link', { name: 'Change it and ask again' }).click()
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  assert.equal(await formula.inputValue(), 'scan_quality ~ motion_score')
  assert.ok(await page.getByRole('radio', { name: 'One fit each, combined' }).isChecked())
}
