import assert from 'node:assert/strict'
import { release } from 'node:os'
import { describe, test } from 'node:test'
import { sandboxContract } from './contract.ts'
import { dockerHere, PYTHON_PROGRAMS } from './docker-engine.ts'
import { hostileContainers } from './docker-hostile.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'

const here = await dockerHere('minimal', 'runsc')

if (!here.skip)
  sandboxContract({ name: 'docker under gVisor', open: () => here.open({ poolSize: 1 }), programs: PYTHON_PROGRAMS })
hostileContainers({ name: 'a container under gVisor', here, isGvisor: true })

describe('a node that uses gVisor', { skip: here.skip }, () => {
  test('says so in its grade, and means it: the kernel that answers is not that of this machine', async () => {
    const sandbox = await here.open()
    const { grade } = await sandbox.describe()

    const outcome = await sandbox.run(jobOf('result = open("/proc/version").read()'), LIMITS_OF_TESTS)
    await sandbox.close()
    assert.equal(grade, 'docker+gvisor')

    assert.ok(outcome.ok && !outcome.result.includes(release()), JSON.stringify(outcome))
  })
})
