/**
 * Loaded into each file of tests by `npm test`: properties are tried with the same cases in each run, so that a change is judged by what it
 * changes. The long tests, and `node --test FILE`, try others each time.
 */
import fc from 'fast-check'

fc.configureGlobal({ seed: 2_026 })
