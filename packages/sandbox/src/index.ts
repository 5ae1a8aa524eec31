/** Safe settings: a stranger's program over a cohort, no network, bounded. */
export { type DockerSettings, openDockerSandbox } from './docker/open.ts'
export { type FakeBehaviour, fakeSandbox } from './fake.ts'
export { type ImportedModule, type Imports, importsOf } from './imports.ts'
export { cellsOf } from './notebook.ts'
export * from './sandbox.ts'
export { openWasmSandbox, type WasmSettings } from './wasm/open.ts'
