import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { env } from '../../definitions/env.ts'
import { Failure } from '../../definitions/failure.ts'
import { output } from '../../definitions/output.ts'
import { resource } from '../../definitions/resource.ts'
import { until } from '../dev-server.ts'
import { DurableStack, Gate } from '../durable-stack.ts'

const codeLocation = 'run-secrets'
const variable = 'ASSETRY_RUN_SECRETS_PASSWORD'
const secret = 'correct "horse" battery-staple'

const config = z.object({ password: z.string() })
const database = resource({ name: 'database', config, create: ({ password }) => password })
const broken = resource({
  name: 'broken_database',
  config,
  create: ({ password }): string => {
    throw new Error(`refused password ${password}`)
  },
})
const picky = resource({
  name: 'picky_database',
  config: z.object({ password: z.string().refine(() => false, { error: (issue) => `${String(issue.input)} is too short` }) }),
  create: ({ password }) => password,
})

const throws = asset({
  key: 'throws',
  resources: { database },
  retries: { max: 1 },
  materialize: (_, { resources }): number => {
    throw new Error(`login failed for ${resources.database}`, { cause: new TypeError(`bad password ${resources.database}`) })
  },
})
const fails = asset({
  key: 'fails',
  resources: { database },
  materialize: (_, { resources }): number => {
    throw new Failure('login failed', {
      metadata: { url: `postgres://me:${resources.database}@here`, all: { nested: [resources.database] } },
    })
  },
})
const tells = asset({
  key: 'tells',
  resources: { database },
  materialize: (_, { resources, log, addMetadata }) => {
    log.info(`connected with ${resources.database}`, { password: resources.database, deep: [{ password: resources.database }] })
    addMetadata({ password: resources.database })
    console.log('connected', resources.database, { password: resources.database })
    process.stdout.write(`connected with ${resources.database.slice(0, 12)}`)
    process.stdout.write(`${resources.database.slice(12)}\n`)
    return output(1, {
      metadata: { sample: { password: resources.database } },
      tags: { via: resources.database },
      dataVersion: resources.database,
    })
  },
})
const mayEnd = new Gate()
const beats = asset({
  key: 'beats',
  resources: { database },
  materialize: async (_, { resources, heartbeat }) => {
    heartbeat({ at: resources.database })
    await mayEnd.opened
    return 1
  },
})
const cannotConnect = asset({ key: 'cannot_connect', resources: { broken }, materialize: () => 1 })
const refused = asset({ key: 'refused', resources: { picky }, materialize: () => 1 })

const all = definitions({
  assets: [throws, fails, tells, beats, cannotConnect, refused],
  resources: [database, broken, picky].map((each) => each.configure({ password: env(variable) })),
})

let stack: DurableStack

beforeAll(async () => {
  process.env[variable] = secret
  stack = await DurableStack.start(codeLocation)
  await stack.startWorker(all)
})
afterAll(() => stack.stop())

/** Everything in an answer of Temporal, the data of payloads as the text they hold. */
function readable(answer: unknown): string {
  return JSON.stringify(answer, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  )
}

/** Also where quotes are escaped, once or several times. */
const showsSecret = (text: string): boolean => text.includes('horse') || text.includes('battery-staple')

async function told(runId: string): Promise<{ record: string; history: string }> {
  const { failure, ...record } = await stack.ended(runId)
  const history = readable(await stack.workflow(runId).fetchHistory())
  return {
    record: JSON.stringify({ ...record, failure: `${failure?.message} ${failure?.cause?.message} ${failure?.cause?.stack}` }),
    history,
  }
}

describe('the value of an environment variable that a resource has read', () => {
  it.each([
    ['thrown in an error, its cause and its stack', 'throws', 'STEP_FAILURE'],
    ['thrown as metadata of a Failure', 'fails', 'STEP_FAILURE'],
    ['logged, and told as metadata, tag and version', 'tells', 'ASSET_MATERIALIZATION'],
    ['thrown by the making of the resource', 'cannot_connect', 'STEP_FAILURE'],
  ])('is masked where it is %s', async (_what, selection, recorded) => {
    const runId = await stack.launch(selection)
    const { record, history } = await told(runId)
    expect(record).toContain(recorded)
    expect(record).toContain(`[${variable}]`)
    expect(showsSecret(record)).toBe(false)
    expect(history).toContain(`{\\"runId\\":\\"${runId}\\",\\"stepKey\\":\\"${selection}\\"`)
    expect(showsSecret(history)).toBe(false)
  })

  it('is masked where it is kept by a heartbeat', async () => {
    const runId = await stack.launch('beats')
    const pending = await until(async () => {
      const { raw } = await stack.workflow(runId).describe()
      return raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]
    })
    expect(readable({ pending })).toContain(variable)
    expect(showsSecret(readable({ pending }))).toBe(false)
    mayEnd.open()
    await stack.ended(runId)
  })

  it('is masked where a schema that refuses it says so, in the error and in Temporal', async () => {
    const message = await stack.launch('refused').catch(String)
    expect(message).toContain('is too short')
    expect(showsSecret(message)).toBe(false)
    const validation = await newestValidation()
    const history = readable(await stack.client.workflow.getHandle(validation).fetchHistory())
    expect(history).toContain('is too short')
    expect(showsSecret(history)).toBe(false)
  })
})

/** The workflow that checked the config of the last launch. */
async function newestValidation(): Promise<string> {
  const query = `WorkflowType = "validateRunConfig" AND TaskQueue = "assetry:${codeLocation}"`
  return await until(async () => {
    for await (const execution of stack.client.workflow.list({ query })) {
      const history = readable(await stack.client.workflow.getHandle(execution.workflowId).fetchHistory())
      if (history.includes('picky_database')) return execution.workflowId
    }
    return undefined
  })
}
