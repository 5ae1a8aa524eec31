/** Texts of the form that are longer than a gateway accepts, reported before the question is sent. */
import { LIMITS } from '@stimnet/protocol'
import { bytesInWords } from '../../words/number.ts'
import type { Draft } from './draft.ts'

/** Characters, as the gateway and the protocol bound them. */
export const LENGTHS = { title: 200, project: 64, permit: 64, person: 200, why: 8_000 } as const

/** Size of a text in UTF-8, bytes. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

/** The texts that are too long, as sentences. Only texts that would be sent are checked. */
export function tooLongIn({ kind, sql, script, outputs, title, project, permit, review, person }: Draft): string[] {
  const characters: readonly (readonly [name: string, text: string, most: number])[] = [
    ['The title', title, LENGTHS.title],
    ['The project', project, LENGTHS.project],
    ['The id of the data permit', permit, LENGTHS.permit],
    ...(review
      ? ([
          ['Your name', person.name, LENGTHS.person],
          ['Your institution', person.institution, LENGTHS.person],
          ['Why you ask', person.why, LENGTHS.why]
        ] as const)
      : [])
  ]
  const programs = [
    ...(kind === 'sql' ? [{ name: 'The query', text: sql }] : []),
    ...(kind === 'script'
      ? [
          { name: 'The script', text: script },
          { name: 'The declared outputs', text: outputs }
        ]
      : [])
  ]
  return [
    ...characters.flatMap(([name, text, most]) =>
      text.trim().length > most ? [`${name}: at most ${most} characters are allowed.`] : []
    ),
    ...programs.flatMap(({ name, text }) => {
      const bytes = bytesOf(text)
      return bytes > LIMITS.scriptBytesMax
        ? [`${name}: ${bytesInWords(bytes)}, but at most ${bytesInWords(LIMITS.scriptBytesMax)} are allowed.`]
        : []
    })
  ]
}
