/** The health check of the image of the peer: succeeds if /ready of its gateway says that the peer is ready. */
// STIMNET_READY_URL is for gateways at another port or with TLS of their own.
const url = process.env.STIMNET_READY_URL ?? 'http://127.0.0.1:8000/ready'
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(8_000) })
  const { ready, checks = [] } = await answer.json()
  if (!ready) throw new Error(`not ready: ${checks.filter(({ ok }) => !ok).map(({ name }) => name)}`)
} catch (error) {
  // Docker keeps these words with the state of the container.
  console.log(`${url}: ${error.cause?.code ?? error.message}`)
  process.exitCode = 1
}
