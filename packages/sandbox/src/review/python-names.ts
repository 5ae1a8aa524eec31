/** Python names by kind of finding. A module's kind applies to all of its names that are not listed themselves. */
import { kindsByName } from './finding.ts'

/** Full names of modules and functions. Built-in functions have no prefix. */
export const PYTHON_NAMES = kindsByName({
  file: `open io.open io.FileIO io.open_code codecs.open fileinput linecache glob shutil tempfile pathlib zipfile tarfile
    gzip.open bz2.open lzma.open shelve dbm sqlite3.connect mmap
    os.open os.fdopen os.read os.write os.listdir os.scandir os.walk os.fwalk os.stat os.lstat os.remove os.unlink
    os.rename os.replace os.mkdir os.makedirs os.rmdir os.removedirs os.chmod os.chown os.link os.symlink os.readlink
    os.truncate os.mkfifo os.mknod os.chdir os.chroot os.access os.path.exists os.path.isfile os.path.isdir
    os.path.getsize os.path.realpath
    pandas.read_csv pandas.read_table pandas.read_fwf pandas.read_excel pandas.read_parquet pandas.read_json
    pandas.read_pickle pandas.read_hdf pandas.read_sql pandas.read_html pandas.read_xml pandas.read_feather
    pandas.read_stata pandas.read_sas pandas.read_spss
    numpy.load numpy.save numpy.savez numpy.savez_compressed numpy.savetxt numpy.loadtxt numpy.genfromtxt numpy.fromfile
    numpy.memmap nibabel.load nibabel.save joblib.load joblib.dump`,
  network: `socket ssl socketserver urllib urllib3 http requests httpx aiohttp ftplib smtplib poplib imaplib telnetlib
    nntplib xmlrpc paramiko websocket websockets asyncio.open_connection asyncio.start_server
    asyncio.open_unix_connection asyncio.start_unix_server webbrowser pyodide.http micropip pip boto3 pymongo psycopg2
    redis`,
  process: `os.system os.popen os.fork os.forkpty os.execl os.execle os.execlp os.execv os.execve os.execvp os.execvpe
    os.spawnl os.spawnle os.spawnlp os.spawnv os.spawnve os.spawnvp os.posix_spawn os.posix_spawnp os.kill os.killpg
    os.abort os._exit os.setuid os.setgid os.setsid os.nice os.startfile os.unshare os.setns
    subprocess multiprocessing concurrent.futures threading _thread asyncio.create_subprocess_exec
    asyncio.create_subprocess_shell signal pty resource sched joblib.Parallel`,
  environment: `os.environ os.environb os.getenv os.putenv os.unsetenv os.uname os.getlogin os.getpid os.getcwd
    platform pwd grp getpass sys.argv`,
  eval: `eval exec compile __import__ globals locals vars setattr delattr __builtins__ builtins importlib imp runpy pkgutil
    code codeop ast types.CodeType types.FunctionType pickle marshal dill cloudpickle sys.modules sys.settrace
    sys.setprofile sys._getframe inspect gc js pyodide pyodide_js pyodide.code pandas.eval`,
  native: `ctypes _ctypes cffi numba cython ctypeslib faulthandler`,
  time: `time datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today timeit
    asyncio.sleep pandas.Timestamp.now pandas.Timestamp.today os.times`,
  random: `random secrets uuid.uuid1 uuid.uuid4 os.urandom os.getrandom numpy.random scipy.stats.bootstrap`
})

/** Names of methods that are reported for any object. */
export const PYTHON_METHODS = kindsByName({
  file: `read_text read_bytes write_text write_bytes touch unlink rmdir iterdir to_csv to_excel to_parquet to_pickle to_json
    to_hdf to_feather to_stata tofile savefig`,
  network: 'urlopen urlretrieve',
  process: 'Popen check_output',
  eval: 'eval'
})

/** Attributes of Python objects through which a script can reach objects that it does not name. */
export const PYTHON_DOORS = new Set(
  `__subclasses__ __globals__ __builtins__ __class__ __base__ __bases__ __mro__ __code__ __closure__ __dict__
  __getattribute__ __loader__ __spec__ __import__ f_globals f_locals f_back f_builtins gi_frame cr_frame tb_frame`.split(
    /\s+/
  )
)
