/** Every page of the console with its path, name and roles. The code of a page is loaded when the page is opened. */
import type { Role } from '@stimnet/sdk'
import { type ComponentType, lazy } from 'react'
import { MeshPage } from './mesh.tsx'
import { Missing } from './missing.tsx'
import type { Place } from '../route.ts'
import type { PageGroup } from '../parts/frame/navigation.tsx'
import { type Account, holds, ROLES } from '../session/account.ts'

type Page = ComponentType<{ place: Place }>

const WATCHERS = ['auditor', 'steward', 'operator'] as const
const STEWARDS = ['steward', 'operator'] as const
const RESEARCHER = ['researcher'] as const

const GROUPS: readonly PageGroup[] = [
  {
    name: 'Network',
    pages: [
      { at: '', label: 'Mesh', roles: ROLES },
      { at: 'catalogs', label: 'Catalogs', roles: ROLES }
    ]
  },
  {
    name: 'Research',
    pages: [
      { at: 'ask', label: 'Ask', roles: RESEARCHER },
      { at: 'questions', label: 'Questions', below: ['question', 'fit'], roles: RESEARCHER },
      { at: 'key', label: 'Your key', roles: RESEARCHER }
    ]
  },
  {
    name: 'Decisions',
    pages: [
      { at: 'requests', label: 'Requests', below: ['request'], roles: ['researcher', ...STEWARDS] },
      { at: 'standing', label: 'Standing approvals', roles: STEWARDS },
      { at: 'stewardship', label: 'Stewardship', roles: WATCHERS },
      { at: 'sandboxes', label: 'Sandboxes', roles: WATCHERS }
    ]
  },
  { name: 'Record', pages: [{ at: 'log', label: 'Audit log', roles: WATCHERS }] }
]

interface Shown {
  readonly page: Page
  readonly roles: readonly Role[]
}

const shown = (roles: readonly Role[], load: () => Promise<Page>): Shown => ({
  page: lazy(async () => ({ default: await load() })),
  roles
})

const PAGES: Readonly<Record<string, Shown>> = {
  '': { page: MeshPage, roles: ROLES },
  catalogs: shown(ROLES, async () => (await import('./catalogs.tsx')).CatalogsPage),
  ask: shown(RESEARCHER, async () => (await import('./ask.tsx')).AskPage),
  questions: shown(RESEARCHER, async () => (await import('./questions.tsx')).QuestionsPage),
  question: shown(RESEARCHER, async () => (await import('./question.tsx')).QuestionPage),
  fit: shown(RESEARCHER, async () => (await import('./fit.tsx')).FitPage),
  key: shown(RESEARCHER, async () => (await import('./key.tsx')).KeyPage),
  requests: shown(['researcher', ...STEWARDS], async () => (await import('./requests.tsx')).RequestsPage),
  request: shown(['researcher', ...STEWARDS], async () => (await import('./request.tsx')).RequestPage),
  standing: shown(STEWARDS, async () => (await import('./standing.tsx')).StandingPage),
  stewardship: shown(WATCHERS, async () => (await import('./stewardship.tsx')).StewardshipPage),
  sandboxes: shown(WATCHERS, async () => (await import('./sandboxes.tsx')).SandboxesPage),
  log: shown(WATCHERS, async () => (await import('./log.tsx')).LogPage)
}

/** The pages that an account may open, by group. Groups without such a page are left out. */
export function groupsFor(account: Account): readonly PageGroup[] {
  return GROUPS.map(({ name, pages }) => ({
    name,
    pages: pages.filter(({ roles }) => holds(account, ...roles))
  })).filter(({ pages }) => pages.length > 0)
}

/** The page at a place; the page `Missing` if the account may not open it or it does not exist. */
export function pageAt({ page }: Place, account: Account): Page {
  const found = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined
  return found && holds(account, ...found.roles) ? found.page : Missing
}
