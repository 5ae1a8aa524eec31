/** Health of the node, for people, probes and Prometheus. */
import { healthShape, type Readiness, readinessShape, serviceInfoShape } from '@stimnet/api'
import { z } from 'zod'
import type { Room } from '../room.ts'
import { Answer, type Route, route } from '../http/route.ts'
import { healthOf, serviceInfoOf } from '../shapes/node.ts'

/** Minimum interval between checks, ms, since probes are frequent and come from everywhere. */
const CHECKS_EVERY_MS = 1_000

/** Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Routes of /health, /ready, /metrics and /service-info. */
export function healthRoutes({ peer, clock }: Room): Route[] {
  const tag = 'Node'
  let checked: { atMs: number; checks: Promise<Readiness['checks']> } | undefined
  const checks = () => {
    const now = clock.now()
    if (!checked || Math.abs(now - checked.atMs) >= CHECKS_EVERY_MS) checked = { atMs: now, checks: peer.checks() }
    return checked.checks
  }
  return [
    route({
      method: 'GET',
      path: '/health',
      id: 'health',
      tag,
      summary: 'Node health check',
      access: 'open',
      limited: false,
      answer: healthShape,
      handle: () => healthOf(peer.facts(), peer.activity(), clock.now())
    }),
    route({
      method: 'GET',
      path: '/ready',
      id: 'ready',
      tag,
      summary: 'Whether the node can take requests; 503 where it cannot',
      access: 'open',
      limited: false,
      answer: readinessShape,
      statuses: [200, 503],
      handle: async () => {
        const found = await checks()
        const ready = found.every(({ ok }) => ok)
        return new Answer({ ready, checks: found }, { status: ready ? 200 : 503 })
      }
    }),
    route({
      method: 'GET',
      path: '/metrics',
      id: 'metrics',
      tag,
      summary: 'Prometheus metrics, for operators',
      access: 'account',
      roles: ['operator'],
      answer: z.string(),
      answerType: 'text/plain',
      handle: async ({ headers }) =>
        new Response(await peer.metrics(), {
          headers: headers({ 'content-type': METRICS_TYPE })
        })
    }),
    route({
      method: 'GET',
      path: '/service-info',
      id: 'serviceInfo',
      tag,
      summary: 'What this service is, as GA4GH describes services',
      access: 'open',
      answer: serviceInfoShape,
      handle: () => serviceInfoOf(peer.facts())
    })
  ]
}
