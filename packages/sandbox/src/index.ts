/** Public interface of the sandbox package ("safe settings"): runs untrusted programs on a cohort without network and within limits. */
export { ADMITTED, isAdmitted } from './attacks/admitted.ts'
export {
  type Assault,
  type Attack,
  type AttackResult,
  BOUNDS,
  type Bound,
  type Marks,
  type Probe,
  type Verdict
} from './attacks/attack.ts'
export { ATTACKS } from './attacks/catalogue.ts'
export {
  ATTACKABLE_ENGINES,
  type AttackableEngine,
  type EngineGrade,
  type EngineSettings,
  type OpenEngine,
  removeContainersOf
} from './attacks/engines.ts'
export { attackEngine, type EngineReport } from './attacks/report.ts'
export { type AttackOptions, attackSandbox, attacksFor } from './attacks/suite.ts'
export { Witnesses } from './attacks/witnesses.ts'
export { type DockerHost, type DockerSettings, openDockerSandbox } from './docker/open.ts'
export { type EngineFound, enginesAround } from './around.ts'
export { type FakeBehaviour, fakeSandbox } from './fake.ts'
export { GRADE_HOLDS, gradeRank, meetsGrade, SANDBOX_GRADES } from './grades.ts'
export type { Finding, FindingKind } from './review/finding.ts'
export type { ImportedModule } from './review/python.ts'
export type { Imports, Review } from './review/review.ts'
export { importsOf, reviewOf } from './review/reviewer.ts'
export type {
  Sandbox,
  SandboxFailure,
  SandboxGrade,
  SandboxJob,
  SandboxLanguage,
  SandboxLimits,
  SandboxOutcome,
  SandboxTable,
  SandboxUpload
} from './sandbox.ts'
export {
  openSandbox,
  type SandboxSettings,
  type SelectedSandbox
} from './select.ts'
export { type AddROptions, addR } from './wasm/addons/add-r.ts'
export { ADDONS, type Addon } from './wasm/addons/addons.ts'
export { type EmbeddedParts, embeddedParts } from './wasm/embedded.ts'
export { type FetchOptions, fetchWheels } from './wasm/addons/fetch-wheels.ts'
export { openWasmSandbox, type WasmSettings } from './wasm/open.ts'
export type { Wheel } from './wasm/addons/wheels.ts'
export { whereIs } from './where-is.ts'
