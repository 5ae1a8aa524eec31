/** The limits of the protocol, each with its reason. Sizes are in bytes, times in ms. */

const KiB = 1024
const MiB = 1024 * KiB

/** Limits on sizes, times and counts. Each name ends in its unit and bound. */
export const LIMITS = {
  /** The longest script that a person can still review. */
  scriptBytesMax: 256 * KiB,
  /** Maximum size of an envelope: room for a script and its parameters, in the base64 of a JWS. */
  envelopeBytesMax: 512 * KiB,
  /** Maximum size of a JSON body over HTTP: room for an envelope in base64 and the other fields. */
  restBodyBytesMax: 1 * MiB,
  /** One uploaded file. */
  uploadBytesMax: 16 * MiB,
  /** Maximum number of files of a request that a steward can still check. A collection of models or atlases can be one archive. */
  uploadsPerRequestMax: 8,
  /** Maximum size of all files of one request: two files of maximum size, which is little compared with a cohort's tables. */
  requestUploadBytesMax: 32 * MiB,
  /** Maximum length of a file name: short enough for every file system. */
  uploadNameCharactersMax: 128,
  /** Size of one piece of a file in transfer between two peers: some milliseconds of a connection, so that no file blocks it. */
  uploadPieceBytesMax: 256 * KiB,
  /** Maximum time for fetching all files of a job: enough for a file of maximum size over a slow connection. */
  uploadFetchMsMax: 2 * 60_000,
  /** Maximum number and size of the files that one account can store: enough for a project, too little for an archive. */
  uploadsPerOwnerMax: 64,
  uploadBytesPerOwnerMax: 256 * MiB,
  /** Maximum size of the files of all accounts of a peer: a small part of its disk. */
  uploadBytesTotalMax: 4 * 1024 * MiB,
  /** Age at which a file is deleted if no open request names it: enough to try again after a weekend. */
  uploadLifetimeMs: 7 * 24 * 3_600_000,
  /** Maximum size of the files of all unfinished jobs at the serving peer. The jobs of one asking peer may use half of it. */
  jobUploadBytesMax: 1024 * MiB,
  /** Maximum size of a safe output: room for thousands of cells, and far too little for a data set. */
  outputBytesMax: 64 * KiB,
  /** Maximum size of one output frame of a sandbox, before disclosure control. */
  sandboxFrameBytesMax: 1 * MiB,
  /** Maximum size of an event on the follow stream: a safe output in base64 inside a JWS, and its receipt. */
  followFrameBytesMax: 160 * KiB,
  /**
   * Maximum size of a file that is verified offline: a receipt, a proof, or an extract under a permit. A larger extract continues in
   * another file. In characters: room for hundreds of records with their proofs.
   */
  evidenceFileCharactersMax: 4 * MiB,
  /** Maximum depth of a filter and number of its values. No sensible definition of a cohort needs more. */
  filterDepthMax: 4,
  filterLiteralsMax: 32,
  /** Maximum number of queued jobs, in total and per requester, which bounds the work that strangers can cause. */
  queueJobsMax: 100,
  queueJobsPerRequesterMax: 8,
  /** Results that the node computes itself become visible at multiples of this time, so that durations disclose nothing. */
  releaseGridMs: 25,
  /** Results of scripts become visible at this time multiplied by a power of two. */
  scriptGridMs: 250,
  /** The smallest k that a configuration can set. In a group of two, each person can work out the other one's value. */
  cohortSizeFloor: 3,
  /** Maximum validity of a request: enough for a slow broadcast, and so short that a stolen request soon becomes useless. */
  requestLifetimeMsMax: 10 * 60_000,
  /** Tolerated difference between clocks. Clocks of well-maintained machines differ by less. */
  clockSkewMs: 60_000,
  /** A catalog's published number of subjects is rounded down to a multiple of this. */
  totalRecordsRounding: 10,
  /** Maximum number of keywords of one catalog; they are announced in the DHT. */
  keywordsMax: 32,
  wallTimeMsDefault: 60_000,
  wallTimeMsMax: 60 * 60_000,
  memoryBytesDefault: 1024 * MiB
} as const
