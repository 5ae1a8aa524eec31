/**
 * A mesh in a separate process, for nat.test.ts. The first argument holds the settings as JSON. Each line of standard input
 * is a request, and each line of standard output its answer: the durations of the requested number of exchanges with a peer,
 * or the state.
 */
import { createInterface } from 'node:readline'
import { helloExchange } from '../src/index.ts'
import { type Plan, soon, withNetwork } from './network.ts'

/** The settings of this process. */
export interface NatSettings extends Pick<Plan, 'listen' | 'bootstrap' | 'relays' | 'relaying'> {
  readonly seedHex: string
}

/** The request: exchanges with a peer, or only the state. */
export interface NatQuestion {
  readonly ask?: string
  readonly times?: number
}

/** The answer. `error` is the code of an exchange that failed. */
export interface NatAnswer {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly connected: readonly string[]
  readonly isReserved: boolean
  readonly isReachedDirectly: boolean
  readonly ms: readonly number[]
  readonly error?: string
}

/** An exchange without the rate limit of hello, so that many exchanges in a row can be timed. */
const RATE = { burst: 1_000_000, perSecond: 1_000_000 }
const echoExchange = {
  ...helloExchange,
  id: '/stimnet/echo/1.0.0',
  quota: { perPeer: RATE, total: RATE }
}

const { seedHex, ...settings } = JSON.parse(process.argv[2] ?? '{}') as NatSettings

await withNetwork(async (start) => {
  const { mesh } = await start({
    ...settings,
    seed: Uint8Array.from(Buffer.from(seedHex, 'hex')),
    prepare: (own) => own.serve(echoExchange, async () => ({ jws: new Uint8Array(10_000) }))
  })
  const answer = (more: Partial<NatAnswer> = {}): void => {
    const { direct, relays } = mesh.reach()
    const state: NatAnswer = {
      peerId: mesh.peerId,
      addresses: mesh.addresses(),
      connected: mesh.connected(),
      isReserved: relays.some(({ sinceMs }) => sinceMs !== null),
      isReachedDirectly: direct.isReached,
      ms: [],
      ...more
    }
    process.stdout.write(`${JSON.stringify(state)}\n`)
  }
  answer()
  for await (const line of createInterface({ input: process.stdin })) {
    const { ask, times = 1 } = JSON.parse(line) as NatQuestion
    const ms: number[] = []
    try {
      for (let i = 0; ask !== undefined && i < times; i++) {
        const startedAt = performance.now()
        await mesh.ask(echoExchange, ask, { version: '1' }, { signal: soon() })
        ms.push(performance.now() - startedAt)
      }
      answer({ ms })
    } catch (error) {
      answer({ ms, error: (error as { code?: string }).code ?? String(error) })
    }
  }
})
