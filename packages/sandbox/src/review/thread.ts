/** A worker thread that reviews scripts one after the other. The code that started the thread ends it. */
import { parentPort } from 'node:worker_threads'
import type { SandboxLanguage } from '../sandbox.ts'
import { readScript } from './review.ts'

/** A message to the thread, which answers it with a `Review`. */
export interface ToRead {
  readonly language: SandboxLanguage
  readonly code: string
}

parentPort?.on('message', async ({ language, code }: ToRead) => {
  parentPort?.postMessage(await readScript(language, code))
})
