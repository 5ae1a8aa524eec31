/** Small archives for tests: Python wheels, and npm packages with any entries. */
import { crc32, gzipSync } from 'node:zlib'

/** A wheel with these files. */
export function wheelOf(name: string, files: Record<string, string>): Buffer {
  const info = `${name}-1.0.dist-info`
  return zipOf({
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: ''
  })
}

/** A zip archive whose files are stored without compression. */
function zipOf(files: Record<string, string>): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path)
    const content = Buffer.from(text)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x21, 8)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, content])
    const more = Buffer.alloc(14)
    more.writeUInt32LE(at, 10)
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, more, name]))
    locals.push(local)
    at += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end])
}

/** An entry of an npm archive. */
export interface TarEntry {
  readonly path: string
  readonly text?: string
  /** Type of the entry. Default: a regular file. */
  readonly type?: string
  readonly link?: string
  /** Wrong values for the header. */
  readonly size?: number
  readonly sum?: number
}

/** A .tgz archive with these entries. */
export function tarOf(entries: readonly TarEntry[], { isCut = false } = {}): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.text ?? '')
    const head = Buffer.alloc(512)
    head.write(entry.path, 0)
    head.write('0000644\0', 100)
    head.write(`${(entry.size ?? content.length).toString(8).padStart(11, '0')}\0`, 124)
    head.write(' '.repeat(8), 148)
    head.write(entry.type ?? '0', 156)
    head.write(entry.link ?? '', 157)
    head.write('ustar\x0000', 257)
    const sum = entry.sum ?? head.reduce((total, byte) => total + byte, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512)
    return [head, content, padding]
  })
  return gzipSync(Buffer.concat([...blocks, ...(isCut ? [] : [Buffer.alloc(1024)])]))
}
