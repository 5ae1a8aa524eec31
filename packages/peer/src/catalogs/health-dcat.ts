/** A catalog in HealthDCAT-AP (release 8, JSON-LD), from what its steward declared. Reads no data. */
import { type CatalogConfig, offeredConfig } from '@stimnet/data'
import { DATA_USE_MODIFIERS, DATA_USE_PERMISSIONS, type DataUse, dataUseTerms } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'

const CONTEXT = {
  csvw: 'http://www.w3.org/ns/csvw#',
  cv: 'http://data.europa.eu/m8g/',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  healthdcatap: 'http://healthdataportal.eu/ns/health#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#'
} as const

const EU = 'http://publications.europa.eu/resource/authority'
const ONTOLOGIES = 'http://purl.obolibrary.org/obo'
/** The regulation on the European Health Data Space. */
const LEGISLATION = { '@id': 'http://data.europa.eu/eli/reg/2025/327/oj' }
const CSVW_TYPES = { integer: 'integer', number: 'decimal', category: 'string', date: 'date', text: 'string' } as const

type VariableConfig = CatalogConfig['tables'][number]['variables'][number]

type Node = Readonly<Record<string, unknown>>

/** The description, and the keys of the catalog that would have to be declared to meet the profile. */
export interface HealthDcat {
  readonly dataset: Node
  readonly undeclared: readonly string[]
}

/** The description of a catalog of a peer's configuration. */
export function healthDcatOf(config: CatalogConfig, peer: Pick<PeerConfig, 'institution' | 'node_id'>): HealthDcat {
  const { title, description, keywords, dcat = {} } = config
  const identifier = dcat.identifier ?? `${peer.node_id}/${config.name}`
  const dataset = {
    '@context': CONTEXT,
    ...(dcat.identifier === undefined ? {} : { '@id': dcat.identifier }),
    '@type': 'dcat:Dataset',
    'dct:identifier': identifier,
    'dct:title': title || config.name,
    ...(description === '' ? {} : { 'dct:description': description }),
    ...(keywords.length === 0 ? {} : { 'dcat:keyword': keywords }),
    'dcat:theme': { '@id': `${EU}/data-theme/HEAL` },
    'dcatap:applicableLegislation': LEGISLATION,
    'dct:publisher': agentOf(peer.institution, dcat.contact),
    ...(dcat.contact === undefined ? {} : { 'dcat:contactPoint': vcardOf(dcat.contact) }),
    ...accessOf(config),
    ...healthOf(config),
    'healthdcatap:hasStructuredData': { '@value': 'true', '@type': 'xsd:boolean' },
    'healthdcatap:hasVariables': variablesOf(config)
  }
  return { dataset, undeclared: undeclaredIn(config) }
}

/** The access rights of the data. Nobody receives rows, so access is never public, whoever may read the description. */
function accessOf({ synthetic, permit, data_use: use, dcat = {} }: CatalogConfig): Node {
  const { access_body: body, access_url: url } = dcat
  const rights = [ANSWERS, ...(permit === 'required' ? [PERMIT] : [])].map((label) => rightsOf(label))
  return {
    'dct:accessRights': { '@id': `${EU}/access-right/${synthetic ? 'RESTRICTED' : 'NON_PUBLIC'}` },
    'dct:rights': [...rights, ...(use === undefined ? [] : usesOf(use))],
    ...(body === undefined ? {} : { 'healthdcatap:hdab': agentOf(body.name, body.contact) }),
    ...(url === undefined
      ? {}
      : {
          'dcat:distribution': {
            '@type': 'dcat:Distribution',
            'dct:title': 'Application for access',
            'dcat:accessURL': { '@id': url },
            'dcatap:applicableLegislation': LEGISLATION
          }
        })
  }
}

const ANSWERS =
  'The data stay at the institution. Programs are brought to them, and only aggregates under disclosure control leave.'
const PERMIT = 'Requests are answered only under a data permit.'

function healthOf({ declared_subjects: subjects, mode, dcat = {} }: CatalogConfig): Node {
  const { health_categories: categories = [], types = [], provenance } = dcat
  return {
    ...(categories.length === 0 ? {} : { 'healthdcatap:healthCategory': categories.map(iriOf) }),
    ...(types.length === 0 ? {} : { 'dct:type': types.map(iriOf) }),
    ...(provenance === undefined
      ? {}
      : { 'dct:provenance': { '@type': 'dct:ProvenanceStatement', 'rdfs:label': provenance } }),
    ...(mode !== 'dp' || subjects === undefined
      ? {}
      : {
          'healthdcatap:numberOfUniqueIndividuals': { '@value': String(subjects), '@type': 'xsd:nonNegativeInteger' }
        })
  }
}

/** The permitted uses, each with its term of the Data Use Ontology, or with the term of a disease. */
function usesOf(use: DataUse): Node[] {
  const words: Readonly<Record<string, string>> = { ...DATA_USE_PERMISSIONS, ...DATA_USE_MODIFIERS }
  return dataUseTerms(use).map((term) => ({
    ...rightsOf(words[term] ?? term),
    '@id': `${ONTOLOGIES}/${term.replace(':', '_')}`
  }))
}

function rightsOf(label: string): Node {
  return { '@type': 'dct:RightsStatement', 'rdfs:label': label }
}

function agentOf(name: string, contact: string | undefined): Node {
  const point = contact && {
    '@type': 'cv:ContactPoint',
    ...(isMail(contact) ? { 'cv:email': addressIn(contact) } : { 'cv:contactPage': iriOf(contact) })
  }
  return { '@type': 'foaf:Agent', 'foaf:name': name, ...(point ? { 'cv:contactPoint': point } : {}) }
}

function vcardOf(contact: string): Node {
  return { '@type': 'vcard:Kind', [isMail(contact) ? 'vcard:hasEmail' : 'vcard:hasURL']: iriOf(contact) }
}

/** The variables that a question can use: all except the subject key. */
function variablesOf(config: CatalogConfig): Node {
  const { title, name, tables } = offeredConfig(config)
  return {
    '@type': 'csvw:TableGroup',
    'dct:title': `Variables of ${title || name}`,
    'csvw:table': tables.map((table) => ({
      '@type': 'csvw:Table',
      'dct:title': table.name,
      ...(table.description === '' ? {} : { 'dct:description': table.description }),
      'csvw:column': table.variables.map(columnOf)
    }))
  }
}

function columnOf({ name, type, unit, levels, description }: VariableConfig): Node {
  const said = [
    ...(description ? [description.replace(/[.\s]*$/, '.')] : []),
    ...(levels ? [`One of: ${levels.join(', ')}.`] : []),
    ...(unit ? [`Unit: ${unit}.`] : [])
  ]
  return {
    '@type': 'csvw:Column',
    'csvw:name': name,
    'csvw:title': name,
    'csvw:datatype': CSVW_TYPES[type],
    'dct:description': said.join(' ') || `A ${type}.`
  }
}

/** The properties that the profile requires of such a dataset and that the catalog does not declare. */
function undeclaredIn({ synthetic, title, description, keywords, dcat = {} }: CatalogConfig): string[] {
  const always = {
    title: title !== '',
    description: description !== '',
    'dcat.access_body': dcat.access_body,
    'dcat.access_url': dcat.access_url,
    'dcat.health_categories': dcat.health_categories
  }
  const ofPeople = {
    keywords: keywords.length > 0,
    'dcat.contact': dcat.contact,
    'dcat.types': dcat.types,
    'dcat.provenance': dcat.provenance
  }
  return Object.entries(synthetic ? always : { ...always, ...ofPeople }).flatMap(([key, said]) => (said ? [] : [key]))
}

function iriOf(text: string): Node {
  return { '@id': text }
}

function isMail(contact: string): boolean {
  return contact.startsWith('mailto:')
}

function addressIn(contact: string): string {
  return contact.slice('mailto:'.length)
}
