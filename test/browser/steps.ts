/** Common steps of the browser tests: signing in, navigating, saving a file. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../mesh.ts'

/** Signs in at a gateway with an account's name. */
export async function signIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/`)
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Mesh', level: 1 }).waitFor()
}

/** Signs out, and waits until the gateway has ended the session too. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('User name').waitFor()
}

/** Goes to a page by the navigation. */
export const go = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click()

/** The contents of the file that a button saves. */
export async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click()
  ])
  return readFile(await download.path(), 'utf8')
}

/** Fails if the whole page must be scrolled sideways on a phone. */
export async function fitsPhone(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 })
  assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 390, what)
  await page.setViewportSize({ width: 1280, height: 860 })
}

/** Empties the form, and confirms that the composed query is discarded. */
export async function beginAnew(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start over' }).click()
  const sure = page.getByRole('button', { name: 'Yes, start over' })
  if (await sure.isVisible()) await sure.click()
}
