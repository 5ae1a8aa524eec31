/** Programs that tests of the deployment run where this machine has them. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The folder with the files of the deployment. */
export const DEPLOY = join(import.meta.dirname, '../../config/deploy')

export const deployFile = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8')

const FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/bin', '/sbin']

/** The path of a program; undefined if it is not installed. */
export function programAt(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** For the option `skip` of a test: names the missing programs; false if there are none. */
export function without(...names: readonly string[]): string | false {
  const missing = names.filter((name) => programAt(name) === undefined)
  return missing.length > 0 && `not installed: ${missing.join(', ')}`
}

/** Runs a program. Rejects with its output if it fails. */
export async function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(programAt(name) ?? name, args, {
    env: { PATH: FOLDERS.join(':'), ...env },
    timeout: 60_000
  }).catch((error) => {
    throw new Error(`${name} ${args.join(' ')}: ${error.stdout}${error.stderr}`, { cause: error })
  })
  return `${stdout}${stderr}`
}
