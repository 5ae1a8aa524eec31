/** Plain tables for a terminal, as the SDK writes them. */
export { cellOf, measured, printable, printableLines, tableOf } from '@stimnet/sdk'
