import { ENVIRONMENT, variableNames } from '../../src/config/environment.ts'
import { DEFAULT_MANAGEMENT_PORT, DEFAULT_PORT } from '../../src/config/schema.ts'
import type { ComposeFile, Service } from './compose-file.ts'
import { lastOf, parseCopy, type Stage, stageOf, words } from './dockerfile.ts'

/** Everything that is judged together. */
export interface Containers {
  readonly compose: ComposeFile
  readonly stages: readonly Stage[]
  readonly caddyfile: string
  /** Files and folders that exist in a checkout after `sallyport init --dir deploy`, from its root. */
  readonly present: ReadonlySet<string>
  /** Verbs of the command line. */
  readonly verbs: readonly string[]
  /** Addresses that the management port answers. */
  readonly healthPaths: readonly string[]
}

/** What the images of others read, besides which nothing may be set. */
const FOREIGN_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'postgres:18': ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD_FILE'],
  'caddy:2': ['SITE_ADDRESS'],
}

/** Says everything that compose file, Dockerfile and proxy do not agree on with the settings, or with each other. */
export function judgeContainers(containers: Containers): readonly string[] {
  const services = Object.entries(containers.compose.services)
  return [
    ...services.flatMap(([name, service]) => judgeService(name, service, containers)),
    ...judgeStages(containers),
    ...judgeHealthCheck(containers),
    ...judgeProxy(containers),
    ...judgeNetworks(containers.compose),
  ]
}

function judgeService(name: string, service: Service, containers: Containers): readonly string[] {
  return [
    ...judgeVariables(name, service),
    ...judgeMounts(name, service, containers),
    ...judgeHardening(name, service),
    ...judgeVerb(name, service, containers),
    ...judgeDependencies(name, service, containers),
  ]
}

const isOurs = (service: Service): boolean => service.build !== undefined

function judgeVariables(name: string, service: Service): readonly string[] {
  const known = isOurs(service) ? variableNames() : (FOREIGN_VARIABLES[service.image] ?? [])
  return Object.keys(service.environment).flatMap((variable) => {
    if (!known.includes(variable)) return [`${name}: ${variable} is not a variable of ${service.image}`]
    const isSecret = ENVIRONMENT.some((entry) => entry.secret && entry.name === variable)
    return isSecret ? [`${name}: ${variable} shows a secret: use ${variable}_FILE`] : []
  })
}

function judgeMounts(name: string, service: Service, { compose, present }: Containers): readonly string[] {
  const volumes = service.volumes.flatMap((mount) => {
    if (mount.type === 'volume') return mount.source in compose.volumes ? [] : [`${name}: no volume ${mount.source}`]
    return present.has(mount.source.replace('./', '')) ? [] : [`${name}: nothing makes ${mount.source}`]
  })
  const secrets = service.secrets.flatMap((secret) => {
    const file = compose.secrets[secret]?.file.replace('./', '')
    return file !== undefined && present.has(file) ? [] : [`${name}: nothing makes the file of the secret ${secret}`]
  })
  const inside = new Set([
    ...service.secrets.map((secret) => `/run/secrets/${secret}`),
    ...service.volumes.flatMap((mount) => filesBelow(mount, present)),
  ])
  const named = Object.entries(service.environment)
    .filter(([variable]) => /_FILE$|_CONFIG$/.test(variable))
    .filter(([, file]) => !inside.has(file))
    .map(([variable, file]) => `${name}: ${variable} names ${file}, which is not mounted`)
  return [...volumes, ...secrets, ...named]
}

function filesBelow(mount: Service['volumes'][number], present: ReadonlySet<string>): readonly string[] {
  if (mount.type === 'volume') return []
  const source = mount.source.replace('./', '')
  return [...present]
    .filter((path) => path.startsWith(`${source}/`))
    .map((path) => mount.target + path.slice(source.length))
}

function judgeHardening(name: string, service: Service): readonly string[] {
  const escalates = service.security_opt.includes('no-new-privileges:true') ? [] : [`${name}: may gain privileges`]
  if (!isOurs(service)) return escalates
  const capable =
    service.cap_drop.includes('ALL') && service.cap_add.length === 0 ? [] : [`${name}: keeps capabilities`]
  const isDemo = service.profiles.includes('demo')
  const writes = service.read_only || isDemo ? [] : [`${name}: can write its root file system`]
  const mounts = service.volumes.filter(({ type }) => type === 'volume' && !isDemo).map(() => `${name}: keeps state`)
  return [...escalates, ...capable, ...writes, ...mounts]
}

function judgeVerb(name: string, service: Service, { stages, verbs }: Containers): readonly string[] {
  if (service.build === undefined) return []
  const stage = stageOf(stages, service.build.target)
  const [verb] = service.command ?? words(lastOf(stage, 'CMD'))
  return verb !== undefined && verbs.includes(verb) ? [] : [`${name}: ${verb} is not a verb of sallyport`]
}

function judgeDependencies(name: string, service: Service, { compose, stages }: Containers): readonly string[] {
  return Object.entries(service.depends_on).flatMap(([other, { condition }]) => {
    const found = compose.services[other]
    if (found === undefined) return [`${name}: waits for ${other}, which does not exist`]
    if (condition === 'service_completed_successfully') {
      return found.restart === 'no' ? [] : [`${name}: waits for the end of ${other}, which is restarted`]
    }
    const stage = found.build === undefined ? undefined : stageOf(stages, found.build.target)
    const hasCheck =
      found.healthcheck !== undefined || (stage !== undefined && lastOf(stage, 'HEALTHCHECK') !== undefined)
    return hasCheck ? [] : [`${name}: waits for the health of ${other}, which has no check`]
  })
}

function judgeStages({ stages, present }: Containers): readonly string[] {
  const final = stages.at(-1)
  const isDefault = final?.name === 'server' ? [] : ['the last stage, which is built unless asked, is not server']
  const users = stages
    .filter((stage) => lastOf(stage, 'ENTRYPOINT') !== undefined)
    .filter((stage) => !/^[1-9]\d*:[1-9]\d*$/.test(lastOf(stage, 'USER') ?? ''))
    .map(({ name }) => `${name}: does not run as a numbered user other than root`)
  const variables = stages.flatMap(({ name, instructions }) =>
    instructions
      .filter((instruction) => instruction.name === 'ENV')
      .map(({ text }) => text.split('=')[0] ?? '')
      .filter((variable) => variable !== 'NODE_ENV' && !variableNames().includes(variable))
      .map((variable) => `${name}: ${variable} is not a variable of Sallyport`),
  )
  const copies = stages.flatMap(({ name, instructions }) =>
    instructions
      .filter((instruction) => instruction.name === 'COPY')
      .map(({ text }) => parseCopy(text))
      .flatMap(({ fromStage, sources }) => {
        if (fromStage !== undefined)
          return stages.some((stage) => stage.name === fromStage) ? [] : [`${name}: no stage ${fromStage}`]
        return sources
          .filter((source) => !present.has(source.replace(/\/$/, '')))
          .map((source) => `${name}: no ${source}`)
      }),
  )
  const exposed =
    final === undefined || lastOf(final, 'EXPOSE') === String(DEFAULT_PORT)
      ? []
      : ['server: exposes another port than the default']
  return [...isDefault, ...users, ...variables, ...copies, ...exposed]
}

function judgeHealthCheck({ stages, healthPaths }: Containers): readonly string[] {
  const check = lastOf(stageOf(stages, 'server'), 'HEALTHCHECK') ?? ''
  const variable = ENVIRONMENT.find(({ path }) => path?.join('.') === 'management.port')?.name
  const [, path = ''] = check.match(/'(\/\w+)'/) ?? []
  return [
    ...(check.includes('"node"') && !/curl|wget/.test(check) ? [] : ['the health check runs no node']),
    ...(healthPaths.includes(path) ? [] : [`the health check asks ${path}, which is not served`]),
    ...(check.includes(`process.env.${variable} || ${DEFAULT_MANAGEMENT_PORT})`)
      ? []
      : ['the health check asks another port']),
    ...(check.includes("'http://127.0.0.1:'") ? [] : ['the health check leaves loopback']),
  ]
}

function judgeProxy({ compose, caddyfile }: Containers): readonly string[] {
  const [, upstream, port] = caddyfile.match(/reverse_proxy ([\w-]+):(\d+)/) ?? []
  const service = compose.services[upstream ?? '']
  const shared = service?.networks.filter((network) => compose.services.proxy?.networks.includes(network)) ?? []
  const subnets = shared.flatMap((network) => compose.networks[network]?.ipam?.config.map(({ subnet }) => subnet) ?? [])
  const trusted = service?.environment.SALLYPORT_TRUSTED_PROXIES
  const sites = [caddyfile.match(/\{\$(\w+):/)?.[1] ?? 'none']
  return [
    ...(service?.build?.target === 'server' ? [] : [`the proxy leads to ${upstream}, which is not the server`]),
    ...(Number(port) === DEFAULT_PORT ? [] : [`the proxy leads to port ${port}`]),
    ...(trusted !== undefined && subnets.length === 1 && subnets[0] === trusted
      ? []
      : ['the server trusts another network than the one of the proxy']),
    ...sites
      .filter((site) => !(site in (compose.services.proxy?.environment ?? {})))
      .map((site) => `the proxy is not told ${site}`),
  ]
}

function judgeNetworks({ services, networks }: ComposeFile): readonly string[] {
  const unknown = Object.entries(services).flatMap(([name, service]) =>
    service.networks.filter((network) => !(network in networks)).map((network) => `${name}: no network ${network}`),
  )
  const open = (services.postgres?.networks ?? []).filter((network) => networks[network]?.internal !== true)
  const published = Object.entries(services)
    .filter(([name, service]) => name !== 'proxy' && service.ports.length > 0)
    .map(([name]) => `${name}: is published beside the proxy`)
  return [...unknown, ...open.map((network) => `postgres: ${network} leads out`), ...published]
}
