import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyUnanswered } from '../src/requests/deliver.ts'
import { VERSION } from '../src/version.ts'

test('peers that share no exchange are named by their versions, with what to do', () => {
  assert.equal(
    whyUnanswered('UNIMPLEMENTED', '0.0.9'),
    `The peer does not support this exchange. It runs version 0.0.9, and this peer version ${VERSION}: the one with the older version has to be updated.`
  )
  assert.match(whyUnanswered('UNIMPLEMENTED', ''), /It runs a version that is not known here/)
  assert.equal(whyUnanswered('DEADLINE', '0.0.9').includes('0.0.9'), false)
})
