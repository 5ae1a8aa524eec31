import { attackedEngines } from './attacked-engines.ts'

attackedEngines((grade) => grade.startsWith('wasm'))
