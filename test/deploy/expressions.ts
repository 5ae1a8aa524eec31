/** The metrics that PromQL expressions name, compared with what a peer exports. */

/** The labels of a metric, each with its values. */
type Labels = ReadonlyMap<string, ReadonlySet<string>>
/** Metrics by name. */
export type Exported = ReadonlyMap<string, Labels>

/** Parses Prometheus' text format. */
export function exportedIn(text: string): Exported {
  const found = new Map<string, Map<string, Set<string>>>()
  const labelsOf = (name: string) => {
    const labels = found.get(name) ?? new Map<string, Set<string>>()
    found.set(name, labels)
    return labels
  }
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const ending of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) labelsOf(name + ending)
  }
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-zA-Z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      const values = labelsOf(name).get(label) ?? new Set<string>()
      labelsOf(name).set(label, values.add(value))
    }
  }
  return found
}

/** Words of PromQL between metrics. */
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset'])
/** Labels that Prometheus adds, at the scrape or to alerts. */
const ADDED = new Set(['instance', 'job', 'le', 'alertstate', 'alertname'])
/** Series that Prometheus makes itself. */
const MADE = new Set(['up', 'ALERTS'])

/** Metrics, labels and values of labels that an expression names and nobody exports. `recorded`: names of recording rules. */
export function unknownIn(expression: string, exported: Exported, recorded: ReadonlySet<string>): string[] {
  const plain = expression
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
  // A name with its matchers, which contain names too, or the name of a function with its parenthesis.
  const names = plain.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\}|(\())?/g)
  return [...names].flatMap(([, name = '', matchers = '', call]) => {
    if (call !== undefined || WORDS.has(name) || MADE.has(name) || recorded.has(name)) return []
    const labels = exported.get(name)
    return labels ? unknownMatchers(name, labels, matchers) : [name]
  })
}

function unknownMatchers(metric: string, labels: Labels, matchers: string): string[] {
  return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].flatMap(([, label = '', text = '']) => {
    if (ADDED.has(label)) return []
    const values = labels.get(label)
    if (!values) return [`${metric}{${label}}`]
    return text.split('|').flatMap((value) => (values.has(value) ? [] : [`${metric}{${label}="${value}"}`]))
  })
}
