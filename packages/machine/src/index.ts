/** Public interface of the machine package: the terminal, private files, and the login at a gateway. */
export { closeFolder, makeFolder, makePrivately, openToOthers, readPrivate, writePrivate } from './files/private.ts'
export { loadOrCreateSeed, readSeed } from './files/seed.ts'
export { CLIENT_OPTIONS, clientFor, dropSession, gatewayUrl, keepSession, pairsOf } from './login/session.ts'
export { type ClientSettings, clientSettings } from './login/settings.ts'
export {
  type Command,
  type Commands,
  command,
  EXIT,
  EXIT_TEXT,
  exitOfCode,
  helpOf,
  type Io,
  loadCommands,
  runCommand,
  type Values
} from './terminal/arguments.ts'
export { askLine } from './terminal/ask-line.ts'
export { given, oneOf, refuse, wholeNumber } from './terminal/checked.ts'
export type { Option } from './terminal/parse.ts'
export { type Output, outputTo, ReaderGone, textTo } from './terminal/output.ts'
export { readPassword } from './terminal/password.ts'
export { drawProgress, type Progress } from './terminal/progress.ts'
export { cellOf, measured, printable, printableLines, tableOf } from './terminal/table.ts'
export { tell } from './terminal/tell.ts'
export { localTime } from './terminal/time.ts'
