/** A researcher composes survival curves, a log-rank test, hazard ratios, a logistic model and principal components in the console. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Person } from './chromium.ts'
import { beginAnew } from './steps.ts'

const statisticOf = (page: Page) => page.getByLabel('Statistic', { exact: true }).and(page.locator('select'))
const ask = (page: Page) => page.getByRole('button', { name: 'Ask 3 institutions' })

/** The user is already signed in. Each question is composed from the offered choices, sent, and read. */
export async function composesModels(person: Person, url: string): Promise<void> {
  await survival(person, url)
  await hazards(person, url)
  await interacting(person, url)
  await logistic(person, url)
  await components(person, url)
  await harmonisation(person, url)
}

/** An empty form about a catalog. */
async function begin(page: Page, url: string, catalog: string): Promise<void> {
  await page.goto(`${url}/#/ask`)
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  await beginAnew(page)
  await page.getByLabel('Catalog').selectOption(catalog)
}

async function survival({ page, picture, accessible }: Person, url: string): Promise<void> {
  await begin(page, url, 'safety_data')
  await statisticOf(page).selectOption('log_rank')
  await page.getByText('Choose the variable that makes the groups.').waitFor()
  await page.getByRole('checkbox', { name: 'Compare people within their own institution' }).waitFor()
  await statisticOf(page).selectOption('kaplan_meier')
  await page.getByLabel('Time', { exact: true }).selectOption('safety.days')
  await page.getByLabel('Event', { exact: true }).selectOption('safety.adverse_event')
  await page.getByText('Choose the level of those who had the event.').waitFor()
  assert.ok(await ask(page).isDisabled())
  await page.getByLabel('Level of those who had the event').selectOption('yes')
  await page.getByRole('group', { name: 'In groups of' }).getByLabel('arm').check()
  await page.getByLabel('Survival at').fill('90, soon')
  await page.getByText('Times: at most 12 numbers above 0.').waitFor()
  await page.getByLabel('Survival at').fill('90, 300')
  await picture('28-survival')
  await accessible('survival on the form')
  await ask(page).click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  const curves = page.getByRole('img', { name: /surgery/ }).first()
  await curves.waitFor()
  const readOff = page.getByRole('table', { name: /^Median time/ })
  await readOff
    .getByRole('row', { name: /Survival at 300/ })
    .first()
    .getByText(/\(exact times: .* to .*\)|^between .* and .*; in an interval from/)
    .waitFor()
  await readOff.scrollIntoViewIfNeeded()
  await picture('29-survival-result')
  await accessible('survival curves')
  await page.getByRole('link', { name: 'Change it and ask again' }).click()
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  assert.equal(await page.getByLabel('Event', { exact: true }).inputValue(), 'safety.adverse_event')
  assert.equal(await page.getByLabel('Survival at').inputValue(), '90, 300')
}

async function hazards({ page, picture, accessible }: Person, url: string): Promise<void> {
  await begin(page, url, 'safety_data')
  await statisticOf(page).selectOption('cox')
  await page.getByText('Choose one or two variables that make the groups.').waitFor()
  assert.ok(await page.getByRole('checkbox', { name: 'Compare people within their own institution' }).isChecked())
  await page.getByLabel('Time', { exact: true }).selectOption('safety.days')
  await page.getByLabel('Event', { exact: true }).selectOption('safety.adverse_event')
  await page.getByLabel('Level of those who had the event').selectOption('yes')
  await page.getByRole('group', { name: 'In groups of' }).getByLabel('arm').check()
  await ask(page).click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  const ratios = page.getByRole('table', { name: /^Proportional hazards \(Cox\) within institutions/ })
  await ratios.getByRole('row', { name: /^hazard ratio of surgery to medication \(arm\)/ }).waitFor()
  const plot = page.getByRole('img', { name: /hazard ratio of surgery to medication/ }).first()
  await plot.scrollIntoViewIfNeeded()
  await picture('29-hazard-ratios')
  await accessible('hazard ratios')
}

/** Hazard ratios of two categories, each of which differs between the levels of the other. */
export async function interacting({ page, picture, accessible }: Person, url: string): Promise<void> {
  await begin(page, url, 'fall_times')
  await statisticOf(page).selectOption('cox')
  await page.getByLabel('Time', { exact: true }).selectOption('times.days')
  await page.getByLabel('Event', { exact: true }).selectOption('times.fell')
  await page.getByLabel('Level of those who had the event').selectOption('yes')
  const groups = page.getByRole('group', { name: 'In groups of' })
  await groups.getByLabel('arm').check()
  const interaction = page.getByRole('checkbox', { name: /\(interaction\)/ })
  assert.equal(await interaction.count(), 0)
  await groups.getByLabel('sex').check()
  await interaction.check()
  await ask(page).click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  await page.getByText('The gateway shows the same.').waitFor()
  const ratios = page.getByRole('table', { name: /^Proportional hazards \(Cox\) within institutions/ })
  await ratios
    .getByRole('row', { name: /^ratio of the hazard ratios of training to usual \(arm\): male to female \(sex\)/ })
    .waitFor()
  await page.getByText(/hazard ratios of arm are those of people with sex female/).waitFor()
  await ratios.scrollIntoViewIfNeeded()
  await picture('39-interaction')
  await accessible('hazard ratios that interact')
  await page.getByRole('link', { name: 'Change it and ask again' }).click()
  await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor()
  assert.ok(await interaction.isChecked())
}

async function logistic({ page, picture, accessible }: Person, url: string): Promise<void> {
  await begin(page, url, 'safety_data')
  await statisticOf(page).selectOption('regression')
  await page.getByLabel('Family').selectOption('binomial')
  await page.getByLabel('Outcome').selectOption('safety.adverse_event')
  await page.getByLabel('Level that is modelled').selectOption('yes')
  await page
    .getByRole('group', { name: /^Factors/ })
    .getByLabel('arm')
    .check()
  const formula = page.getByRole('textbox', { name: 'Formula' })
  assert.equal(await formula.inputValue(), 'adverse_event ~ arm')
  // With a number it is fitted in rounds, and the page states this.
  await formula.fill('adverse_event ~ days')
  await page.getByText(/It is round 0 of a model that they fit together/).waitFor()
  await formula.fill('adverse_event ~ arm')
  await picture('30-logistic')
  await accessible('a logistic model')
  await ask(page).click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  const coefficients = page.getByRole('table', { name: /^Logistic regression of yes: adverse_event ~ arm/ })
  await coefficients.getByRole('columnheader', { name: 'Odds ratio' }).waitFor()
  await coefficients.getByRole('row', { name: /^arm\[surgery\]/ }).waitFor()
}

async function components({ page, picture }: Person, url: string): Promise<void> {
  await begin(page, url, 'imaging_data')
  await statisticOf(page).selectOption('pca')
  const variables = page.getByRole('group', { name: /^Of/ })
  await variables.getByLabel('scan_quality').check()
  await page.getByText('Choose at least 2 variables.').waitFor()
  await variables.getByLabel('motion_score').check()
  await page.getByRole('checkbox', { name: /^Scale each variable to variance 1/ }).uncheck()
  await picture('31-components')
  await ask(page).click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  const table = page.getByRole('table', { name: /^Principal components: / })
  await table.getByRole('row', { name: /^Share of the variance/ }).waitFor()
  await table.scrollIntoViewIfNeeded()
  await picture('32-components-result')
}

async function harmonisation({ page, picture, accessible }: Person, url: string): Promise<void> {
  await begin(page, url, 'imaging_data')
  await statisticOf(page).selectOption('combat')
  const variables = page.getByRole('group', { name: /^Of/ })
  await variables.getByLabel('scan_quality').check()
  await variables.getByLabel('motion_score').check()
  await page
    .getByRole('group', { name: /^Covariates/ })
    .getByLabel('scan_type')
    .check()
  await ask(page).click()
  await page.getByText('3 of 3 receipts verified.').waitFor()
  await page.getByText('The gateway shows the same.').waitFor()
  const table = page.getByRole('table', { name: /^ComBat harmonisation: .*; motion_score/ })
  await table.getByRole('row', { name: /^Coastal Medical Centre 100 / }).waitFor()
  const fitted = page.getByRole('table', { name: /^Harmonised motion_score on the covariates/ })
  await fitted.getByRole('row', { name: /^scan_type\[fMRI\] / }).waitFor()
  await table.scrollIntoViewIfNeeded()
  await picture('33-harmonised')
  await accessible('a harmonisation')
}
