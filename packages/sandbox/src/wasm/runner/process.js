/**
 * Functions of every runner in its Deno process: giving up all permissions, reading one job from stdin, writing one frame to
 * stdout. This is plain JavaScript, because Deno loads the file directly.
 *
 * In: u32 length, JSON header, then the bytes of the files it lists. Out: READY and a line feed, then one frame of a kind
 * byte, a u32 length and that many bytes. Printed text goes to stderr, where the host limits it. The process that writes the
 * frame also ran the program, so the host must assume that the program wrote the frame.
 */
// Kept here, because the global `Deno` is deleted before the program runs.
const { exit, stdin, stdout, stderr } = Deno

/** Kinds of frames: a result's text, or the code of a failure. */
const KINDS = { result: 0x52, failed: 0x46 }

/**
 * Gives up all permissions. The first loop is the security boundary: afterwards nothing in this process can open a file or a
 * connection. The deletions only remove functions that need no permission (storage, workers, the raw operations) or that might
 * need none in a later version.
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

/** Reports READY and waits for the job. Returns its header. */
export function takeJob() {
  write(stdout, encode('READY\n'))
  const length = new DataView(readExactly(4).buffer).getUint32(0)
  return JSON.parse(new TextDecoder().decode(readExactly(length)))
}

/** Reads the files of the job, which follow its header, and writes them to their folders. */
export function placeFiles(FS, header) {
  // Scripts may list the folder of their tables, so it contains nothing else unless there are uploads.
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

/** Writes the only answer and ends the process. */
export function answer(end, text) {
  const bytes = typeof text === 'string' ? encode(text) : text
  write(stdout, frame(KINDS[end], bytes))
  exit(0)
}

/** Answers for an interpreter that failed: either memory ran out, or the program broke it. */
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

/** Reads that many bytes from stdin. At its end the process exits, so that no waiting process outlives its host. */
function readExactly(length) {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const read = stdin.readSync(bytes.subarray(at))
    if (read === null) exit(3)
    at += read
  }
  return bytes
}
