/** The command `stimnet`: its commands for researchers and stewards, and the text of an answer. */
export { answerText } from './answer/answer.ts'
export { ASKING, DECIDING } from './commands.ts'
