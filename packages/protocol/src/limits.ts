/** The limits of the protocol, each with its reason. Sizes are in bytes, times in ms. */

const KiB = 1024
const MiB = 1024 * KiB

/** Limits on sizes, times and counts. Each name ends in its unit and bound. */
export const LIMITS = {
  /** The longest script that a person can still review. */
  scriptBytesMax: 256 * KiB,
  /** Room for a script and its parameters, in the base64 of a JWS. */
  envelopeBytesMax: 512 * KiB,
  /** A JSON body over HTTP: room for an envelope in base64 and the other fields. */
  restBodyBytesMax: 1 * MiB,
  /** One uploaded file. */
  uploadBytesMax: 16 * MiB,
  /** As many files as a steward can still look through. A collection of models or atlases can be one archive. */
  uploadsPerRequestMax: 8,
  /** All files of one request together: two of the largest size, which is little compared with a cohort's tables. */
  requestUploadBytesMax: 32 * MiB,
  /** Length of a file's name, in characters: short enough for every file system. */
  uploadNameCharactersMax: 128,
  /** One piece of a file in transfer between two peers: some milliseconds of a connection, so that no file blocks it. */
  uploadPieceBytesMax: 256 * KiB,
  /** Longest time for fetching all files of a job, ms: enough for a file of the largest size over a slow connection. */
  uploadFetchMsMax: 2 * 60_000,
  /** Files that one account can keep: enough for a project, too few for an archive. */
  uploadsPerOwnerMax: 64,
  uploadBytesPerOwnerMax: 256 * MiB,
  /** Files of all accounts of a peer together: a small part of its disk. */
  uploadBytesTotalMax: 4 * 1024 * MiB,
  /** Age at which a file that no open request names is deleted: long enough to try again after a weekend. */
  uploadLifetimeMs: 7 * 24 * 3_600_000,
  /** Files of all jobs that have not ended, at the serving peer. The jobs of one asking peer may use half of it. */
  jobUploadBytesMax: 1024 * MiB,
  /** A safe output: room for thousands of cells, and far too little for a data set. */
  outputBytesMax: 64 * KiB,
  /** One output frame of a sandbox, before disclosure control. */
  sandboxFrameBytesMax: 1 * MiB,
  /** An event on the follow stream: a safe output in base64 inside a JWS, and its receipt. */
  followFrameBytesMax: 160 * KiB,
  /** No sensible definition of a cohort needs a deeper filter. */
  filterDepthMax: 4,
  filterLiteralsMax: 32,
  /** Bounds on the work that strangers can queue: in total, and per requester. */
  queueJobsMax: 100,
  queueJobsPerRequesterMax: 8,
  /** Results that the node computes itself become visible at multiples of this time, so that durations disclose nothing. */
  releaseGridMs: 25,
  /** Results of scripts become visible at this time multiplied by a power of two. */
  scriptGridMs: 250,
  /** The smallest k that a configuration can set. In a group of two, each person can work out the other one's value. */
  cohortSizeFloor: 3,
  /** Long enough for a slow broadcast, short enough that a stolen request soon becomes useless. */
  requestLifetimeMsMax: 10 * 60_000,
  /** Tolerated difference between clocks. Those of well-kept machines differ by less. */
  clockSkewMs: 60_000,
  /** A catalog's published number of subjects is rounded down to a multiple of this. */
  totalRecordsRounding: 10,
  /** Keywords of one catalog; they are announced in the DHT. */
  keywordsMax: 32,
  wallTimeMsDefault: 60_000,
  wallTimeMsMax: 60 * 60_000,
  memoryBytesDefault: 1024 * MiB
} as const
