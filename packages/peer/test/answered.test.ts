import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnsweredStore, forgetAnswered } from '../src/store/released/answered.ts'
import { Database } from '../src/store/database.ts'

test('a question that was answered is known of one scope, also after a restart', async (t) => {
  const database = await Database.open({ memory: true }, () => 0)
  t.after(() => database.close())
  const answered = new AnsweredStore(database)
  await database.commit(async (draft) => {
    await answered.note(draft, 'trial!global', {
      question: 'aa',
      jobId: 'job'
    })
    await answered.note(draft, 'trial!global', {
      question: 'aa',
      jobId: 'job'
    })
  })
  for (const store of [answered, new AnsweredStore(database)]) {
    assert.equal(await store.has('trial!global', 'aa'), true)
    assert.equal(await store.has('trial!global', 'bb'), false)
    assert.equal(await store.has('trial!project!alpha', 'aa'), false, 'what one project was answered, another was not')
  }
})

test('a question whose answer was not written is not taken for answered', async (t) => {
  const database = await Database.open({ memory: true }, () => 0)
  t.after(() => database.close())
  const answered = new AnsweredStore(database)
  await database.commit((draft) => answered.note(draft, 'trial!global', { question: 'aa', jobId: 'job' }))
  const failing = database.commit(async (draft) => {
    await answered.note(draft, 'trial!global', {
      question: 'aa',
      jobId: 'job'
    })
    await answered.note(draft, 'trial!global', {
      question: 'bb',
      jobId: 'job'
    })
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  for (const store of [answered, new AnsweredStore(database)]) {
    assert.deepEqual([await store.has('trial!global', 'aa'), await store.has('trial!global', 'bb')], [true, false])
  }
})

test('a catalog that leaves its epoch leaves what was answered from it, and no other catalog does', async (t) => {
  const database = await Database.open({ memory: true }, () => 0)
  t.after(() => database.close())
  const answered = new AnsweredStore(database)
  await database.commit(async (draft) => {
    for (const scope of ['trial!global', 'trial!project!alpha', 'trials!global'])
      await answered.note(draft, scope, { question: 'aa', jobId: 'job' })
  })
  const forget = await forgetAnswered(database, 'trial')
  await database.commit(forget)
  const again = new AnsweredStore(database)
  assert.deepEqual(
    await Promise.all(['trial!global', 'trial!project!alpha', 'trials!global'].map((scope) => again.has(scope, 'aa'))),
    [false, false, true]
  )
})
