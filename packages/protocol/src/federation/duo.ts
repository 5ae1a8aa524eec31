/**
 * Matching of data use terms with the purpose of a request, both in terms of the GA4GH Data Use Ontology (DUO). The rules are
 * those of DUOS (version 2 of its matching), with a third verdict for cases that no rule can judge.
 */
import { z } from 'zod'

/** DUO terms of main permissions. */
export const DATA_USE_PERMISSIONS = {
  'DUO:0000004': 'no restriction',
  'DUO:0000042': 'general research use',
  'DUO:0000006': 'health, medical or biomedical research',
  'DUO:0000007': 'research on the named diseases',
  'DUO:0000011': 'population origins or ancestry research only'
} as const

/** DUO terms that modify the main permission. */
export const DATA_USE_MODIFIERS = {
  'DUO:0000012': 'certain research types only',
  'DUO:0000015': 'no general methods research',
  'DUO:0000016': 'genetic studies only',
  'DUO:0000018': 'not-for-profit, non-commercial use only',
  'DUO:0000019': 'publication required',
  'DUO:0000020': 'collaboration required',
  'DUO:0000021': 'ethics approval required',
  'DUO:0000022': 'geographical restriction',
  'DUO:0000024': 'publication moratorium',
  'DUO:0000025': 'time limit on use',
  'DUO:0000026': 'user specific restriction',
  'DUO:0000027': 'project specific restriction',
  'DUO:0000028': 'institution specific restriction',
  'DUO:0000029': 'return to database or resource',
  'DUO:0000043': 'clinical care use',
  'DUO:0000044': 'population origins or ancestry research prohibited',
  'DUO:0000045': 'not-for-profit organisations only',
  'DUO:0000046': 'non-commercial use only'
} as const

/** DUO terms of a request's purpose. */
export const INVESTIGATIONS = {
  'DUO:0000031': 'method development',
  'DUO:0000032': 'population research',
  'DUO:0000033': 'ancestry research',
  'DUO:0000034': 'age category research',
  'DUO:0000035': 'gender category research',
  'DUO:0000036': 'research control',
  'DUO:0000037': 'biomedical research',
  'DUO:0000038': 'genetic research',
  'DUO:0000039': 'drug development research',
  'DUO:0000040': 'disease category research'
} as const

type Permission = keyof typeof DATA_USE_PERMISSIONS
type Modifier = keyof typeof DATA_USE_MODIFIERS

const keysOf = <K extends string>(terms: Readonly<Record<K, string>>) => Object.keys(terms) as [K, ...K[]]

/** A disease as a MONDO or DOID term. */
const diseaseSchema = z.string().regex(/^(MONDO|DOID):\d{1,8}$/, 'A disease such as MONDO:0005180.')

/** The permitted uses of a catalog. */
export const dataUseSchema = z
  .strictObject({
    permission: z.enum(keysOf(DATA_USE_PERMISSIONS)),
    /** Required for DUO:0000007; empty for every other permission. */
    diseases: z.array(diseaseSchema).max(64).default([]),
    modifiers: z
      .array(z.enum(keysOf(DATA_USE_MODIFIERS)))
      .max(32)
      .default([])
  })
  .refine(({ permission, diseases }) => (permission === 'DUO:0000007') === diseases.length > 0, {
    path: ['diseases'],
    error: 'Diseases can be named only with DUO:0000007.'
  })
/** The permitted uses of a catalog, parsed. */
export type DataUse = z.output<typeof dataUseSchema>

/** The result of a match. `people`: no rule can decide, so stewards must. */
export interface DataUseMatch {
  readonly verdict: 'permitted' | 'refused' | 'people'
  /** Depends only on the request and the catalog's public terms. */
  readonly reason: string
}

const BIOMEDICAL: readonly string[] = ['DUO:0000037', 'DUO:0000038', 'DUO:0000039', 'DUO:0000040']
const ANCESTRY: readonly string[] = ['DUO:0000032', 'DUO:0000033']
const METHODS = 'DUO:0000031'
const CONTROL = 'DUO:0000036'
const NON_PROFIT_NON_COMMERCIAL = 'DUO:0000018'

const permitted: DataUseMatch = { verdict: 'permitted', reason: '' }
const refused = (reason: string): DataUseMatch => ({ verdict: 'refused', reason })
const people = (reason: string): DataUseMatch => ({ verdict: 'people', reason })

interface Purpose {
  readonly investigations: readonly string[]
  readonly diseases: readonly string[]
  /** Modifiers with which the requester states to comply, such as non-commercial use. */
  readonly affirmed: readonly string[]
  readonly unknown: readonly string[]
}

/** Whether a purpose fits the permitted uses. A refusal by any rule takes precedence over the verdict `people` of another. */
export function matchDataUse(use: DataUse, terms: readonly string[]): DataUseMatch {
  const purpose = purposeOf(terms)
  const verdicts = [
    ofTerms(use, purpose),
    ofPermission(use, purpose),
    ...use.modifiers.map((modifier) => ofModifier(modifier, use, purpose))
  ]
  const worst =
    verdicts.find(({ verdict }) => verdict === 'refused') ?? verdicts.find(({ verdict }) => verdict === 'people')
  return worst ?? permitted
}

function purposeOf(terms: readonly string[]): Purpose {
  const isInvestigation = (term: string) => Object.hasOwn(INVESTIGATIONS, term)
  const isDisease = (term: string) => diseaseSchema.safeParse(term).success
  const isAffirmation = (term: string) => Object.hasOwn(DATA_USE_MODIFIERS, term)
  return {
    investigations: terms.filter(isInvestigation),
    diseases: terms.filter(isDisease),
    affirmed: terms.filter(isAffirmation),
    unknown: terms.filter((term) => !isInvestigation(term) && !isDisease(term) && !isAffirmation(term))
  }
}

function ofTerms({ permission }: DataUse, { investigations, diseases, unknown }: Purpose): DataUseMatch {
  if (unknown.length > 0) return people(`${unknown.slice(0, 4).join(', ')}: no purpose that can be judged by rule.`)
  if (permission === 'DUO:0000004' || investigations.length + diseases.length > 0) return permitted
  return refused(
    'Say what it is for, for example DUO:0000037 (biomedical research), or a disease such as MONDO:0005180.'
  )
}

function ofPermission(use: DataUse, purpose: Purpose): DataUseMatch {
  const { investigations, diseases } = purpose
  switch (use.permission) {
    case 'DUO:0000004':
    case 'DUO:0000042':
      return permitted
    case 'DUO:0000006':
      return ofBiomedical(investigations)
    case 'DUO:0000011':
      return investigations.length > 0 &&
        investigations.every((term) => ANCESTRY.includes(term)) &&
        diseases.length === 0
        ? permitted
        : refused('The catalog is for population origins or ancestry research only.')
    case 'DUO:0000007':
      return ofDiseases(use, purpose)
  }
}

function ofBiomedical(investigations: readonly string[]): DataUseMatch {
  if (investigations.some((term) => ANCESTRY.includes(term))) {
    return refused('The catalog is for biomedical research, which population origins and ancestry are not.')
  }
  const isClear = (term: string) => BIOMEDICAL.includes(term) || term === METHODS || term === CONTROL
  const doubtful = investigations.filter((term) => !isClear(term))
  return doubtful.length === 0
    ? permitted
    : people(`Stewards decide whether ${doubtful.join(', ')} is biomedical research.`)
}

function ofDiseases(use: DataUse, { investigations, diseases }: Purpose): DataUseMatch {
  const named = use.diseases.join(', ')
  if (investigations.some((term) => ANCESTRY.includes(term))) return refused(`The catalog is for research on ${named}.`)
  if (diseases.length === 0) {
    // Method development is permitted unless a modifier forbids it. Any other purpose must name the disease.
    const isMethods = investigations.length > 0 && investigations.every((term) => term === METHODS)
    return isMethods ? permitted : refused(`The catalog is for research on ${named}: name the disease.`)
  }
  const others = diseases.filter((disease) => !use.diseases.includes(disease))
  // A disease may be a subtype of a named one. Deciding that needs the whole disease ontology or an expert.
  return others.length === 0 ? permitted : people(`Stewards decide whether ${others.join(', ')} is a kind of ${named}.`)
}

function ofModifier(modifier: Modifier, use: DataUse, purpose: Purpose): DataUseMatch {
  const { investigations, affirmed, diseases } = purpose
  const affirms = (...terms: string[]) => terms.some((term) => affirmed.includes(term))
  switch (modifier) {
    case 'DUO:0000015': {
      const onDisease = diseases.length > 0 && diseases.every((disease) => use.diseases.includes(disease))
      return investigations.includes(METHODS) && !onDisease ? refused('No general methods research here.') : permitted
    }
    case 'DUO:0000016':
      return investigations.includes('DUO:0000038') ? permitted : refused('Genetic studies (DUO:0000038) only.')
    case 'DUO:0000044':
      return investigations.some((term) => ANCESTRY.includes(term))
        ? refused('No research on population origins or ancestry.')
        : permitted
    case 'DUO:0000045':
    case 'DUO:0000046':
      return affirms(modifier, NON_PROFIT_NON_COMMERCIAL) ? permitted : affirmation(modifier)
    case 'DUO:0000018':
      return affirms(modifier) || (affirms('DUO:0000045') && affirms('DUO:0000046')) ? permitted : affirmation(modifier)
    default:
      return people(`The catalog says "${DATA_USE_MODIFIERS[modifier]}" (${modifier}), which stewards judge.`)
  }
}

function affirmation(modifier: Modifier): DataUseMatch {
  return people(`The catalog is for ${DATA_USE_MODIFIERS[modifier]}: affirm it with ${modifier}, or stewards decide.`)
}

/** A catalog's permission, diseases and modifiers as one list of terms, as in its description. */
export function dataUseTerms(use: DataUse): string[] {
  const permission: Permission = use.permission
  return [permission, ...use.diseases, ...use.modifiers]
}
