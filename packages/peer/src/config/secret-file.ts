/** Secrets in files that the configuration names. */
import { readFile, stat } from 'node:fs/promises'
import { StimnetError } from '@stimnet/protocol'

/** The secret in a file, without white space around it. Throws CONFIG_INVALID naming the key of the configuration. */
export async function secretIn(file: string, key: string): Promise<string> {
  const others = await stat(file)
    .then(({ mode }) => process.platform !== 'win32' && (mode & 0o007) !== 0)
    .catch(() => false)
  // Secrets are often mounted as links, so `stat` checks the file behind the link.
  if (others) throw new StimnetError('CONFIG_INVALID', `${key}: ${file} can be read by others: chmod 600`)
  const secret = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StimnetError('CONFIG_INVALID', `${key}: ${file} cannot be read`, { cause })
  })
  if (secret.trim() !== '') return secret.trim()
  throw new StimnetError('CONFIG_INVALID', `${key}: ${file} is empty`)
}
