import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './server.ts'

const servers: ApiServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serving(app: Hono, port = 0): Promise<ApiServer> {
  const server = await startApiServer({ app, port })
  servers.push(server)
  return server
}

describe('startApiServer', () => {
  it('listens on this machine only, on the port that its url says', async () => {
    const server = await serving(new Hono().get('/', (c) => c.text('here')))
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect(await (await fetch(server.url)).text()).toBe('here')
  })

  it('refuses a port that is taken, by its number', async () => {
    const { port } = await serving(new Hono())
    const second = startApiServer({ app: new Hono(), port })
    await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining(String(port)) as string })
  })

  it('lets a request that is under way end before it closes', async () => {
    let arrived = (): void => {}
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const app = new Hono().get('/', async (c) => {
      arrived()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return c.text('whole')
    })
    const server = await serving(app)
    const answer = fetch(server.url)
    await arrival
    await server.close()
    expect(await (await answer).text()).toBe('whole')
  })

  it('ends streams when it closes, also when it is told twice', async () => {
    let canceled = false
    const endless = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new Uint8Array([46])), cancel: () => void (canceled = true) },
      { highWaterMark: 0 },
    )
    const app = new Hono().get('/', (c) => c.body(endless))
    const server = await serving(app)
    const answer = await fetch(server.url)
    const read = answer.text()
    read.catch(() => undefined)
    await Promise.all([server.close(), server.close()])
    await expect(read).rejects.toThrow()
    await expect.poll(() => canceled).toBe(true)
    await expect(fetch(server.url)).rejects.toThrow()
  })
})
