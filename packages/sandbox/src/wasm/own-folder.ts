/** A folder that only this user can read and write. */
import { chmod, mkdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'

/** Creates the folder if needed and removes others' access to it. Returns its absolute path. Throws SANDBOX_UNAVAILABLE. */
export async function ownFolder(path: string): Promise<string> {
  // Sandboxes start in the root folder, so their paths must be absolute.
  const folder = resolve(path)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (process.platform === 'win32') return folder
    const { uid, mode } = await stat(folder)
    if (uid !== process.getuid?.()) {
      const advice = `${folder} belongs to another user: give each user a sandbox.cache_dir of their own`
      throw new StimnetError('SANDBOX_UNAVAILABLE', advice)
    }
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700)
    return folder
  } catch (cause) {
    if (cause instanceof StimnetError) throw cause
    throw new StimnetError('SANDBOX_UNAVAILABLE', `opening the folder ${folder}`, { cause })
  }
}
