/** A thread that reads scripts, one after the other. Ended by whoever started it. */
import { parentPort } from 'node:worker_threads'
import type { SandboxLanguage } from '../sandbox.ts'
import { readScript } from './review.ts'

/** What it is sent; it answers each with its `Review`. */
export interface ToRead {
  readonly language: SandboxLanguage
  readonly code: string
}

parentPort?.on('message', async ({ language, code }: ToRead) => {
  parentPort?.postMessage(await readScript(language, code))
})
