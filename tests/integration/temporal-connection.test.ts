import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, test } from 'vitest'
import type { Logger } from '../../definitions/logger.ts'
import { type TemporalConnection, connectTemporal } from '../../temporal/connection.ts'
import { startTemporalServer } from '../../temporal/embedded-server.ts'
import { freePort } from '../../temporal/free-port.ts'
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts'
import { connectWorker } from '../../temporal/worker-connection.ts'
import { searchAttributes } from '../../workflows/names.ts'

const address = inject('temporalAddress')
const namespace = inject('temporalNamespace')

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function connect(options: Parameters<typeof connectTemporal>[0]): Promise<TemporalConnection> {
  const temporal = await connectTemporal(options)
  opened.push(temporal)
  return temporal
}

describe('the connection to Temporal', () => {
  test('works for the client that comes with it', async () => {
    const temporal = await connect({ address })
    expect(temporal).toMatchObject({ address, namespace })
    await expect(temporal.client.workflow.count()).resolves.toMatchObject({ count: expect.any(Number) as number })
  })

  test('works for a worker, from the environment', async () => {
    const { connection } = await connectWorker({ environment: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } })
    opened.push(connection)
    await expect(connection.workflowService.describeNamespace({ namespace })).resolves.toHaveProperty('namespaceInfo')
  })

  test('waits for a server that is only being started', async () => {
    const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'assetry-late-'))]
    opened.push({ close: () => rmSync(folder, { recursive: true, force: true }) })
    const connecting = connect({ address: `127.0.0.1:${port}` })
    const server = await startTemporalServer({ cli: { path: inject('temporalCli') }, folder, port })
    opened.push({ close: () => server.stop() })
    await expect(connecting).resolves.toMatchObject({ address: server.address })
  })

  test('that nobody answers is given up, naming the address and the namespace and not the API key', async () => {
    const port = await freePort()
    const environment = {
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_NAMESPACE: 'data',
      TEMPORAL_API_KEY: 'secret',
      TEMPORAL_TLS: 'false',
    }
    const error = await connectTemporal({ environment, within: 300 }).catch((reason: unknown) => reason as Error)
    expect(error).toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining(`Temporal at 127.0.0.1:${port}, namespace "data", does not answer.`) as string,
      facts: { address: `127.0.0.1:${port}`, namespace: 'data' },
    })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret')
  })

  test('to a program that listens and says nothing is given up too', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    opened.push({ close: () => silent.close() })
    const { port } = await new Promise<{ port: number }>((resolve) =>
      silent.once('listening', () => resolve(silent.address() as { port: number })),
    )
    await expect(connectTemporal({ address: `127.0.0.1:${port}`, within: 300 })).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' })
  })

  test('to a namespace that does not exist says how to make it', async () => {
    await expect(connectTemporal({ address, namespace: 'nowhere', within: 300 })).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining('temporal operator namespace create -n nowhere') as string,
    })
  })
})

interface Line {
  readonly level: 'info' | 'warn'
  readonly message: string
}

function recorded(): { log: Logger; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: Line['level']) => (message: string) => void lines.push({ level, message })
  return { lines, log: { debug: () => {}, info: at('info'), warn: at('warn'), error: at('warn') } }
}

describe('the search attributes', () => {
  test('are registered where they are missing, by many at once, and once', async () => {
    const { connection } = await connect({ address })
    const fresh = `attributes-${Date.now()}`
    await connection.workflowService.registerNamespace({ namespace: fresh, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } })
    await connect({ address, namespace: fresh })
    await Promise.all([1, 2, 3].map(() => ensureSearchAttributes(connection, fresh, recorded().log)))
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: fresh })
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)))
    const again = recorded()
    await ensureSearchAttributes(connection, fresh, again.log)
    expect(again.lines).toEqual([])
  })

  test('that can not be registered are a warning', async () => {
    const { connection } = await connect({ address })
    const { log, lines } = recorded()
    await ensureSearchAttributes(connection, 'nowhere', log)
    expect(lines).toEqual([{ level: 'warn', message: expect.stringContaining('could not be registered') as string }])
  })
})
