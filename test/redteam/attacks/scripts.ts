/** Attacks by scripts that try to smuggle data out. Their catalog is marked synthetic, so that they run without approval. */
import { type Attack, Broken, besidesTheCard, mustHold, observed, outcomeOf, worst } from '../attack.ts'
import type { World } from '../world.ts'

/** A catalog that runs scripts without approval and shows their ends on the release grid. */
const RUNS = {
  site: 'small',
  shares: 'scripts',
  catalog: { synthetic: true, scripts: 'auto', timing: 'padded' }
} as const

const LOAD = 'from data_loader import load_data\npeople = load_data()["people"]\n'
const T = 'any(p["diagnosis"] == "rare" and p["postcode"] == "P9" and int(p["age"]) >= 80 for p in people)'
const run = (world: World, catalog: string, code: string, more = {}) => world.python(catalog, LOAD + code, more)

async function eachRefused(world: World, catalog: string, codes: readonly string[]) {
  const answers = await Promise.all(codes.map((code) => run(world, catalog, code)))
  const found = answers.findIndex((answer) => outcomeOf(answer) === 'RELEASE')
  if (found >= 0)
    throw new Broken(`released: ${codes[found]} gave ${JSON.stringify(answers[found]?.result).slice(0, 200)}`)
  return worst(answers)
}

const ONE_BIT = {
  difference: 'refusal',
  why: 'Nobody read the code: one bit about one person is always within its budget. It runs on data marked synthetic alone, and no claim is made.'
} as const

export const SCRIPT_ATTACKS: readonly Attack[] = [
  {
    ...RUNS,
    id: 'R34',
    attack: 'A script that says its cohort has 1,000 people',
    expected: 'RELEASE',
    remains: { difference: 'numbers', why: 'The card tells the true number, of people of the cohort.' },
    run: async (world, catalog) => {
      const answer = await run(world, catalog, 'result = {"n": 1000}', { filters: { sex: 'female' } })
      const { disclosure } = (answer.result ?? {}) as {
        disclosure?: { subjects: number; level: string; claim: string }
      }
      const women = world.data.small.people.filter(({ sex }) => sex === 'female').length
      mustHold(disclosure?.subjects === women, 'the card repeats what the script says')
      mustHold(disclosure?.level === 'unreviewed', 'a script nobody read carries a claim')
      return observed(answer)
    }
  },
  {
    ...RUNS,
    id: 'R35',
    attack: 'A row as base64, hexadecimal or text in a string, a key or a label',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, [
        'import base64, json\nresult = {"a": base64.b64encode(json.dumps(people[-1]).encode()).decode()}',
        'result = {str(people[-1]["cost"]): 1000}'
      ])
  },
  {
    ...RUNS,
    id: 'R37',
    attack: 'A secret in the last digits of a number',
    expected: 'RELEASE',
    run: async (world, catalog) =>
      besidesTheCard(
        await run(
          world,
          catalog,
          `result = {"weight": 61.23 + (1e-9 if ${T} else 0.0), "age": 1e-31 * (1 if ${T} else 2), "cost": 123456 + (1 if ${T} else 0)}`
        )
      )
  },
  {
    ...RUNS,
    id: 'R39',
    attack: 'A secret in a count beyond n, beyond 2^53, or of forty digits',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, [`result = {"n": 2**60 + (1 if ${T} else 0)}`, 'result = {"n": float("nan")}'])
  },
  {
    ...RUNS,
    id: 'R40',
    attack: 'Names that look like declared ones: other alphabets, full-width, zero-width',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(
        world,
        catalog,
        ['"c\\u043ast"', '"cost\\u200b"', '"".join(chr(0xFEE0 + ord(c)) for c in "cost")'].map(
          (name) => `result = {${name}: 12.5}`
        )
      )
  },
  {
    ...RUNS,
    id: 'R40b',
    attack: 'Keys that JSON readers disagree on: twice the same, __proto__',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(
        world,
        catalog,
        ['{"age": 12.5, "age": 13.5}', '{"__proto__": {"age": 12.5}}'].map(
          (text) => `import os\nopen(os.environ["OUTPUT_FILE"], "w").write('''${text}''')`
        )
      )
  },
  {
    ...RUNS,
    id: 'R41',
    attack: 'The length of a list, past what a contract holds',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, [
        'result = [0] * (65 + len(people) % 7)',
        'result = [round(float(p["weight"]), 1) for p in people][:20]'
      ])
  },
  {
    ...RUNS,
    id: 'R43',
    attack: 'A picture as output, a row behind its first bytes',
    expected: 'DEFAULT',
    run: (world, catalog) =>
      eachRefused(world, catalog, [
        'import os\nopen(os.environ["OUTPUT_FILE"], "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + bytes(people[-1]["sex"], "ascii"))'
      ])
  },
  {
    ...RUNS,
    id: 'R44',
    attack: 'Output, errors and exit codes that tell of the target',
    expected: 'DEFAULT',
    remains: {
      difference: 'refusal',
      why: 'Of made-up people the traceback is told: whoever writes scripts learns there.'
    },
    run: async (world, catalog) =>
      worst(
        await Promise.all([
          run(world, catalog, `import sys\nprint(people[-1], file=sys.stderr)\nsys.exit(3 if ${T} else 4)`),
          run(world, catalog, `raise ValueError(str(people[-1]) if ${T} else "nobody")`)
        ])
      )
  },
  {
    ...RUNS,
    id: 'R44b',
    attack: 'To fail if the target is there',
    expected: 'DEFAULT',
    remains: ONE_BIT,
    run: async (world, catalog) => observed(await run(world, catalog, `result = 1 / 0 if ${T} else {"n": 1000}`))
  },
  {
    ...RUNS,
    id: 'R45',
    attack: 'Memory, disk and processor used only where the target is',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const answer = await run(
        world,
        catalog,
        `x = bytearray(80_000_000 if ${T} else 1)\ny = sum(range(300_000 if ${T} else 1))\nresult = {"n": 1000}`
      )
      mustHold(answer.rest.memory_used_mb === null && answer.rest.records_processed === null, 'use is published')
      return besidesTheCard(answer)
    }
  },
  {
    ...RUNS,
    id: 'R46',
    attack: 'Residuals, fitted values or leverage, one for each person',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, [
        'm = sum(int(p["cost"]) for p in people) / len(people)\nresult = [round(int(p["cost"]) / m, 3) for p in people[:40]]'
      ])
  },
  {
    ...RUNS,
    id: 'R52',
    attack: 'Points of a scatter plot, a model that remembers rows',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, ['result = {"x": [p["age"] for p in people], "y": [p["cost"] for p in people]}'])
  },
  {
    ...RUNS,
    id: 'S02',
    attack: 'The small counts: how many are of the target’s kind',
    expected: 'SUPPRESS',
    run: async (world, catalog) => {
      const code = `n = sum(p["diagnosis"] == "rare" and p["postcode"] == "P9" and int(p["age"]) >= 80 for p in people)
result = {"n": n if n > 0 else 1, "m": -n if n > 0 else -1}`
      return besidesTheCard(await run(world, catalog, code))
    }
  },
  {
    ...RUNS,
    id: 'S03',
    attack: 'A script over a cohort that is too small, or stands one person apart from an earlier one',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      worst(
        await Promise.all([
          run(world, catalog, 'result = {"n": 1000}', { filters: { diagnosis: 'Z' } }),
          run(world, catalog, 'result = {"n": 1000}', { where: { column: 'age', op: '>=', values: [80] } })
        ])
      )
  },
  {
    ...RUNS,
    id: 'S04',
    attack: 'The network, other files, processes and the machine, from within a script',
    expected: 'DEFAULT',
    run: async (world, catalog) =>
      worst(
        await Promise.all([
          run(world, catalog, 'import socket\ns = socket.create_connection(("127.0.0.1", 9))'),
          run(world, catalog, 'import subprocess\nsubprocess.run(["id"], check=True)')
        ])
      )
  }
]
