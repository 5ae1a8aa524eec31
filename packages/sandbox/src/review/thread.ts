/** A worker thread that reviews scripts, one after the other. Its creator ends it. */
import { parentPort } from 'node:worker_threads'
import type { SandboxLanguage } from '../sandbox.ts'
import { readScript } from './review.ts'

/** A message to the thread. It answers each with a `Review`. */
export interface ToRead {
  readonly language: SandboxLanguage
  readonly code: string
}

parentPort?.on('message', async ({ language, code }: ToRead) => {
  parentPort?.postMessage(await readScript(language, code))
})
