/** Plain tables for a terminal, in the SDK's format. */
export { cellOf, measured, printable, printableLines, tableOf } from '@stimnet/sdk'
