/** A browser for tests: Debian's Chromium, pages that fail on anything they complain of, axe, and pictures for people. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Undefined where none is installed: then what needs it is skipped. */
export const CHROMIUM = CANDIDATES.find((path) => existsSync(path))

const ARTEFACTS = join(import.meta.dirname, '../../test-artifacts/console')

// No sandbox of its own: CI runs as root. Nothing that would speak to the world.
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

/** A person at a browser of their own. */
export interface Person {
  readonly page: Page
  /** Everything the browser complained of: errors, refused scripts, dialogs. */
  readonly complaints: string[]
  /** Keeps a picture of the page. */
  picture(name: string): Promise<void>
  /** Fails on a serious or critical finding of axe, in light and in dark. */
  accessible(what: string): Promise<void>
  close(): Promise<void>
}

/** Opens a fresh browser; `expected` complaints are none. */
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

/** After a resize the page looks at itself in a later frame: axe comes when it has, or reports what never came. */
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
