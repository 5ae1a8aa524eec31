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
  /** What a steward can still look through; an array of models or atlases is one archive. */
  uploadsPerRequestMax: 8,
  /** Of one request together: two of the largest, and little beside a cohort's tables. */
  requestUploadBytesMax: 32 * MiB,
  /** Of a file's name, characters: what every file system takes. */
  uploadNameCharactersMax: 128,
  /** One piece on its way between two peers: some milliseconds of a line, so that no file holds it up. */
  uploadPieceBytesMax: 256 * KiB,
  /** Everything about one file of the largest size over a slow line; a job waits so long for its files, and no longer. */
  uploadFetchMsMax: 2 * 60_000,
  /** Files that one account keeps: a project's, and no archive. */
  uploadsPerOwnerMax: 64,
  uploadBytesPerOwnerMax: 256 * MiB,
  /** Of all accounts of a peer: a small part of its disk. */
  uploadBytesTotalMax: 4 * 1024 * MiB,
  /** A file that no open request names is gone then: long enough to try again after the weekend. */
  uploadLifetimeMs: 7 * 24 * 3_600_000,
  /** Files of others' jobs that have not ended; half of it for one asking peer, as of the queue. */
  jobUploadBytesMax: 1024 * MiB,
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
