/** The folders of a peer. */

/** The folders that a peer creates in its `data_dir`. */
export const PEER_FOLDERS = ['db', 'snapshots', 'sandbox', 'uploads', 'job-files', 'federation', 'self-test'] as const
