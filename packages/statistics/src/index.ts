/** Sufficient statistics that add across sites, and how to pool them. Pure arithmetic: runs in a browser. */
export * from './distributions.ts'
export * from './moments.ts'
export * from './named.ts'
export * from './pool.ts'
export * from './pool-typed.ts'
export * from './quantile.ts'
export * from './rational.ts'
export * from './tests.ts'
