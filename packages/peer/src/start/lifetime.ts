/** Lifetimes: resources are closed in reverse order of opening, also if a later step of opening throws. */

/** The open resources, in the order of opening. */
export interface Lifetime {
  /** Registers how to close a resource that was just opened, and returns it. */
  keep<T>(opened: T, close: (opened: T) => unknown): T
  /**
   * Calls `work` every `ms` until the end of this lifetime. The timer does not keep the process alive. `work` handles its
   * own failures.
   */
  every(ms: number, work: () => void): void
  /** Closes everything in reverse order. Continues after a failure, and throws the first error at the end. */
  close(): Promise<void>
}

/** Runs `build` with a lifetime. If it throws, everything that it opened is closed. */
export async function withLifetime<T>(build: (lifetime: Lifetime) => Promise<T>): Promise<T> {
  const closers: (() => unknown)[] = []
  let closing: Promise<void> | undefined
  const lifetime: Lifetime = {
    keep: (opened, close) => {
      closers.push(() => close(opened))
      return opened
    },
    every: (ms, work) => {
      lifetime.keep(setInterval(work, ms).unref(), clearInterval)
    },
    close: () => {
      closing ??= closeAll(closers)
      return closing
    }
  }
  try {
    return await build(lifetime)
  } catch (error) {
    // The first failure is reported; a later failure of the clean-up would hide it.
    await lifetime.close().catch(() => undefined)
    throw error
  }
}

async function closeAll(closers: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closers.reverse()) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
