/** A deeply readonly type for data that was sent or released, which must not change. */

/** The type with all nested properties readonly. */
export type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T
