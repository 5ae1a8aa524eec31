/** The subcommands that need only a gateway, in the order in which a new user needs them. */
import type { Commands } from '@stimnet/machine'

/** The commands for researchers. */
export const ASKING: Commands = {
  login: async () => (await import('./session/login.ts')).loginCommand,
  logout: async () => (await import('./session/logout.ts')).logoutCommand,
  catalogs: async () => (await import('./follow/catalogs.ts')).catalogsCommand,
  peers: async () => (await import('./follow/peers.ts')).peersCommand,
  run: async () => (await import('./ask/run.ts')).runCommand,
  model: async () => (await import('./ask/model.ts')).modelCommand,
  cost: async () => (await import('./ask/cost.ts')).costCommand,
  jobs: async () => (await import('./follow/jobs.ts')).jobsCommand,
  job: async () => (await import('./follow/jobs.ts')).jobCommand,
  key: async () => (await import('./session/key.ts')).keyCommand,
  verify: async () => (await import('./follow/verify.ts')).verifyCommand,
  crate: async () => (await import('./follow/crate.ts')).crateCommand,
  'api-key': async () => (await import('./session/api-key.ts')).apiKeyCommand
}

/** The commands for stewards and operators, who may be at another machine than their peer. */
export const DECIDING: Commands = {
  requests: async () => (await import('./follow/requests.ts')).requestsCommand,
  permit: async () => (await import('./follow/permit.ts')).permitCommand,
  events: async () => (await import('./follow/events.ts')).eventsCommand
}
