/** Tests of signing in to the console with the institution's login provider: a real provider and a real browser. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { clinic } from '../clinic.ts'
import { CHROMIUM, openPerson } from './chromium.ts'

/** Fills in the provider's pages: the login, and then the consent. */
async function logInAt(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name)
  await page.locator('input[name=password]').fill('any')
  await page.locator('button[type=submit]').click()
  await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' })
  await page.locator('button[type=submit]').click()
}

test('logging in to the console by a provider', { skip: CHROMIUM ? false : 'no Chromium here' }, async (t) => {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/console.mjs')], { stdio: 'pipe' })
  const { url } = await clinic(t)
  // The provider's pages request fonts from the internet, which is not reachable.
  const person = async (sub: TestContext) => {
    const one = await openPerson({ expected: /ERR_|favicon\.ico/ })
    sub.after(() => one.close())
    return one
  }

  await t.test('lets in whom its claims say, and keeps no code in the address', async (sub) => {
    const { page, complaints, accessible } = await person(sub)
    await page.goto(`${url}/`)
    await page.getByRole('button', { name: 'Clinic' }).waitFor()
    await accessible('a door with a provider')
    await page.getByRole('button', { name: 'Clinic' }).click()
    await logInAt(page, 'ada')
    await page.getByRole('heading', { name: 'Mesh', level: 1 }).waitFor()
    await page.getByText('clinic:ada').waitFor()
    assert.equal(page.url(), `${url}/#/`)
    await page.reload()
    await page.getByText('clinic:ada').waitFor()
    assert.deepEqual(complaints, [])
  })

  await t.test('tells whoever no rule lets in', async (sub) => {
    const { page } = await person(sub)
    await page.goto(`${url}/`)
    await page.getByRole('button', { name: 'Clinic' }).click()
    await logInAt(page, 'carl')
    await page.getByText('This account may not do that.').waitFor()
    assert.equal(page.url(), `${url}/#/`)
    await page.getByLabel('User name').waitFor()
  })

  await t.test('signs nobody in by a code that was begun elsewhere', async (sub) => {
    const { page } = await person(sub)
    await page.goto(`${url}/#/?login_code=${'A'.repeat(43)}`)
    await page.getByText('The login was not completed. Start it again.').waitFor()
    assert.equal(page.url(), `${url}/#/`)
  })
})
