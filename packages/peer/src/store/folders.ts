/** The folders of a peer. */

/**
 * The folder in `data_dir` that exists during a restore, or after an interrupted restore. While it exists, no database is
 * opened.
 */
export const RESTORING = 'restore'

/** The folder in `data_dir` for notes about backups that are not yet in the audit log. */
export const BACKUPS_MADE = 'backups-made'

/** The folders that a peer creates in its `data_dir`. */
export const PEER_FOLDERS = [
  ...(['db', 'snapshots', 'sandbox', 'uploads', 'job-files', 'federation', 'self-test'] as const),
  ...([BACKUPS_MADE, RESTORING] as const)
]
