/** The folders of a peer. */

/** The folder in `data_dir` that exists while a restore is under way, or after one was cut short. No database is opened beside it. */
export const RESTORING = 'restore'

/** The folder in `data_dir` of notes about backups that the audit log does not have yet. */
export const BACKUPS_MADE = 'backups-made'

/** The folders that a peer creates in its `data_dir`. */
export const PEER_FOLDERS = [
  ...(['db', 'snapshots', 'sandbox', 'uploads', 'job-files', 'federation', 'self-test'] as const),
  ...([BACKUPS_MADE, RESTORING] as const)
]
