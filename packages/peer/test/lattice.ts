/** Lattice reduction by Lenstra, Lenstra and Lovász: an attacker's tool to find whole numbers behind sums with many digits. */

/** Reduces a basis of whole numbers to short vectors of the same lattice. For some dozen dimensions and numbers below 2^53. */
export function reducedBasis(basis: readonly (readonly number[])[]): number[][] {
  const rows = basis.map((row) => [...row])
  let at = 1
  while (at < rows.length) {
    for (let below = at - 1; below >= 0; below--) {
      const times = Math.round(coefficientsOf(rows, at).shares[below] ?? 0)
      if (times === 0) continue
      rows[at] = (rows[at] ?? []).map((value, i) => value - times * (rows[below]?.[i] ?? 0))
    }
    const { shares, length } = coefficientsOf(rows, at)
    const before = coefficientsOf(rows, at - 1).length
    if (length >= (0.99 - (shares[at - 1] ?? 0) ** 2) * before) at += 1
    else {
      const [one = [], other = []] = [rows[at], rows[at - 1]]
      rows[at - 1] = one
      rows[at] = other
      at = Math.max(1, at - 1)
    }
  }
  return rows
}

/** The coefficients of a row for the orthogonal parts of the earlier rows, and the squared length of its own orthogonal part. */
function coefficientsOf(rows: readonly (readonly number[])[], at: number) {
  const parts: number[][] = []
  let shares: number[] = []
  for (let i = 0; i <= at; i++) {
    let part = [...(rows[i] ?? [])]
    shares = []
    for (const other of parts) {
      const share = product(rows[i] ?? [], other) / product(other, other)
      shares.push(share)
      part = part.map((value, j) => value - share * (other[j] ?? 0))
    }
    parts.push(part)
  }
  const own = parts[at] ?? []
  return { shares, length: product(own, own) }
}

function product(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0)
}
