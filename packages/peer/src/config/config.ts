/**
 * The configuration of a peer: each key with its default, unit and reason. No other part of the peer reads settings
 * from the environment.
 */
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { roleShape } from '@stimnet/api'
import { catalogConfigSchema, refusalBitsMaxSchema, ruleOverridesShape } from '@stimnet/data'
import { isProxyRange } from '@stimnet/gateway'
import { isKeyId, isRequesterEntry, LIMITS, plainLine } from '@stimnet/protocol'
import { z } from 'zod'
import { hostAndPort, isLoopback } from './hosts.ts'
import { checkedBy, type Contradictions, readYaml, type Where } from './yaml.ts'

const keyId = z.string().refine(isKeyId, 'not a key id (12D3Koo…)')

const requester = z
  .string()
  .refine(isRequesterEntry, 'not a key id, affiliation:PEERID, visa:ROLE@ORGANISATION or gateway:PEERID')

/**
 * Limits on relaying for others. A connection that exceeds its limits is closed and opened again, so the limits cost a
 * reconnection, but no answer.
 */
const relayLimitsSchema = z.strictObject({
  /** Maximum number of peers that are reached through this peer. */
  reservations: z.int().min(1).max(1_000).default(128),
  /** Maximum number of connections that are relayed at the same time. */
  circuits: z.int().min(1).max(10_000).default(512),
  /** Maximum MiB of one connection, both directions together. The common default of 128 KiB would cut answers. */
  circuit_mib: z.int().min(1).max(1_048_576).default(1_024),
  /** Maximum hours of one connection. The common default of two minutes would cut every follow stream. */
  circuit_hours: z.int().min(1).max(168).default(24)
})

const meshSchema = z.strictObject({
  /** Multiaddrs to listen on. Loopback unless configured, so that no peer is on the network by accident. */
  listen: z.array(z.string()).default(['/ip4/127.0.0.1/tcp/4001']),
  /** Addresses to announce instead, for example the public address in front of a port forwarding. */
  announce: z.array(z.string()).default([]),
  /** Addresses of peers through which to join, each ending in /p2p/PEERID. */
  bootstrap: z.array(z.string()).default([]),
  /**
   * Discovery of peers by multicast in the local network. Off by default: hospital networks should not see such
   * announcements.
   */
  mdns: z.boolean().default(false),
  /**
   * Number of members to which connections are kept; with more members, others are dialled when they are needed. A peer that
   * others cannot reach keeps all connections.
   */
  neighbours: z.int().min(4).max(1_000).default(24),
  /** Maximum number of simultaneous connections, whichever side opened them. Further connections are refused. */
  connections_max: z.int().min(16).max(10_000).default(500),
  /**
   * Relays through which others reach a peer that can only dial out, each ending in /p2p/PEERID. They must be members, or in
   * `peers`. A relay sees who talks to whom and how much, but not the content.
   */
  relays: z
    .array(z.string().refine(isRelayAddress, 'not an address of a relay, ending in /p2p/PEERID'))
    .max(8)
    .default([]),
  /**
   * An HTTP proxy that opens the connections of the mesh (CONNECT), for networks that let nothing else out. Connections within this
   * machine do not go through it.
   */
  proxy: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .refine(isProxyUrl, 'not http://HOST:PORT; credentials go into a file (credentials)'),
      /** A file with USER:PASSWORD in one line, not readable by others. */
      credentials: z.string().min(1).optional()
    })
    .optional(),
  /**
   * A PEM file of authorities whose certificates are trusted beside those of the system, for WebSockets in TLS (/tls/ws) and an https
   * proxy: for example that of a proxy which inspects TLS.
   */
  tls_ca: z.string().min(1).optional(),
  /**
   * Addresses of proxies in front of a WebSocket listener (/ws) whose X-Forwarded-For is believed. Without it, all peers behind such a
   * proxy share the limits of one address.
   */
  trusted_proxies: z
    .array(z.string().refine((text) => isIP(text) > 0, 'not an IP address'))
    .max(32)
    .default([]),
  /** Relays connections between peers that may connect here. */
  relay: z.boolean().default(false),
  relay_limits: relayLimitsSchema.prefault({}),
  /** PeerIds that may connect. Empty means nobody. */
  peers: z.array(keyId).default([]),
  /** Lets anybody connect and ask. For the demo and tests only. */
  open: z.boolean().default(false)
})

/** Whether a text is the address of one peer that is reached without another relay. */
function isRelayAddress(text: string): boolean {
  const [, peerId = ''] =
    /^\/(?:ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/\d+(?:(?:\/tls)?\/ws|\/wss)?\/p2p\/([^/]+)$/.exec(text) ?? []
  return isKeyId(peerId)
}

/** Whether a URL names a proxy and nothing else, above all no credentials. */
function isProxyUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && url.pathname === '/' && url.search === ''
}

/** Whether a text is an origin as browsers write it: no path, no `*`, not `null`. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.parse(text)?.origin === text
}

const providerSchema = z.strictObject({
  /** The name in URLs and in the names of accounts. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/, 'lower case letters, digits and hyphens, at most 16'),
  /** The label of the login button. */
  title: z.string().min(1).max(100),
  /** The OpenID Connect issuer; https, except on this machine. */
  issuer: z.url({ protocol: /^https?$/ }),
  client_id: z.string().min(1).max(256),
  /** A file with the client secret. Without a secret, this is a public client, which PKCE protects. */
  client_secret_file: z.string().optional(),
  scope: z.string().max(256).default('openid profile email'),
  /** The claims that admit a person, with the roles that they give. A person who meets no rule is not admitted. */
  admit: z
    .array(
      z.strictObject({
        claim: z.string().min(1).max(128),
        value: z.string().min(1).max(256),
        roles: z.array(roleShape).min(1)
      })
    )
    .min(1)
    .max(64),
  /**
   * Local accounts of the provider's people, as account: subject. One person's approval counts once, whichever account is
   * used.
   */
  people: z.record(z.string().min(1).max(64), z.string().min(1).max(256)).default({})
})

const gatewaySchema = z.strictObject({
  enabled: z.boolean().default(true),
  /**
   * The host to listen on. Loopback by default. Beyond loopback, `tls` is needed, or a TLS proxy in front and `insecure:
   * true`.
   */
  host: z.string().default('127.0.0.1'),
  /** 0 selects a free port. */
  port: z.int().min(0).max(65_535).default(8000),
  /** Confirms that plain HTTP beyond loopback is intended, because a TLS proxy stands in front. */
  insecure: z.boolean().default(false),
  /** PEM files, which are read again when they change or on SIGHUP. Only TLS 1.3 is supported. */
  tls: z
    .strictObject({
      cert: z.string().min(1),
      /** The key file must not be readable by others. */
      key: z.string().min(1),
      /** If given, clients must present a certificate of one of these authorities, in addition to their token. */
      client_ca: z.string().min(1).optional()
    })
    .optional(),
  /**
   * Proxies in front whose X-Forwarded-For is believed: addresses, or networks such as 10.1.0.0/24. By default none: the
   * caller is then the connecting address, and behind a proxy all callers share the limits by address.
   */
  trusted_proxies: z
    .array(z.string().refine(isProxyRange, 'not an address, or a network as ADDRESS/BITS'))
    .max(32)
    .default([]),
  /**
   * Origins whose web pages may use the API, for example https://console.example.org. By default only the gateway's own
   * pages may.
   */
  cors_origins: z.array(z.string().refine(isOrigin, 'not an origin (https://host[:port]), written whole')).default([]),
  /** URL at which browsers reach the gateway, for example https://stimnet.hospital.example. Login providers redirect to it. */
  public_url: z.url({ protocol: /^https?$/ }).optional(),
  /** OpenID Connect providers through which people log in, in addition to local accounts (stimnet account). */
  providers: z.array(providerSchema).max(8).default([]),
  /** Time for which people of a provider stay known after a login, days. Their API keys expire with it. */
  provider_remember_days: z.int().min(1).max(365).default(30),
  /** Lifetime of access tokens, minutes. The default is a working day. */
  token_lifetime_minutes: z.int().min(1).max(1440).default(480),
  /** Maximum number of requests per minute per identity. */
  requests_per_minute: z.int().min(1).default(600),
  /** Maximum number of login attempts per minute per name or address: slow enough that passwords cannot be guessed. */
  logins_per_minute: z.int().min(1).default(10)
})

const gatewaysSchema = z.strictObject({
  /**
   * The path of a Unix socket for gateway processes on this machine (`stimnet gateway`). Whoever may enter its folder may state the
   * addresses of callers, so the folder must be closed to other users.
   */
  socket: z.string().min(1).optional(),
  /** A listener for gateway processes on other machines, in TLS 1.3. Both sides show certificates. */
  tls: z
    .strictObject({
      listen: z.string().refine((text) => hostAndPort(text) !== undefined, 'not HOST:PORT, such as 10.1.0.5:8443'),
      cert: z.string().min(1),
      /** The key file must not be readable by others. */
      key: z.string().min(1),
      /** The authority that issued the certificates of the gateway processes. */
      client_ca: z.string().min(1),
      /** Names, one of which the certificate of a gateway process must have: an authority issues certificates for other uses too. */
      names: z
        .array(z.string().regex(/^[A-Za-z0-9.-]{1,253}$/, 'not a host name'))
        .min(1)
        .max(64)
    })
    .optional()
})

const metricsSchema = z.strictObject({
  /**
   * HOST:PORT of a plain listener for Prometheus, readable by everybody who can connect. Without it, /metrics needs an
   * operator's token.
   */
  listen: z
    .string()
    .refine((text) => hostAndPort(text) !== undefined, 'not HOST:PORT, such as 127.0.0.1:9464')
    .optional(),
  /** Certificate files whose expiry the metrics show, in addition to that of `gateway.tls`: those of a proxy in front. */
  certificates: z.array(z.string().min(1).max(1_024)).max(20).default([])
})

const privacySchema = z.strictObject({
  /** A named set of rules; see docs/disclosure.md. */
  preset: z.string().default('default'),
  /** Minimum number of distinct subjects behind every released number. */
  min_cohort_size: z.int().min(LIMITS.cohortSizeFloor).default(5),
  /** Lower limit of k for every catalog of this peer, whatever the catalog configures. */
  k_min: z.int().min(LIMITS.cohortSizeFloor).default(LIMITS.cohortSizeFloor),
  /** Rules that replace those of the preset; each may only tighten. `stimnet policy explain` describes them. */
  ...ruleOverridesShape,
  /**
   * Maximum bits that refusals and withheld, left-out, rounded or joined parts may disclose to one requester in thirty days.
   * When they are used up, new questions are refused.
   */
  refusal_bits_max: refusalBitsMaxSchema.optional()
})

/** A Docker engine: a socket of this machine, or another machine over TLS in which both sides show certificates (PEM files). */
const dockerHostSchema = z.union([
  z.strictObject({ socket: z.string().min(1) }),
  z.strictObject({
    /** https://HOST:PORT; port 2376 unless given. */
    url: z.url({ protocol: /^https$/ }),
    ca: z.string().min(1),
    cert: z.string().min(1),
    /** Must not be readable by others. */
    key: z.string().min(1)
  })
])

const dockerSchema = z.strictObject({
  /** Images that `npm run images` built, by name or id. By default `stimnet-python` and `stimnet-r`, if they exist. */
  images: z.strictObject({ python: z.string().optional(), r: z.string().optional() }).optional(),
  /**
   * `runsc` runs every program under gVisor, whose own kernel shields this machine's kernel. Default: Docker's default
   * runtime.
   */
  runtime: z.enum(['runc', 'runsc']).optional(),
  /** The engine's socket. Whoever may write to it is root on this machine, so it is never passed on. */
  socket: z.string().optional(),
  /**
   * Several engines in place of one, with the same images: a program runs on the least loaded engine that answers. Whoever administers a
   * machine of these sees the data of the programs that run there.
   */
  hosts: z.array(dockerHostSchema).min(1).max(32).optional()
})

const sandboxSchema = z.strictObject({
  /** `auto`: Docker if an engine answers and has an image, otherwise WASM. `none` runs no scripts. */
  engine: z.enum(['auto', 'wasm', 'docker', 'none']).default('auto'),
  docker: dockerSchema.prefault({}),
  /** Number of single-use sandboxes kept ready. With 0, each sandbox is started when needed. */
  pool_size: z.int().min(0).max(16).default(1),
  /** Folder of the interpreter's snapshot (31 MB), which peers of one user may share. By default in data_dir. */
  cache_dir: z.string().optional(),
  wall_time_ms: z.int().min(100).max(LIMITS.wallTimeMsMax).default(LIMITS.wallTimeMsDefault),
  memory_mib: z.int().min(256).max(65_536).default(1024)
})

const auditSchema = z.strictObject({
  /** Interval at which other members attest the log, minutes. Records that nobody has attested could still be rewritten. */
  witness_every_minutes: z.int().min(1).max(1440).default(10)
})

const federationSchema = z.strictObject({
  /**
   * File of the signed charter (stimnet federation create). Its members may connect, in addition to those in mesh.peers;
   * revoked members may not.
   */
  charter: z.string().optional()
})

const passportsSchema = z.strictObject({
  /** Trusted issuers of GA4GH visas. Nothing is fetched: their keys are in a file. */
  issuers: z
    .array(
      z.strictObject({
        /** The issuer as named in its visas (`iss`). */
        issuer: z.url(),
        /** File of the issuer's public keys: a JWK Set saved from the issuer; RSA or P-256. */
        keys: z.string(),
        /** Organisations, as URLs, on whose behalf the issuer may assert (`source`); all if empty. */
        sources: z.array(z.string()).default([]),
        /** Domains for which the issuer may assert that a person has a role (AffiliationAndRole). */
        organisations: z.array(z.string().regex(/^[A-Za-z0-9.-]{1,253}$/)).default([]),
        /** Datasets to which the issuer may grant access (ControlledAccessGrants). */
        datasets: z.array(z.url().max(1_024)).default([]),
        /** The key of each of the issuer's users (`sub`), for visas that name no key. */
        holders: z.record(z.string(), keyId).default({})
      })
    )
    .max(32)
    .default([])
})

const monitoringSchema = z.strictObject({
  /** Number of variants of one question about a catalog within a day that raises an alert. */
  near_identical: z.int().min(2).max(1_000).default(12),
  /** Number of refusals of requests carried by one peer within ten minutes that raises an alert. */
  refused: z.int().min(2).max(10_000).default(20),
  /** Used share of a privacy budget, of the refusal bits or of the script bits that raises an alert. */
  used_share: z.number().min(0.1).max(1).default(0.8)
})

const approvalsSchema = z.strictObject({
  /** Number of stewards who must approve a request under review. Two by default, because a single reader overlooks things. */
  needed: z.int().min(1).max(2).default(2),
  /** Time that a request may wait for stewards, and that an approved request may wait for its run, days. */
  expire_days: z.int().min(1).max(365).default(14),
  pending_max: z.int().min(1).max(10_000).default(100)
})

const jobsSchema = z.strictObject({
  /**
   * Number of jobs that run at the same time. Two by default, so that a job that waits for its sandbox does not hold up a
   * count.
   */
  concurrency: z.int().min(1).max(64).default(2),
  queue_max: z.int().min(1).max(10_000).default(LIMITS.queueJobsMax),
  queue_per_requester_max: z.int().min(1).max(10_000).default(LIMITS.queueJobsPerRequesterMax)
})

const keptDays = (max = 36_500) => z.int().min(1).max(max).optional()

const retentionSchema = z.strictObject({
  /**
   * Days for which results are kept: values and receipts of answers to others, and of answers that accounts here received.
   * By default, results and everything else in this section are kept for ever: a steward, not a program, should decide what
   * may be deleted.
   */
  results_days: keptDays(),
  /** Days for which jobs of others are kept after their end: who asked which question, and how the job ended. */
  jobs_days: keptDays(),
  /** Days for which requests of accounts here are kept after their end. */
  requests_days: keptDays(),
  /** Days for which uploaded files are kept. Default and maximum: seven. */
  uploads_days: keptDays(LIMITS.uploadLifetimeMs / 86_400_000),
  /** Days for which the rows of an epoch are kept after a newer one was accepted. */
  epochs_days: keptDays(),
  /** Days after which a locked account is removed, with its API keys. */
  locked_accounts_days: keptDays()
})

/** The whole configuration; see config/peer.example.yaml. */
const configSchema = z.strictObject({
  /** The name that others see beside the PeerId. */
  node_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .default('node-1'),
  institution: plainLine(200).min(1),
  /** Folder for everything that this peer writes: key, database, snapshots. Relative to this file. */
  data_dir: z.string().default('./stimnet-data'),
  mesh: meshSchema.prefault({}),
  /** Requesters who may ask. If empty, nobody may. */
  requesters: z.array(requester).default([]),
  gateway: gatewaySchema.prefault({}),
  gateways: gatewaysSchema.prefault({}),
  metrics: metricsSchema.prefault({}),
  privacy: privacySchema.prefault({}),
  sandbox: sandboxSchema.prefault({}),
  jobs: jobsSchema.prefault({}),
  approvals: approvalsSchema.prefault({}),
  monitoring: monitoringSchema.prefault({}),
  federation: federationSchema.prefault({}),
  passports: passportsSchema.prefault({}),
  audit: auditSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
      /** A line for each request of the gateway, at every level but silent. It says when each account was here, so it is off by default. */
      access: z.boolean().default(false)
    })
    .prefault({}),
  catalogs: z.array(catalogConfigSchema).default([])
})

/** A valid configuration. Paths are as written, relative to `baseDir`. */
export type PeerConfig = z.output<typeof configSchema>

/** A configuration, its file and its folder. */
export interface LoadedConfig {
  readonly config: PeerConfig
  readonly baseDir: string
  readonly file: string
}

/** The environment variables that set keys, for containers. */
const VARIABLES: Readonly<Record<string, readonly [section: string, key: string] | readonly [key: string]>> = {
  STIMNET_NODE_ID: ['node_id'],
  STIMNET_INSTITUTION: ['institution'],
  STIMNET_DATA_DIR: ['data_dir'],
  STIMNET_GATEWAY_HOST: ['gateway', 'host'],
  STIMNET_GATEWAY_PORT: ['gateway', 'port'],
  STIMNET_GATEWAY_INSECURE: ['gateway', 'insecure'],
  STIMNET_MIN_COHORT_SIZE: ['privacy', 'min_cohort_size'],
  STIMNET_K_MIN: ['privacy', 'k_min'],
  STIMNET_LOG_LEVEL: ['log', 'level']
}

/** Reads and checks a configuration file, then applies the environment. Throws CONFIG_INVALID naming file, line and key. */
export async function loadConfig(file: string, environment: NodeJS.ProcessEnv = process.env): Promise<LoadedConfig> {
  const { path, raw, where } = await readYaml(file, 'stimnet init makes a configuration')
  return { config: parseConfig(withEnvironment(raw, environment), where), baseDir: dirname(path), file: path }
}

/** Checks a configuration object. `where` returns the place of a key for messages. Throws CONFIG_INVALID. */
export function parseConfig(raw: unknown, where: Where = () => ''): PeerConfig {
  return checkedBy(configSchema, contradictions, { raw, where })
}

/** Reads a file of disclosure rules, written like the `privacy` section of a configuration. Throws CONFIG_INVALID. */
export async function loadPrivacy(file: string): Promise<PeerConfig['privacy']> {
  const { raw: privacy } = await readYaml(file)
  return parseConfig({ institution: '-', privacy }, () => `${resolve(file)}: `).privacy
}

/** Contradictions between keys that are each valid by themselves. */
function* contradictions(config: PeerConfig): Contradictions {
  const { gateway, mesh, privacy } = config
  if (gateway.enabled && !isLoopback(gateway.host) && !gateway.insecure && !gateway.tls) {
    const remedy = 'give gateway.tls, put TLS in front and say insecure: true, or bind 127.0.0.1'
    yield ['gateway.host', `plain HTTP beyond loopback: ${remedy}`]
  }
  if (gateway.tls && gateway.insecure) {
    yield ['gateway.insecure', 'says that plain HTTP is meant, and gateway.tls that it is not: remove one or the other']
  }
  if (gateway.tls && !gateway.enabled) yield ['gateway.tls', 'does nothing while gateway.enabled is false']
  if (mesh.open && config.federation.charter !== undefined) {
    yield ['mesh.open', 'lets everybody in, so a charter would do nothing: remove one or the other']
  }
  if (mesh.open && mesh.relay) {
    yield ['mesh.relay', 'would relay for everybody, because mesh.open lets everybody in: remove one or the other']
  }
  const { hosts, socket } = config.sandbox.docker
  if (hosts !== undefined && socket !== undefined) {
    yield ['sandbox.docker.socket', 'does nothing beside sandbox.docker.hosts: name it there as { socket: … }']
  }
  const { results_days = 0, jobs_days, requests_days } = config.retention
  for (const [key, days] of Object.entries({ jobs_days, requests_days })) {
    if (days === undefined || days >= results_days) continue
    yield ['retention.results_days', `is longer than retention.${key} (${days}), with which results go too`]
  }
  yield* ofRequesters(config)
  yield* ofProviders(config)
  const real = config.catalogs.find((catalog) => !catalog.synthetic)
  if (mesh.open && real)
    yield ['mesh.open', `lets everybody ask about ${real.name}, which is not synthetic: list peers and requesters`]
  if (mesh.open && (mesh.peers.length > 0 || config.requesters.length > 0)) {
    yield ['mesh.open', 'lets everybody in, so mesh.peers and requesters would do nothing: remove one or the other']
  }
  if (privacy.min_cohort_size < privacy.k_min) {
    yield ['privacy.min_cohort_size', `is below privacy.k_min (${privacy.k_min})`]
  }
  const trusting = config.catalogs.find((catalog) => catalog.scripts === 'auto' && !catalog.synthetic)
  if (trusting) yield ['catalogs', `${trusting.name}: scripts: auto needs synthetic: true; nobody would read the code`]
  const listed = config.catalogs.find(({ scripts, code_hashes }) => code_hashes && scripts === 'auto')
  if (listed) yield ['catalogs', `${listed.name}: scripts: auto runs every script, so code_hashes would do nothing`]
  const hasty = config.catalogs.find((catalog) => catalog.timing === 'prompt' && !catalog.synthetic)
  if (hasty) yield ['catalogs', `${hasty.name}: timing: prompt needs synthetic: true; durations tell about patients`]
  for (const { name, privacy: own, requesters } of config.catalogs) {
    if (own?.scope !== 'project') continue
    if (mesh.open)
      yield ['catalogs', `${name}: scope: project needs listed requesters, and mesh.open lets everybody ask`]
    const unknown = own.projects
      ?.flatMap(({ requesters }) => requesters)
      .find((key) => !(requesters ?? config.requesters).includes(key))
    if (unknown !== undefined) yield ['catalogs', `${name}: ${unknown} of its projects is not among requesters`]
  }
  const names = config.catalogs.map((catalog) => catalog.name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) yield ['catalogs', `the name ${twice} is used twice`]
}

function* ofProviders({ gateway, gateways }: PeerConfig): Contradictions {
  const { providers, public_url, insecure } = gateway
  const names = providers.map(({ name }) => name)
  if (new Set(names).size < names.length) yield ['gateway.providers', 'two have the same name']
  const inTheClear = providers.find(({ issuer }) => issuer.startsWith('http:') && !isLoopback(new URL(issuer).hostname))
  if (inTheClear) yield ['gateway.providers', `${inTheClear.name}: an issuer beyond this machine is asked by https`]
  if (providers.length === 0) return
  const isFar = insecure || !isLoopback(gateway.host) || gateways.socket !== undefined || gateways.tls !== undefined
  if (isFar && public_url === undefined) {
    yield ['gateway.public_url', 'is missing: login providers send browsers back to it']
  }
}

/** Contradictions in lists of requesters: entries that nobody can meet, and entries without effect. */
function* ofRequesters(config: PeerConfig): Contradictions {
  const { catalogs, federation, mesh, passports } = config
  const entries = [config, ...catalogs].flatMap(({ requesters }) => requesters ?? [])
  if (entries.includes('affiliation:members') && federation.charter === undefined) {
    const remedy = 'name the charter there, signed or not yet, or take affiliation:members out until there is one'
    yield ['requesters', `affiliation:members needs federation.charter (whose members?): ${remedy}`]
  }
  const needsVisas = entries.some((entry) => entry.startsWith('visa:')) || catalogs.some((c) => c.controlled_access)
  const grantable = new Set(passports.issuers.flatMap(({ datasets }) => datasets))
  const ungrantable = catalogs.flatMap((c) => c.controlled_access ?? []).find((dataset) => !grantable.has(dataset))
  const places = passports.issuers.flatMap(({ organisations }) => organisations)
  const unsayable = entries.find((entry) => entry.startsWith('visa:') && !places.some((at) => entry.endsWith(`@${at}`)))
  if (passports.issuers.length > 0 && ungrantable !== undefined) {
    yield ['passports.issuers', `none may grant ${ungrantable}: add it to the datasets of one`]
  }
  if (passports.issuers.length > 0 && unsayable !== undefined) {
    yield ['passports.issuers', `none may say ${unsayable}: add its domain to the organisations of one`]
  }
  if (needsVisas && passports.issuers.length === 0) {
    yield ['passports.issuers', 'is empty, so that no visa counts: visa: and controlled_access let nobody in']
  }
  for (const { name, requesters, controlled_access } of catalogs) {
    if (requesters && controlled_access) {
      yield ['catalogs', `${name}: with controlled_access the grant decides who may ask: remove requesters`]
    }
    if (requesters && mesh.open) yield ['catalogs', `${name}: mesh.open lets everybody ask: remove its requesters`]
  }
}

function withEnvironment(raw: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw
  const merged: Record<string, unknown> = { ...raw }
  for (const [variable, path] of Object.entries(VARIABLES)) {
    const text = environment[variable]
    if (text === undefined) continue
    const value = /^\d+$/.test(text) ? Number(text) : text === 'true' || text === 'false' ? text === 'true' : text
    const [first, second] = path
    if (second === undefined) merged[first] = value
    else merged[first] = { ...(merged[first] as object | undefined), [second]: value }
  }
  return merged
}
