/** The browser for tests: Debian's Chromium, with complaints that fail a test, accessibility checks by axe, and screenshots. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of Chromium; undefined if it is not installed, in which case tests that need it are skipped. */
export const CHROMIUM = CANDIDATES.find((path) => existsSync(path))

const ARTEFACTS = join(import.meta.dirname, '../../test-artifacts/console')

// Without Chromium's own sandbox, because CI runs as root; and without any function that contacts the internet.
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync']
]

interface Axe {
  run(options: object): Promise<{
    violations: {
      id: string
      impact: string | null
      help: string
      nodes: { html: string; failureSummary?: string }[]
    }[]
  }>
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A person with a browser of their own. */
export interface Person {
  readonly page: Page
  /** Complaints of the browser: errors, refused scripts, dialogs. */
  readonly complaints: string[]
  /** Saves a screenshot of the page. */
  picture(name: string): Promise<void>
  /** Fails on a serious or critical finding of axe, in the light and in the dark colour scheme. */
  accessible(what: string): Promise<void>
  close(): Promise<void>
}

/** Opens a new browser. Complaints that match `expected` are ignored. */
export async function openPerson(options: { expected?: RegExp } = {}): Promise<Person> {
  const profile = mkdtempSync(join(tmpdir(), 'stimnet-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM ?? '',
    args: FLAGS,
    viewport: { width: 1280, height: 860 },
    colorScheme: 'light',
    acceptDownloads: true
  })
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(20_000)
  const complaints = listen(page, options.expected)
  mkdirSync(ARTEFACTS, { recursive: true })
  return {
    page,
    complaints,
    picture: async (name) => {
      await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) })
    },
    accessible: (what) => accessible(page, what),
    close: () => close(context, profile)
  }
}

function listen(page: Page, expected: RegExp | undefined): string[] {
  const complaints: string[] = []
  const complain = (text: string) => {
    if (!expected?.test(text)) complaints.push(text)
  }
  page.on('pageerror', (error) => complain(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') complain(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('dialog', (dialog) => {
    complain(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return complaints
}

async function close(context: BrowserContext, profile: string): Promise<void> {
  await context.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
}

/** Whether the page has adjusted itself after a resize, which it does in a later frame. axe runs then, or after a time limit. */
const SETTLED = `[...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)`

async function accessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction(SETTLED, undefined, { timeout: 10_000 }).catch(() => undefined)
    await page.evaluate(AXE)
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run({}))
    const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const told = bad.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`)
    assert.deepEqual(told, [], `${what}, ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
