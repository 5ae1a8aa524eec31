/** Advice on which sandbox has a library that is missing here, from fixed lists. No other peer or engine is asked. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '@stimnet/protocol'
import type { SandboxLanguage } from './sandbox.ts'
import { findInstallation } from './wasm/deno.ts'
import { readLock, WHEELS_LOCK } from './wasm/addons/wheels.ts'

/** Top-level modules of the images that this project builds, except those of the languages' standard libraries. */
const IN_DOCKER: Readonly<Record<SandboxLanguage, ReadonlySet<string>>> = {
  python: new Set(
    'numpy pandas scipy sklearn statsmodels patsy nibabel dateutil pytz joblib threadpoolctl packaging'.split(' ')
  ),
  jupyter: new Set(),
  r: new Set(
    'parallel survival dplyr jsonlite data.table tibble tidyselect magrittr rlang vctrs pillar lifecycle generics glue Matrix lattice'.split(
      ' '
    )
  )
}

/** A text such as "StimNet's Docker image has it". It depends only on the names of the library and the language. */
export async function whereIs(library: string, language: SandboxLanguage): Promise<string> {
  const own = language === 'jupyter' ? 'python' : language
  const places = [
    ...(IN_DOCKER[own].has(library) ? ["StimNet's Docker image has it"] : []),
    ...(own === 'python' ? await fetchable(library) : [])
  ]
  return places.length > 0 ? places.join('; ') : 'no sandbox of StimNet has it'
}

async function fetchable(library: string): Promise<string[]> {
  const name = (await packagesByModule()).get(library)
  return name === undefined ? [] : [`the embedded sandbox can, by \`stimnet sandbox fetch ${name}\``]
}

let reading: Promise<ReadonlyMap<string, string>> | undefined

/** The Pyodide package that contains each module. Read once; empty if there is no embedded sandbox. */
function packagesByModule(): Promise<ReadonlyMap<string, string>> {
  reading ??= readPackages().catch((error) => {
    if (codeOf(error) === 'SANDBOX_UNAVAILABLE') return new Map()
    throw error
  })
  return reading
}

async function readPackages(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(findInstallation().pyodideDirectory, WHEELS_LOCK), 'utf8')
  const wheels = [...readLock(text).values()]
  return new Map(wheels.flatMap(({ name, imports }) => imports.map((module) => [module, name])))
}
