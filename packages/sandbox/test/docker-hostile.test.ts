import { dockerHere } from './docker-engine.ts'
import { hostileContainers } from './docker-hostile.ts'

hostileContainers({ name: 'a container', here: await dockerHere('minimal'), isGvisor: false })
