/** Texts for numbers that people were left out of for privacy, so that they are not mistaken for numbers of all people. */

/** The legend for ≈ and ±, shown once below a table with numbers that people were left out of. */
export const LEFT_OUT_WORDS =
  '≈: people were left out for privacy. How far the number is from that of all people is not known; ± behind it is about those who remain.'

/** "≈ 62" if people were left out, otherwise the text unchanged. */
export function aboutText(text: string, isLeftOut: boolean | undefined): string {
  return isLeftOut ? `≈ ${text}` : text
}
