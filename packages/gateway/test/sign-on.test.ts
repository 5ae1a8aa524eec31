import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse } from './house.ts'
import { freePort } from '../../../test/scratch.ts'

describe('a login provider', () => {
  it('that does not answer is a code that says so, and is asked again by the next login', async () => {
    const issuer = `http://127.0.0.1:${await freePort()}`
    const provider = { name: 'clinic', title: 'Clinic', issuer, clientId: 'stimnet', scope: 'openid' }
    const house = openHouse({ providers: [provider as never], publicUrl: () => 'http://127.0.0.1:8000' } as never)
    const path = `/api/v1/auth/providers/clinic/login?return_to=/&challenge=${'c'.repeat(43)}`
    for (let login = 0; login < 2; login++) {
      const answer = await house.ask('GET', path)
      const problem = (await answer.json()) as { code: string; detail?: string }
      assert.equal(problem.code, 'LOGIN_PROVIDER_UNREACHABLE')
      assert.ok(!JSON.stringify(problem).includes(issuer), 'nothing from inside')
    }
    const unknown = await house.ask('GET', `/api/v1/auth/providers/other/login?return_to=/&challenge=${'c'.repeat(43)}`)
    assert.equal(unknown.status, 404)
  })
})
