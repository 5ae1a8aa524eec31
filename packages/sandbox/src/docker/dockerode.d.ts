/** Types for the part of dockerode that is used here, since dockerode has no types. */
declare module 'dockerode' {
  import type { Duplex, Readable } from 'node:stream'

  interface Abortable {
    readonly abortSignal?: AbortSignal
  }

  interface Container {
    readonly id: string
    start(options: Abortable): Promise<unknown>
    wait(options: Abortable & { readonly condition: 'not-running' }): Promise<unknown>
    inspect(options: Abortable): Promise<{
      readonly State: {
        readonly ExitCode: number
        readonly OOMKilled: boolean
        readonly Running: boolean
        /** RFC 3339. */
        readonly FinishedAt: string
      }
    }>
    stats(options: Abortable & { readonly stream: false; readonly 'one-shot': true }): Promise<{
      readonly memory_stats: {
        readonly limit?: number
        /** Only with control groups v1. */
        readonly max_usage?: number
        /** With control groups v2: how often an allocation failed. With v1 the value is not reliable. */
        readonly failcnt?: number
      }
    }>
    remove(options: Abortable & { readonly force: boolean; readonly v: boolean }): Promise<unknown>
  }

  interface Dial extends Abortable {
    readonly path: string
    readonly method: 'POST'
    readonly file: Buffer
    readonly isStream: true
    readonly hijack: true
    readonly openStdin: false
    readonly statusCodes: Readonly<Record<number, true | string>>
  }

  export default class Docker {
    constructor(options: {
      readonly socketPath?: string
      readonly protocol?: 'https' | undefined
      readonly host?: string | undefined
      readonly port?: number | undefined
      readonly pathPrefix?: string | undefined
      readonly timeout?: number | undefined
      readonly ca?: string
      readonly cert?: string
      readonly key?: string
    })
    readonly modem: { dial(options: Dial, done: (error: Error | null, socket?: Duplex) => void): void }
    info(options: Abortable): Promise<{
      readonly MemoryLimit: boolean
      readonly PidsLimit: boolean
      readonly CpuCfsQuota: boolean
      readonly SecurityOptions: readonly string[] | null
      readonly DefaultRuntime: string
      readonly Runtimes: Readonly<Record<string, unknown>>
    }>
    ping(options: Abortable): Promise<unknown>
    getEvents(
      options: Abortable & {
        /** Unix time, s. */
        readonly since: number
        readonly until: number
        readonly filters: Readonly<Record<string, readonly string[]>>
      }
    ): Promise<Readable>
    getImage(name: string): {
      inspect(options: Abortable): Promise<{
        readonly Id: string
        readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null } | null
      }>
    }
    getContainer(id: string): Container
    createContainer(options: Abortable & Readonly<Record<string, unknown>>): Promise<Container>
    listContainers(
      options: Abortable & { readonly all: boolean; readonly filters: Readonly<Record<string, readonly string[]>> }
    ): Promise<
      readonly {
        readonly Id: string
        readonly Labels: Readonly<Record<string, string>>
        /** Unix time, s. */
        readonly Created: number
      }[]
    >
  }
}
