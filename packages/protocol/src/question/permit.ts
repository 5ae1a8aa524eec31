/** The id of a data permit under which a request is submitted. */
import { z } from 'zod'

/**
 * The number that the issuing authority gave the permit. A request to several institutions names the permit once, and each institution
 * looks it up among the permits that its own stewards entered.
 */
export const permitIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'The id of a permit has letters, digits, . _ and -, at most 64.')
