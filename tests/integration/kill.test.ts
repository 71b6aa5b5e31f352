import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../temporal/free-port.ts'
import type { StackState } from '../../cli/stack/stack-state.ts'
import { DevServer, until } from '../dev-server.ts'

const definitionsFile = fileURLToPath(new URL('../fixtures/thirty/definitions.ts', import.meta.url))

/** Which process dies, found in what the stack wrote down. */
const victims: Readonly<Record<string, (state: StackState) => number | undefined>> = {
  worker: (state) => state.workers.at(-1)?.process.pid,
  'Temporal server': (state) => state.temporal?.pid,
  'metadata store': (state) => state.store?.pid,
  supervisor: (state) => state.supervisor.pid,
}

let home: string
let server: DevServer

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'assetry-kill-'))
})

afterEach(async () => {
  await server.stop()
  await rm(home, { recursive: true, force: true })
})

describe('kill -9 in the middle of a run of 30 one-second assets, and a start of dev again', () => {
  for (const [victim, pidOf] of Object.entries(victims)) {
    it(`loses and doubles nothing when it hits the ${victim}`, async () => {
      const executionsFile = join(home, 'executions.txt')
      const options = { definitionsFile, home, port: await freePort(), environment: { EXECUTIONS_FILE: executionsFile } }
      server = new DevServer(options)
      await server.printed('ready in')
      const {
        run: { runId },
      } = await server.client.runs.start({ selection: '*' })

      const before = await until(async () => {
        const recorded = (await server.client.runs.get(runId)).materializations.map((each) => each.assetKey)
        return recorded.length >= 8 ? recorded : undefined
      })
      process.kill(pidOf(await server.state()) ?? -1, 'SIGKILL')
      if (victim === 'supervisor') {
        await server.exited
        server = new DevServer(options)
        await server.printed('ready in')
        expect(server.output).toContain(runId.slice(0, 8))
      }

      const { status } = await server.client.runs.wait(runId)
      const { steps, materializations } = await server.client.runs.get(runId)
      expect(status).toBe('SUCCESS')
      expect(steps.map((step) => step.status)).toEqual(Array.from({ length: 30 }, () => 'SUCCESS'))
      expect(materializations.map((each) => each.assetKey).sort()).toEqual(steps.map((step) => step.stepKey).sort())
      const executed = (await readFile(executionsFile, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1])
      for (const key of before)
        expect(
          executed.filter((each) => each === key),
          `executions of ${key}`,
        ).toHaveLength(1)
      expect(new Set(executed).size).toBe(30)
    })
  }
})
