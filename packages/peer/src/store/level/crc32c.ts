/**
 * The checksum that LevelDB writes with its blocks and records: a CRC-32C, masked so that a checksum over data that contain
 * checksums is not weaker.
 */

const POLYNOMIAL = 0x82f63b78
const MASK_DELTA = 0xa282ead8

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  return crc >>> 0
})

/** The state before the first byte. */
export const CRC_START = 0xffffffff

/** The state after one more byte. */
export function crcAfter(state: number, byte: number): number {
  return (TABLE[(state ^ byte) & 0xff] ?? 0) ^ (state >>> 8)
}

/** The checksum of the bytes that led to a state, as LevelDB writes it. */
export function maskedOf(state: number): number {
  const crc = ~state >>> 0
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}
