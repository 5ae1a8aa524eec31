/** Jobs and limits for the tests of all sandboxes. */
import { type AddressInfo, createServer } from 'node:net'
import type { SandboxJob, SandboxLanguage, SandboxLimits, SandboxOutcome, SandboxTable } from '../src/index.ts'

export const MiB = 1024 * 1024

export const LIMITS_OF_TESTS: SandboxLimits = {
  wallTimeMsMax: 20_000,
  memoryBytesMax: 1024 * MiB,
  outputBytesMax: 64 * 1024
}

export const SUBJECTS: SandboxTable = {
  name: 'subjects',
  csv: Buffer.from(
    'subject_id,age,sex,visit_date,weight\nS1,61,F,2024-01-02,70.5\nS2,,M,,\n"S,3",70,F,2024-03-04,81\n'
  ),
  columns: [
    { name: 'subject_id', type: 'text' },
    { name: 'age', type: 'integer' },
    { name: 'sex', type: 'category' },
    { name: 'visit_date', type: 'date' },
    { name: 'weight', type: 'number' }
  ]
}

export function jobOf(code: string, more: Partial<SandboxJob> = {}): SandboxJob {
  return {
    jobId: 'job-1',
    language: 'python',
    code,
    parameters: { threshold: 5 },
    filters: { sex: 'F' },
    catalogId: 'clinical_trial_data',
    tables: [SUBJECTS],
    minCohortSize: 7,
    ...more
  }
}

/** A notebook with these code cells. */
export function notebookOf(...cells: string[]): { language: SandboxLanguage; code: string } {
  return {
    language: 'jupyter',
    code: JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [
        { cell_type: 'markdown', source: ['# A report'] },
        ...cells.map((source) => ({ cell_type: 'code', outputs: [], source: source.split(/(?<=\n)/) }))
      ]
    })
  }
}

/** A program that tries each piece of code. Its result is the list of successful ones. */
export function tryAll(pieces: Record<string, string>): string {
  return `
import json
got = []
for name, code in json.loads(${JSON.stringify(JSON.stringify(pieces))}).items():
    try:
        exec(code, {})
        got.append(name)
    except BaseException as error:
        print(name, "->", repr(error)[:200])
result = {"got": got}
`
}

/** A service of this machine that no program may reach, and how often it was reached. */
export async function openBait(): Promise<{ readonly port: number; hits(): number; close(): void }> {
  let hits = 0
  const server = createServer((socket) => {
    hits++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, hits: () => hits, close: () => server.close() }
}

/** The result of a run, or the code with which it failed. */
export async function classOf(running: Promise<SandboxOutcome>): Promise<string> {
  const outcome = await running
  return outcome.ok ? outcome.result : outcome.code
}
