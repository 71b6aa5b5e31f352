import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive } from '../../metadata/process-identity.ts'
import { freePort } from '../../temporal/free-port.ts'
import { DevServer, until } from '../dev-server.ts'
import { ProjectFolder } from '../project-folder.ts'

const definitionsOf = (answer: string): string => `
import { asset, definitions } from 'assetry'
import { setTimeout as wait } from 'node:timers/promises'

const slow = asset({ key: 'slow', materialize: async (_inputs, { signal }) => {
  await wait(2_500, undefined, { signal })
  return '${answer}'
} })
const after = asset({ key: 'after', inputs: { slow }, materialize: ({ slow }, { addMetadata }) => {
  addMetadata({ saw: slow, made_by: '${answer}' })
  return slow
} })
export default definitions({ assets: [slow, after] })
`

let project: ProjectFolder
let server: DevServer

beforeAll(async () => {
  project = await ProjectFolder.create(definitionsOf('first'))
  server = new DevServer({ definitionsFile: project.definitionsFile, home: project.home, port: await freePort() })
  await server.printed('ready in')
})

afterAll(async () => {
  await server.stop()
  await project.remove()
})

/** Starts a run and waits until its first step is at work. */
async function startedRun(): Promise<string> {
  const { run } = await server.client.runs.start({ selection: '*' })
  await until(async () => (await server.client.runs.get(run.runId)).steps.find((step) => step.status === 'STARTED'))
  return run.runId
}

async function metadataOf(runId: string, assetKey: string): Promise<unknown> {
  const { materializations } = await server.client.runs.get(runId)
  return materializations.find((each) => each.assetKey === assetKey)?.metadata
}

describe('assetry dev while its source files change', () => {
  it('lets a run in hand go on and takes the new code for what begins later', async () => {
    const runId = await startedRun()
    await project.write('definitions.ts', definitionsOf('second'))
    await server.printed('reloaded in')
    expect((await server.client.runs.wait(runId)).status).toBe('SUCCESS')
    expect(await metadataOf(runId, 'after')).toMatchObject({ saw: { value: 'first' } })
    const { run } = await server.client.runs.start({ selection: 'after' })
    expect((await server.client.runs.wait(run.runId)).status).toBe('SUCCESS')
    expect(await metadataOf(run.runId, 'after')).toMatchObject({ made_by: { value: 'second' } })
  })

  it('keeps the code it has when the new one does not load, and says where it is wrong', async () => {
    await project.write('definitions.ts', `${definitionsOf('third')}\nthrow new Error('half-written')\n`)
    await server.printed('DEFINITIONS_FILE_THREW')
    expect(server.output).toContain('half-written')
    expect(server.output).toMatch(/definitions\.ts:15:7/)
    const { run } = await server.client.runs.start({ selection: '*' })
    expect((await server.client.runs.wait(run.runId)).status).toBe('SUCCESS')
    expect(await metadataOf(run.runId, 'after')).toMatchObject({ made_by: { value: 'second' } })
  })

  it('goes on with a run in hand at the next start when it is stopped by Ctrl+C, and leaves no process behind', async () => {
    await project.write('definitions.ts', definitionsOf('fourth'))
    await until(() => (server.output.match(/reloaded in/g)?.length === 2 ? true : undefined))
    const runId = await startedRun()
    const { supervisor, temporal, store, workers } = await server.state()
    await server.stop()
    expect(server.process.exitCode).toBe(0)
    for (const identity of [supervisor, temporal, store, ...workers.map((worker) => worker.process)]) {
      expect(identity === undefined || (await isAlive(identity))).toBe(identity === undefined)
    }
    server = new DevServer({ definitionsFile: project.definitionsFile, home: project.home, port: await freePort() })
    await server.printed('ready in')
    expect(server.output).toContain(runId.slice(0, 8))
    const { status, steps } = await server.client.runs.wait(runId)
    expect(status).toBe('SUCCESS')
    expect(steps.map(({ failures }) => failures)).toEqual([0, 0])
  })
})
