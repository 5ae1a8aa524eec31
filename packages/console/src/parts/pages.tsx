/** Every page of the console: where it is, what it is called, who needs it. Loaded when it is opened. */
import { type ComponentType, lazy } from 'react'
import { MeshPage } from '../pages/mesh.tsx'
import { Missing } from '../pages/missing.tsx'
import type { Place } from '../route.ts'
import { type Account, holds, type Role } from '../session/account.ts'

type Page = ComponentType<{ place: Place }>

interface Listed {
  readonly at: string
  readonly label: string
  /** Pages that are reached from it. */
  readonly below: readonly string[]
}

interface Group {
  readonly name: string
  readonly roles: readonly Role[]
  readonly pages: readonly Listed[]
}

const GROUPS: readonly Group[] = [
  {
    name: 'Network',
    roles: ['researcher', 'steward', 'auditor', 'operator'],
    pages: [
      { at: '', label: 'Mesh', below: [] },
      { at: 'catalogs', label: 'Catalogs', below: [] }
    ]
  },
  {
    name: 'Research',
    roles: ['researcher'],
    pages: [
      { at: 'ask', label: 'Ask', below: [] },
      { at: 'questions', label: 'Questions', below: ['question'] }
    ]
  }
]

const PAGES: Readonly<Record<string, { page: Page; roles?: readonly Role[] }>> = {
  '': { page: MeshPage },
  catalogs: { page: lazy(async () => ({ default: (await import('../pages/catalogs.tsx')).CatalogsPage })) },
  ask: { page: lazy(async () => ({ default: (await import('../pages/ask.tsx')).AskPage })), roles: ['researcher'] },
  questions: { page: lazy(async () => ({ default: (await import('../pages/questions.tsx')).QuestionsPage })) },
  question: { page: lazy(async () => ({ default: (await import('../pages/question.tsx')).QuestionPage })) }
}

/** Those that an account can use. */
export function groupsFor(holdsOne: (roles: readonly Role[]) => boolean): readonly Group[] {
  return GROUPS.filter(({ roles }) => holdsOne(roles))
}

/** What is shown at a place. */
export function pageAt({ page }: Place, account: Account): Page {
  const found = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined
  if (!found || (found.roles && !holds(account, ...found.roles))) return Missing
  return found.page
}
