/** Attacks on the answer: the host must accept one bounded text from a program and nothing else. */
import type { Assault, Marks } from '../attack.ts'

const NONE = 'result = {"got": []}\n'

type Piece = readonly [
  id: string,
  title: string,
  tries: string,
  code: string | ((marks: Marks) => string),
  ends?: Assault['ends']
]

const OUT = 'import os\nout = os.environ["OUTPUT_FILE"]\ntry: os.remove(out)\nexcept OSError: pass\n'
const CONTAINED = { PROGRAM_FAILED: 'contained', refused: 'contained', OUTPUT_LIMIT: 'output limit' } as const

/** Expected ends of attacks that crash their program. The crash must count as the program's own failure. */
const ENDED = { PROGRAM_FAILED: 'contained', refused: 'contained' } as const

const PIECES: readonly Piece[] = [
  [
    'answer.link',
    'a link as its result',
    'Have the host read a file of the machine in place of the result.',
    ({ secretPath }) => `${OUT}os.symlink(${JSON.stringify(secretPath)}, out)`
  ],
  [
    'answer.pipe',
    'a pipe as its result',
    'Have the host wait for ever for a result that never comes.',
    `${OUT}os.mkfifo(out)`,
    { ...CONTAINED, TIME_LIMIT: 'wall time' }
  ],
  ['answer.folder', 'a folder as its result', 'Confuse whoever reads the result.', `${OUT}os.mkdir(out)`],
  [
    'answer.sparse',
    'a file of a terabyte that takes no space',
    'Have the host read a terabyte.',
    `${OUT}with open(out, "wb") as f: f.truncate(2 ** 40)`,
    { ...CONTAINED, MEMORY_LIMIT: 'memory limit' }
  ],
  [
    'answer.not-text',
    'bytes that are no text',
    'Break whoever reads the result as text.',
    `${OUT}with open(out, "wb") as f: f.write(b'"\\xff\\xfe\\xc0"')`
  ],
  [
    'answer.not-json',
    'a number that is none',
    'Break whoever reads the result as JSON.',
    `${OUT}open(out, "w").write("NaN")`
  ],
  [
    'answer.deep',
    'brackets without end',
    'Break whoever reads the result by nesting it deeply.',
    `${OUT}open(out, "w").write("[" * 40_000 + "]" * 40_000)`
  ],
  [
    'answer.twice',
    'two answers',
    'Send a second answer past the runner, which is taken for the next job’s.',
    `
import os
for descriptor in range(0, 64):
    try: os.write(descriptor, b"R\\0\\0\\0\\x0f" + b'{"got":["two"]}')
    except OSError: pass
${NONE}`
  ],
  [
    'answer.long',
    'a frame that promises more than comes',
    'Have the host wait for, or make room for, four gigabytes.',
    `
import os
for descriptor in range(3, 64):
    try: os.write(descriptor, b"R\\xff\\xff\\xff\\xff{}")
    except OSError: pass
os._exit(0)`
  ],
  [
    'answer.bad-end',
    'an answer and a bad end',
    'Have an answer counted although the program crashed.',
    `
import os
for descriptor in range(3, 64):
    try: os.write(descriptor, b"R\\0\\0\\0\\x0f" + b'{"got":["bad"]}')
    except OSError: pass
os._exit(1)`
  ],
  ['answer.none', 'exit code 0 and no answer', 'Pass for a success without one.', 'import os\nos._exit(0)'],
  [
    'answer.pickle',
    'objects that act when they are dumped',
    'Run code in the host by what the result is made of.',
    `
class Acting(dict):
    def __reduce__(self): return (print, ("acted",))
    def items(self): raise SystemExit(0)
result = Acting(got=[])`
  ],
  [
    'end.abort',
    'a crash',
    'Crash in a way that is taken for the node’s own fault.',
    'import os\nos.abort()',
    { ...ENDED, MEMORY_LIMIT: 'contained' }
  ],
  [
    'end.pointer',
    'a wild pointer',
    'Crash the interpreter from within.',
    'import ctypes\nctypes.memset(0, 0, 30_000_000)\nresult = {"got": []}',
    { ...ENDED, MEMORY_LIMIT: 'contained' }
  ],
  [
    'end.kill',
    'end itself',
    'End itself by a signal, which is taken for the node’s own fault.',
    `
import os, signal
try: os.kill(os.getpid(), signal.SIGKILL)
except (OSError, AttributeError): pass
${NONE}`,
    { ...ENDED, SANDBOX_UNAVAILABLE: 'taken for a failure of the node' }
  ]
]

/** Attacks with invalid results, forged answers and unusual ends. */
export const FORGERY_ATTACKS: readonly Assault[] = PIECES.map(([id, title, tries, code, ends = CONTAINED]) => ({
  kind: 'assault',
  language: 'python',
  id,
  title,
  tries,
  ends,
  program: typeof code === 'string' ? () => code : code
}))
