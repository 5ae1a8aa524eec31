/** Attacks across jobs: outliving a job, leaving traces for the next job, reading the data of a concurrent job. */
import type { Assault, Marks } from '../attack.ts'

const quoted = ({ leftName }: Marks) => JSON.stringify(leftName)

/** A program that writes into every folder that it can, and ignores failures. */
const leave = (marks: Marks) => `
import builtins, os, sys
for folder in ("/tmp", "/job", "/data", "/var/tmp", "/run", "/dev/shm", "/", "/home", os.getcwd(), "/lib/helpers", "/usr/lib/helpers"):
    try: open(os.path.join(folder, ${quoted(marks)}), "w").write("left")
    except OSError: pass
for path in ("/data/subjects.csv", "/usr/lib/helpers/stimnet.py", "/opt/stimnet/run.py", "/lib/helpers/stimnet.py"):
    try: os.chmod(path, 0o644)
    except OSError: pass
    try: open(path, "a").write("# " + ${quoted(marks)})
    except OSError: pass
builtins.left = sys.left = os.environ["LEFT"] = ${quoted(marks)}
result = {"got": []}`

const look = (marks: Marks) => `
import builtins, os, sys
name, got = ${quoted(marks)}, []
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys")): folders.clear()
    elif name in files: got.append("a file in " + folder)
for path in ("/data/subjects.csv", "/usr/lib/helpers/stimnet.py", "/opt/stimnet/run.py", "/lib/helpers/stimnet.py"):
    try: changed = name in open(path).read()
    except OSError: changed = False
    if changed: got.append("a changed " + path)
got += [w for w, there in (("a name", hasattr(builtins, "left") or hasattr(sys, "left")), ("a variable", "LEFT" in os.environ)) if there]
result = {"got": got}`

/** The neighbour's program: it keeps the secret for a few seconds in memory, files and its environment. */
const hold = () => `
import os, shutil, sys, time
text = open("/data/subjects.csv").read()
for folder in ("/tmp", "/var/tmp", "/run", "/dev/shm", "/job"):
    try: shutil.copy("/data/subjects.csv", folder)
    except OSError: pass
os.environ["HELD"] = text
stop = time.monotonic() + 4
while time.monotonic() < stop: time.sleep(0.1)
result = {"got": []}`

/** A program that searches for another job's table: in all files, and in the data of all visible processes. */
const seek = () => `
import os, time
time.sleep(1)
got = []
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/sys", "/proc", "/usr", "/lib")): folders.clear()
    for name in files:
        path = os.path.join(folder, name)
        if not folder.startswith("/proc") and name == "subjects.csv" and folder != "/data":
            got.append(open(path).read()[:2000])
for pid in [n for n in (os.listdir("/proc") if os.path.isdir("/proc") else []) if n.isdigit() and int(n) != os.getpid()]:
    for part in ("environ", "cmdline"):
        try: got += [t for t in [open(f"/proc/{pid}/{part}", "rb").read().decode("latin1")] if "HELD" in t or "subject_id" in t]
        except OSError: pass
result = {"got": got}`

const outlive = (how: string) => (marks: Marks) =>
  `
import os, sys, time
def outlive():
    try: os.setsid()
    except OSError: pass
    if os.fork() > 0: os._exit(0)
    try: open("/proc/self/comm", "w").write(${quoted(marks)})
    except OSError: pass
    try: os.closerange(0, 256)
    except OSError: pass
    time.sleep(90)
    os._exit(0)
try:
    if os.fork() == 0: outlive()
except (OSError, AttributeError): pass
time.sleep(0.3)
${how}`

const assault = (one: Omit<Assault, 'kind' | 'language'>): Assault => ({ kind: 'assault', language: 'python', ...one })

/** Attacks from one job on another. */
export const PERSISTENCE_ATTACKS: readonly Assault[] = [
  assault({
    id: 'next.left',
    title: 'leave something for the next job',
    tries: 'Leave files, names and changed helpers behind, for a later job to find.',
    program: leave,
    next: look,
    ends: { refused: 'contained' }
  }),
  assault({
    id: 'next.neighbour',
    title: 'read a job that runs at the same time',
    tries: 'Find the data of another job, by files and by processes.',
    program: seek,
    neighbour: hold,
    ends: { refused: 'contained' }
  }),
  assault({
    id: 'outlive.daemon',
    title: 'outlive the job',
    tries: 'Leave a process behind that goes on when the job has answered.',
    program: outlive('result = {"got": []}'),
    ends: { refused: 'contained' }
  }),
  assault({
    id: 'outlive.limit',
    title: 'outlive the limit',
    tries: 'Have a child go on when the job is ended at its time limit.',
    program: outlive('while True: pass'),
    ends: { TIME_LIMIT: 'wall time' },
    wallTimeMsMax: 1_500
  })
]
