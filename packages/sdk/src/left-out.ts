/** Words for numbers that people were left out of for privacy: they never look like the number of all people. */

/** Explains the sign and what stands behind it; once below a table that has such a number. */
export const LEFT_OUT_WORDS =
  '≈: people were left out for privacy. How far the number is from that of all people is not known; ± behind it is about those who remain.'

/** "≈ 62" where people were left out, else the text itself. */
export function aboutText(text: string, isLeftOut: boolean | undefined): string {
  return isLeftOut ? `≈ ${text}` : text
}
