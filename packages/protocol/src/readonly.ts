/** Readonly types of what is read, pooled and shown: nobody changes what was sent or released. */

/** The same to the bottom, and nothing of it can be assigned. */
export type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T
