/**
 * Loaded into each test file by `npm test`: property tests use the same cases in each run, so that a failure is caused by a change of the
 * code. The long tests, and `node --test FILE`, use other cases each time.
 */
import fc from 'fast-check'

fc.configureGlobal({ seed: 2_026 })
