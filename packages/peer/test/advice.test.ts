import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveSettings } from '@stimnet/privacy'
import { CODES } from '@stimnet/protocol'
import { reasonOf } from '../src/jobs/admit/advice.ts'
import type { JobPlan } from '../src/jobs/admit/validate.ts'

const WHY = 'ValueError: S001, female, 64 years'
const settings = effectiveSettings({ preset: 'default' })
const planOf = (synthetic: boolean) =>
  ({ catalog: { descriptor: { synthetic, tables: [] } }, program: { kind: 'script' } }) as unknown as JobPlan

test('why a program failed is told of made-up people, and of nobody else', () => {
  assert.equal(reasonOf(planOf(false), settings, 'PROGRAM_FAILED', WHY), CODES.PROGRAM_FAILED.meaning)
  assert.ok(reasonOf(planOf(true), settings, 'PROGRAM_FAILED', WHY).endsWith(`${WHY}.`))
  assert.equal(reasonOf(planOf(true), settings, 'PROGRAM_FAILED', undefined), CODES.PROGRAM_FAILED.meaning)
})
