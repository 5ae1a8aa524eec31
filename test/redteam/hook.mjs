/**
 * Changes one source while it is loaded: `node --import ./hook.mjs`, with STIMNET_MUTATION = { file, from, to, mark }. It writes
 * the file `mark` when it has loaded the source, so that a mutation that was never loaded does not count as noticed.
 */
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import fc from 'fast-check'

const { file, from, to, mark } = JSON.parse(process.env.STIMNET_MUTATION ?? '{}')

// Nobody reads the counterexample, so it is not minimised, which takes longer than finding it.
fc.configureGlobal({ endOnFailure: true })

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(file)) return loaded
    const text = new TextDecoder().decode(loaded.source)
    writeFileSync(mark, file)
    return { ...loaded, source: text.replace(from, () => to) }
  }
})
