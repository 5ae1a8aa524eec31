/** Whether a group that the data brought up may be named: the best keep probability, behind a threshold. */

export interface GroupBudget {
  /** Per subject, over all groups it is in: both are divided by `groupsPerSubject`. */
  readonly epsilon: number
  readonly delta: number
  readonly groupsPerSubject: number
}

/**
 * The largest (ε, δ)-private probability of naming a group of n subjects: from each n to the next it grows by no more
 * than the factor e^ε and δ, and its complement likewise (Desfontaines, Voss, Gipson & Mandayam, arXiv 2006.03684).
 */
export function keepProbability(subjects: number, { epsilon, delta, groupsPerSubject }: GroupBudget): number {
  const growth = Math.exp(epsilon / groupsPerSubject)
  const step = delta / groupsPerSubject
  let keep = 0
  for (let n = 1; n <= subjects && keep < 1; n++) {
    keep = Math.min(growth * keep + step, 1 - (1 - keep - step) / growth, 1)
  }
  return keep
}

/** The same with never naming fewer than k: the k - 1 that are not counted cost no privacy. */
export function keepProbabilityFrom(k: number, subjects: number, budget: GroupBudget): number {
  return subjects < k ? 0 : keepProbability(subjects - (k - 1), budget)
}
