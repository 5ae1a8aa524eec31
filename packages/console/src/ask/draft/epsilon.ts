/** Reads the ε that the researcher types for an answer with noise. */

/** The ε as it is sent, or the reason why the text is invalid. */
export type ReadEpsilon = { readonly ok: true; readonly epsilon: string } | { readonly ok: false; readonly why: string }

/** The protocol's bounds of a decimal: nine digits before the point, eighteen after it. */
const DECIMAL = /^(\d{0,9})(?:[.,](\d{1,18}))?$/

/** Reads an ε with a decimal point or a comma. Powers (1e3), hexadecimal numbers (0x10) and Infinity are refused. */
export function readEpsilon(text: string): ReadEpsilon {
  const [, whole = '', part = ''] = DECIMAL.exec(text.trim()) ?? []
  if (whole === '' && part === '') return no('Write ε as a number, such as 0.5.')
  const epsilon = `${whole === '' ? '0' : whole}${part === '' ? '' : `.${part}`}`
  return Number(epsilon) > 0 ? { ok: true, epsilon } : no('ε must be above zero, such as 0.5.')
}

function no(why: string): ReadEpsilon {
  return { ok: false, why }
}
