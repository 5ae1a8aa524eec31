/** R names by kind of finding, without their packages. */
import { kindsByName } from './finding.ts'

/** Names of functions. Many are ordinary words, so only calls are reported. */
export const R_NAMES = kindsByName({
  file: `file gzfile bzfile xzfile fifo pipe unz open readLines writeLines readline scan readRDS saveRDS load save
    save.image sink dput dget dump cat_file read.csv read.csv2 read.table read.delim read.fwf read.dcf write.csv
    write.csv2 write.table write.dcf readBin writeBin readChar writeChar file.create file.exists file.remove file.rename
    file.copy file.append file.symlink file.link file.info file.size file.access file.show unlink list.files list.dirs
    dir dir.create dir.exists Sys.glob Sys.chmod Sys.umask Sys.readlink setwd tempfile tempdir normalizePath fread fwrite
    read_csv read_tsv read_delim write_csv read_json fromJSON write_json pdf png jpeg svg untar unzip tar zip`,
  network: `url download.file socketConnection serverSocket socketAccept make.socket read.socket write.socket
    nsl url.show browseURL install.packages available.packages update.packages curl curl_fetch_memory GET POST PUT
    httr getURL postForm socketSelect`,
  process: `system system2 shell shell.exec pskill mcparallel mcfork mclapply makeCluster parLapply detectCores
    quit q Sys.kill fork psnice future callr`,
  environment:
    'Sys.getenv Sys.setenv Sys.unsetenv Sys.info Sys.getpid Sys.setlocale commandArgs sessionInfo R.home getwd',
  eval: `eval evalq eval.parent parse str2lang str2expression source sys.source assign delayedAssign makeActiveBinding get
    get0 mget exists match.fun getExportedValue getFromNamespace getNamespace asNamespace getAnywhere environment
    as.environment parent.frame sys.function sys.call body unlockBinding assignInNamespace trace reg.finalizer
    attach eval_js unserialize deparse substitute as.function`,
  native:
    '.C .Call .Fortran .External .External2 .Internal .Primitive dyn.load library.dynam getNativeSymbolInfo cppFunction sourceCpp',
  time: 'Sys.time Sys.Date date proc.time system.time Sys.sleep now today Sys.setFileTime',
  random: `runif rnorm rbinom rpois rexp rgamma rbeta rt rchisq rf rgeom rhyper rlogis rlnorm rweibull rcauchy rmultinom
    sample sample.int set.seed RNGkind sample_n sample_frac slice_sample simulate`
})

/** Unambiguous names, which are also reported if they are passed as arguments, as in `sapply(x, system)`. */
export const R_SURE_NAMES = new Set(
  `system system2 shell shell.exec eval evalq source sys.source download.file dyn.load socketConnection install.packages
  readLines writeLines readRDS Sys.getenv Sys.setenv`.split(/\s+/)
)

/** Functions that are commonly passed to `do.call` and are harmless. */
export const R_HARMLESS_BY_NAME = new Set(
  'rbind cbind c paste paste0 sum max min order merge data.frame list'.split(' ')
)
