/**
 * Changes one source text as it is loaded: `node --import ./hook.mjs`, with STIMNET_MUTATION = { file, from, to, mark }. It
 * leaves `mark` behind once it has changed something, so that a mutation that was never loaded is not taken for a caught one.
 */
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const { file, from, to, mark } = JSON.parse(process.env.STIMNET_MUTATION ?? '{}')

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(file)) return loaded
    const text = new TextDecoder().decode(loaded.source)
    writeFileSync(mark, file)
    return { ...loaded, source: text.replace(from, () => to) }
  }
})
