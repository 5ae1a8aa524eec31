/** Who opens, closes: the last opened closes first, also when a later step throws. */

/** What is open, in the order of opening. */
export interface Lifetime {
  /** Registers how to close what was just opened, and returns it. */
  keep<T>(opened: T, close: (opened: T) => unknown): T
  /** Closes everything, the last opened first; goes on past a failure and throws the first one at the end. */
  close(): Promise<void>
}

/** Runs `build` with a lifetime; what it opened is closed again if it throws. */
export async function withLifetime<T>(build: (lifetime: Lifetime) => Promise<T>): Promise<T> {
  const closers: (() => unknown)[] = []
  let closing: Promise<void> | undefined
  const lifetime: Lifetime = {
    keep: (opened, close) => {
      closers.push(() => close(opened))
      return opened
    },
    close: () => {
      closing ??= closeAll(closers)
      return closing
    }
  }
  try {
    return await build(lifetime)
  } catch (error) {
    // The first failure is the one to tell; a failure to clean up after it would only hide it.
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
