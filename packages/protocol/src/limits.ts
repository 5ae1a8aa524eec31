/** Every limit of the protocol, each beside its reason. Sizes in bytes, times in ms. */

const KiB = 1024
const MiB = 1024 * KiB

/** Most bytes, times and counts; a name ends in its unit and bound. */
export const LIMITS = {
  /** A script a person can still review. */
  scriptBytesMax: 256 * KiB,
  /** A script, its parameters and the base64 of a JWS around them. */
  envelopeBytesMax: 512 * KiB,
  /** JSON over HTTP: an envelope in base64 and room for the rest. */
  restBodyBytesMax: 1 * MiB,
  /** A file brought along by a client. */
  uploadBytesMax: 16 * MiB,
  /** A safe output: thousands of cells, and far too little for a data set. */
  outputBytesMax: 64 * KiB,
  /** One frame out of a sandbox, before it is judged. */
  sandboxFrameBytesMax: 1 * MiB,
  /** An event on the follow stream: a safe output in base64 inside a JWS, and its receipt. */
  followFrameBytesMax: 160 * KiB,
  /** Deeper filters than this are no longer a question about a cohort. */
  filterDepthMax: 4,
  filterLiteralsMax: 32,
  /** Bounded work for a stranger: in total, and for one requester. */
  queueJobsMax: 100,
  queueJobsPerRequesterMax: 8,
  /** What a node computes itself becomes visible on this grid, so that its duration says nothing. */
  releaseGridMs: 25,
  /** Scripts become visible at 250 ms times a power of two. */
  scriptGridMs: 250,
  /** No configuration goes below: with two, each of the pair learns the other. */
  cohortSizeFloor: 3,
  /** Long enough for a slow broadcast, short enough that a stolen request soon is useless. */
  requestLifetimeMsMax: 10 * 60_000,
  /** Clocks of well-kept machines differ by less. */
  clockSkewMs: 60_000,
  /** Rounding of a catalog's published number of subjects. */
  totalRecordsRounding: 10,
  /** Keywords a steward may put into the DHT. */
  keywordsMax: 32,
  wallTimeMsDefault: 60_000,
  wallTimeMsMax: 60 * 60_000,
  memoryBytesDefault: 1024 * MiB
} as const
