/** The path of the Unix socket to which gateway processes connect: its folder is closed to other users, and nothing is in its way. */
import { lstat, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { makeFolder } from '@stimnet/machine'
import { StimnetError } from '@stimnet/protocol'

/** The length of a path that fits into the address of a Unix socket on every system, bytes. Node would cut a longer one. */
const PATH_BYTES_MAX = 103

/**
 * Makes the path ready to listen at. Throws CONFIG_INVALID if others could connect there or something else is at the path,
 * ADDRESS_IN_USE if another program listens there.
 */
export async function prepareSocket(path: string): Promise<void> {
  if (process.platform === 'win32') throw wrong(path, 'cannot be on Windows: use gateways.tls')
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) throw wrong(path, `is longer than ${PATH_BYTES_MAX} bytes`)
  await makeFolder(dirname(path)).catch((cause: unknown) => {
    throw wrong(path, 'is in a folder that is not there and cannot be made', cause)
  })
  await assertClosed(path)
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) throw wrong(path, 'is there and is no socket: name another path')
  if (await isAnswered(path)) throw new StimnetError('ADDRESS_IN_USE', `gateways.socket: a program listens at ${path}`)
  // Left behind by a peer that was killed.
  await rm(path, { force: true })
}

/**
 * Checks that only this user and the folder's group may enter the folder of a path, and only this user or root may change it. Throws
 * CONFIG_INVALID.
 */
export async function assertClosed(path: string): Promise<void> {
  const folder = dirname(path)
  const { mode, uid } = await stat(folder)
  if ((mode & 0o007) !== 0) throw wrong(path, `is in a folder that others may enter: chmod o= ${folder}`)
  if ((mode & 0o020) !== 0) throw wrong(path, `is in a folder in which its group may write: chmod g-w ${folder}`)
  if (uid !== 0 && uid !== process.getuid?.()) throw wrong(path, `is in a folder of another user: ${folder}`)
}

/** Whether a program accepts connections at the path. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path)
    const end = (answered: boolean) => {
      socket.destroy()
      settle(answered)
    }
    socket.once('connect', () => end(true))
    // Any other failure, such as a full list of connections, says that somebody is there.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED' && code !== 'ENOENT'))
  })
}

function wrong(path: string, why: string, cause?: unknown): StimnetError {
  return new StimnetError('CONFIG_INVALID', `gateways.socket: ${path} ${why}`, { cause })
}
