/** Reads the list of quantiles that the researcher types. */

/** The quantiles, or the reason why the text is invalid. An empty text means the quartiles. */
export type ReadQuantiles =
  | { readonly ok: true; readonly levels: readonly number[] }
  | { readonly ok: false; readonly why: string }

/** Least and greatest quantile, and maximum number of quantiles, as in the statistic. */
const [LEAST, MOST, MANY_MAX] = [0.05, 0.95, 9]

/** Reads one to nine numbers, separated by spaces or commas. */
export function readQuantiles(text: string): ReadQuantiles {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const levels = words.map((word) => (/^\d?\.?\d+$/.test(word) ? Number(word) : Number.NaN))
  const wrong = words.find((_, at) => !((levels[at] ?? 0) >= LEAST && (levels[at] ?? 1) <= MOST))
  if (wrong !== undefined) {
    const said = wrong.length > 20 ? `${wrong.slice(0, 20)}…` : wrong
    return { ok: false, why: `Quantiles must be numbers from ${LEAST} to ${MOST}, such as 0.25, 0.5, not “${said}”.` }
  }
  return levels.length > MANY_MAX
    ? { ok: false, why: `At most ${MANY_MAX} quantiles are allowed.` }
    : { ok: true, levels }
}
