/** The id of a data permit, under which a request is asked. */
import { z } from 'zod'

/**
 * As the authority that issued the permit numbers it: one request to several institutions names it once, and each of them looks
 * it up among the permits that its own stewards entered.
 */
export const permitIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'The id of a permit has letters, digits, . _ and -, at most 64.')
