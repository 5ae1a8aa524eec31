/** The schema of a category's level in the configuration. */
import { z } from 'zod'

/** A level in its printed form: canonical and without control characters, so that no two levels look alike. */
export const levelSchema = z
  .union([z.string(), z.number(), z.boolean()], 'a level is a word, a number or a truth value')
  .transform(String)
  .refine((text) => text !== '' && text.length <= 128, 'a level has 1 to 128 characters')
  .refine((text) => text === text.normalize('NFC') && text === text.trim(), 'a level is in NFC, without outer spaces')
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(text), 'a level has no invisible characters')
