/**
 * What every runner does in its Deno process: reads one job from stdin, gives every permission back, writes one frame to
 * stdout. Plain JavaScript, since Deno loads it as it is.
 *
 * In: u32 length, JSON header, then the bytes of the files it lists. Out: READY and a line feed, then one frame of a kind
 * byte, a u32 length and that many bytes. What the program prints goes to stderr, which the host counts and cuts. The frame
 * is made by the same process that ran the program: the host must take it as the program's word.
 */
// Held here, since the name Deno is gone when the program runs.
const { exit, stdin, stdout, stderr } = Deno

/** Kinds of frame: the result's text, or the class of a failure. */
const KINDS = { result: 0x52, failed: 0x46 }

/**
 * The boundary is the first loop: afterwards this process may open nothing and reach nobody, whatever runs in it. The
 * deletions only take away what needs no permission (storage, workers, the raw operations) and what might one day.
 */
export function giveUpEverything() {
  for (const name of ['read', 'write', 'net', 'env', 'run', 'ffi', 'sys', 'import'])
    Deno.permissions.revokeSync({ name })
  delete Deno[Deno.internal]
  const names =
    'Deno localStorage sessionStorage caches Worker BroadcastChannel fetch WebSocket WebSocketStream EventSource WebTransport'
  for (const name of names.split(' ')) delete globalThis[name]
  Object.defineProperty(globalThis.navigator, 'gpu', { value: undefined })
}

/** Says that a job may come, and waits for it. */
export function takeJob() {
  write(stdout, encode('READY\n'))
  const length = new DataView(readExactly(4).buffer).getUint32(0)
  return JSON.parse(new TextDecoder().decode(readExactly(length)))
}

/** The files of the job, after its header. */
export function placeFiles(FS, header) {
  // Scripts list the folder of their tables: nothing else is in it unless files come along.
  const uploads = header.config.uploaded_files.length > 0 ? ['/data/uploads'] : []
  for (const folder of ['/data', ...uploads, '/job', '/tmp']) FS.mkdirTree(folder)
  for (const { name, length } of header.files) {
    FS.writeFile(`/data/${name}`, readExactly(length), { canOwn: true })
    FS.chmod(`/data/${name}`, 0o444)
  }
  for (const folder of uploads) FS.chmod(folder, 0o555)
  FS.chmod('/data', 0o555)
  FS.writeFile('/job/config.json', JSON.stringify(header.config))
}

/** The one answer. Nothing runs afterwards. */
export function answer(end, text) {
  const bytes = typeof text === 'string' ? encode(text) : text
  write(stdout, frame(KINDS[end], bytes))
  exit(0)
}

/** What an interpreter that broke means: it had no memory left, or the program broke it. */
export function answerBroken(error) {
  print(encode(`${error}\n`.slice(0, 4096)))
  const isMemory = error instanceof RangeError && !/call stack/i.test(error.message)
  answer('failed', isMemory || /out of memory|OOM/.test(String(error)) ? 'MEMORY_LIMIT' : 'PROGRAM_FAILED')
}

export function print(bytes) {
  return write(stderr, bytes)
}

export function frame(kind, payload) {
  const bytes = new Uint8Array(5 + payload.length)
  bytes[0] = kind
  new DataView(bytes.buffer).setUint32(1, payload.length)
  bytes.set(payload, 5)
  return bytes
}

export function write(stream, bytes) {
  for (let at = 0; at < bytes.length; ) at += stream.writeSync(bytes.subarray(at))
  return bytes.length
}

export function encode(text) {
  return new TextEncoder().encode(text)
}

/** The host closing stdin ends a process that waits: so none outlives its host. */
function readExactly(length) {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const read = stdin.readSync(bytes.subarray(at))
    if (read === null) exit(3)
    at += read
  }
  return bytes
}
