import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Lanes } from '../src/streams/lanes.ts'

const NEVER = new AbortController().signal
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Tasks in one lane with two places. The test decides when each task ends. */
function laneOfTwo() {
  const lanes = new Lanes()
  const ends: (() => void)[] = []
  let begun = 0
  const run = (signal = NEVER) =>
    lanes.run('lane', 2, signal, () => {
      begun += 1
      return new Promise<void>((resolve) => ends.push(resolve))
    })
  return { run, begun: () => begun, end: (at: number) => ends[at]?.() }
}

describe('a lane', () => {
  it('lets so many in at once, and the others in turn', async () => {
    const lane = laneOfTwo()
    const works = [lane.run(), lane.run(), lane.run(), lane.run()]
    await settle()
    assert.equal(lane.begun(), 2)
    lane.end(1)
    await settle()
    assert.equal(lane.begun(), 3)
    for (const at of [0, 2]) lane.end(at)
    await settle()
    lane.end(3)
    await Promise.all(works)
  })

  it('forgets who no longer wants to wait, also in the moment of the turn', async () => {
    const lane = laneOfTwo()
    const works = [lane.run(), lane.run()]
    const [patient, impatient] = [new AbortController(), new AbortController()]
    const gone = lane.run(impatient.signal)
    const alsoGone = lane.run(patient.signal)
    impatient.abort(new Error('no longer'))
    await assert.rejects(gone, /no longer/)
    lane.end(0)
    patient.abort(new Error('no longer either'))
    await assert.rejects(alsoGone, /no longer either/).catch(() => {})
    await settle()
    const next = [lane.run()]
    await settle()
    assert.equal(lane.begun() >= 3, true, 'the place is free again')
    for (const at of [1, 2, 3]) lane.end(at)
    await Promise.all([...works, ...next])
  })

  it('stays open after a failure', async () => {
    const lanes = new Lanes()
    for (let i = 0; i < 3; i++) {
      await assert.rejects(
        lanes.run('lane', 1, NEVER, async () => {
          throw new Error('failed')
        }),
        /failed/
      )
    }
    assert.equal(await lanes.run('lane', 1, NEVER, async () => 7), 7)
  })
})
