/**
 * Conversion of SQL text to a plan. SQL is only a syntax for the statistics of this project: the text is parsed here and never executed. No
 * native parser reads it, and the result depends only on the text and the catalog's description.
 */
import type { CatalogDescriptor, Plan } from '@stimnet/protocol'
import { bindSelect } from './bind.ts'
import { Cursor } from './cursor.ts'
import { parseSelect } from './syntax.ts'

/**
 * Parses one SELECT of aggregates over one table, or over several tables joined on the subject key. WHERE uses declared levels and
 * breakpoints, GROUP BY at most three declared columns. Throws TOO_LARGE, SQL_NOT_SUPPORTED (with line and column), VARIABLE_UNKNOWN,
 * VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
 */
export function parseSql(text: string, descriptor: CatalogDescriptor): Plan {
  const cursor = new Cursor(text)
  return bindSelect(parseSelect(cursor), cursor, descriptor)
}
