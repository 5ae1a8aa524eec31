/** The browser for tests: Debian's Chromium, with complaints that fail a test, accessibility checks by axe, and screenshots. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

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

/** A person with a profile of their own. */
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

/** The browser of this process. It takes a second to start; a further profile takes a moment. */
let browser: Promise<Browser> | undefined
const profiles = new Set<BrowserContext>()

/** Opens a new profile, which shares nothing with the others. Complaints that match `expected` are ignored. */
export async function openPerson(options: { expected?: RegExp } = {}): Promise<Person> {
  browser ??= chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS })
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 860 },
    colorScheme: 'light',
    acceptDownloads: true
  })
  profiles.add(context)
  const page = await context.newPage()
  // Longer than any wait on a busy machine. If it passes, the story has failed.
  page.setDefaultTimeout(180_000)
  const complaints = listen(page, options.expected)
  mkdirSync(ARTEFACTS, { recursive: true })
  return {
    page,
    complaints,
    picture: async (name) => {
      await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) })
    },
    accessible: (what) => accessible(page, what),
    close: () => close(context)
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

/** Closes a profile, and with the last one the browser. */
async function close(context: BrowserContext): Promise<void> {
  await context.close()
  if (!profiles.delete(context) || profiles.size > 0) return
  const last = browser
  browser = undefined
  await (await last)?.close()
}

/** Whether the page has adjusted itself after a resize, which it does in a later frame. axe runs then, or after a time limit. */
const SETTLED = `[...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)`

/** The rules of axe that depend on colours. In the second colour scheme, nothing else is different. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

async function accessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction(SETTLED, undefined, { timeout: 10_000 }).catch(() => undefined)
    if (colorScheme === 'light') await page.evaluate(AXE)
    const options = { resultTypes: ['violations'], ...(colorScheme === 'dark' ? { runOnly: OF_COLOURS } : {}) }
    const { violations } = await page.evaluate((how) => (globalThis as unknown as { axe: Axe }).axe.run(how), options)
    const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const told = bad.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`)
    assert.deepEqual(told, [], `${what}, ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
