import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../cli/program.ts'
import { projectRoot } from '../scripts/project-root.ts'
import { embeddedServerFlags } from '../temporal/embedded-server-flags.ts'

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: object
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose
const services = Object.entries(compose.services)

/** The compose specification's own schema, as the linter dclint ships it. */
function composeSchema(): object {
  const folder = dirname(createRequire(import.meta.url).resolve('dclint/package.json'))
  const schema = JSON.parse(readFileSync(join(folder, 'schemas/compose.schema.json'), 'utf8')) as object
  // The address of the draft as Ajv knows it.
  return { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' }
}

describe('docker-compose.yml', () => {
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(composeSchema())

  it('keeps to the compose specification', () => {
    expect(validate(compose) ? [] : validate.errors).toEqual([])
    expect(validate({ services: { api: { ...compose.services['api'], comand: ['api'] } } })).toBe(false)
  })

  it('has every part: database, Temporal with its Web UI, migration, API and worker', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'temporal', 'temporal-ui', 'migrate', 'api', 'worker']),
    )
  })

  it('runs commands and options that the command line has', () => {
    const program = createProgram(() => {})
    const ours = services.flatMap(([, { image, command }]) => (image.startsWith('assetry:') ? [command ?? []] : []))
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker'])
    for (const [name, ...args] of ours) {
      const options = program.commands.find((command) => command.name() === name)?.options.map(({ long }) => long)
      expect(options, `assetry ${name}`).toEqual(expect.arrayContaining(args.filter((arg) => arg.startsWith('--'))))
    }
  })

  it('opens ports on this machine alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports).toHaveLength(3)
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('has no password, and refuses to start without one', () => {
    const passwords = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD/.test(name)),
    )
    expect(passwords.length).toBeGreaterThanOrEqual(6)
    expect(passwords.filter(([, value]) => !value.startsWith('${POSTGRES_PASSWORD:?'))).toEqual([])
    expect(read('docker-compose.yml')).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/)
  })

  it('asks for a token of the API, for it alone, and has none itself', () => {
    const tokens = services.flatMap(([name, { environment = {} }]) =>
      'ASSETRY_TOKEN' in environment ? [[name, environment['ASSETRY_TOKEN']]] : [],
    )
    expect(tokens).toEqual([['api', expect.stringMatching(/^\$\{ASSETRY_TOKEN:\?/)]])
    expect(read('.env.example')).toMatch(/^ASSETRY_TOKEN=$/m)
    // Its health is asked without one.
    expect(JSON.stringify(compose.services['api']?.healthcheck)).toContain('/livez')
  })

  it('mounts files that exist and volumes that it names', () => {
    const sources = services.flatMap(([, service]) => service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '')
    const files = sources.filter((source) => source.startsWith('.'))
    expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([])
    expect(new Set(sources.filter((source) => !files.includes(source)))).toEqual(new Set(Object.keys(compose.volumes)))
  })

  it('waits for services that it has, and for health only where it is checked', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(compose.services, `${name} waits for ${other}`).toHaveProperty(other)
        if (condition === 'service_healthy') expect(compose.services[other], `${name} waits for ${other}`).toHaveProperty('healthcheck')
      }
    }
  })

  it('has a value or a default for every variable, and .env.example names them all', () => {
    const variables = new Set([...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? ''))
    const example = new Set([...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name ?? ''))
    expect(example).toEqual(variables)
    expect(read('docker-compose.yml').match(/\$\{\w+\}/g)).toBeNull()
  })

  it('gives its Temporal server the settings of the embedded one', () => {
    const settings = parse(read('docker/temporal-dynamic-config.yaml')) as Record<string, readonly { readonly value: unknown }[]>
    const ours = Object.fromEntries(Object.entries(settings).map(([name, [first]]) => [name, String(first?.value)]))
    const flags = embeddedServerFlags({ folder: '/data', port: 1, uiPort: 2 })
    const embedded = flags
      .filter((_, index) => flags[index - 1] === '--dynamic-config-value')
      .map((flag) => flag.replaceAll('"', '').split('='))
    expect(embedded.length).toBeGreaterThan(5)
    expect(ours).toMatchObject(Object.fromEntries(embedded) as Record<string, string>)
  })
})

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').split('\n')
  const copied = lines.filter((line) => line.startsWith('COPY ')).map((line) => line.split(' ').slice(1))

  it('copies what exists', () => {
    const sources = copied.flatMap((words) => words.filter((word) => !word.startsWith('--')).slice(0, -1))
    const files = sources.map((source) => source.replace(/^\/app\//, '')).filter((file) => file !== 'dist')
    expect(files).toEqual(expect.arrayContaining(['package.json', '.', 'examples']))
    expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([])
  })

  it('runs what the package calls assetry, and not as root', () => {
    const { bin } = JSON.parse(read('package.json')) as { bin: { assetry: string } }
    expect(lines.find((line) => line.startsWith('ENTRYPOINT'))).toContain(`"${bin.assetry}"`)
    expect(lines.findLast((line) => line.startsWith('USER'))).toBe('USER node')
  })

  it('is built without secrets and without what belongs to this machine', () => {
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.env', '**/node_modules', '.git', 'dist']))
  })
})
