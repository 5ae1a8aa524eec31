/** Times for a terminal: in the reader's time zone, with its offset from UTC. */

/** The local time, such as `2026-11-28 07:41:12+01:00`, with `Z` if the offset is zero. An invalid time is returned unchanged. */
export function localTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join('-')
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')
  return `${date} ${time}${zoneOf(-at.getTimezoneOffset())}`
}

function zoneOf(minutesEast: number): string {
  if (minutesEast === 0) return 'Z'
  const size = Math.abs(minutesEast)
  return `${minutesEast < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
