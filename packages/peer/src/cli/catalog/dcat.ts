/** The action `dcat` of `stimnet catalog`. */
import { writeFile } from 'node:fs/promises'
import { EXIT, type Io } from '@stimnet/machine'
import { StimnetError } from '@stimnet/protocol'

/** Writes the description in JSON-LD. Returns `EXIT.failed` where something that the profile requires is not declared. */
export async function dcatAction(
  name: string,
  { config: file, out }: { readonly config: string; readonly out: string | undefined },
  io: Io
): Promise<number> {
  const [{ loadConfig }, { healthDcatOf }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../catalogs/health-dcat.ts')
  ])
  const { config } = await loadConfig(file)
  const catalog = config.catalogs.find((one) => one.name === name)
  if (catalog === undefined) {
    throw StimnetError.told('CATALOG_UNKNOWN', `${file} has no catalog ${JSON.stringify(name)}.`)
  }
  const { dataset, undeclared } = healthDcatOf(catalog, config)
  const text = `${JSON.stringify(dataset, null, 2)}\n`
  if (out === undefined) io.out(text)
  else await writeFile(out, text)
  if (catalog.access_level === 'private') io.err(`Note: ${name} is private: other institutions do not know of it.\n`)
  if (undeclared.length === 0) return EXIT.ok
  io.err(
    `HealthDCAT-AP requires more than ${name} declares. Add to it in the configuration: ${undeclared.join(', ')}.\n`
  )
  return EXIT.failed
}
