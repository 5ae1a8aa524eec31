import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openWasmSandbox } from '../src/index.ts'
import { sandboxContract } from './contract.ts'

const cacheDir = await mkdtemp(join(tmpdir(), 'stimnet-sandbox-'))
after(() => rm(cacheDir, { recursive: true, force: true }))

sandboxContract({
  name: 'wasm',
  open: () => openWasmSandbox({ cacheDir, poolSize: 1 }),
  programs: {
    answers: 'result = {"n": 3}',
    fails: 'raise ValueError("of its own")',
    neverEnds: 'while True:\n  pass',
    leavesNothing: 'x = 1',
    leavesNoJson: 'import os\nopen(os.environ["OUTPUT_FILE"], "w").write(\'{"n": NaN}\')',
    answersTooMuch: 'result = "x" * 100_000',
    printsTooMuch: 'while True:\n  print("x" * 1000)',
    prints: 'print("printed by the program")\nresult = {"n": 3}'
  }
})
