import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from './index.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())))
})

async function serverThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const emptyPage = JSON.stringify({ items: [], nextCursor: null })

describe('createClient', () => {
  it('sends the token, and every parameter of a filter', async () => {
    const seen: Pick<IncomingMessage, 'url' | 'headers'>[] = []
    const baseUrl = await serverThat((request, answer) => {
      seen.push({ url: request.url, headers: request.headers })
      answer.end(emptyPage)
    })
    const client = createClient({ baseUrl: `${baseUrl}/`, token: 'sesame' })
    await client.runs.list({ status: ['QUEUED', 'STARTED'], tags: { team: 'a b', site: 'x:y' }, limit: 5 })
    await client.assets.materializations('raw/orders')
    expect(seen.map(({ url }) => url)).toEqual([
      '/api/v1/runs?status=QUEUED&status=STARTED&limit=5&tag=team%3Aa%20b&tag=site%3Ax%3Ay',
      '/api/v1/assets/raw%2Forders/materializations',
    ])
    expect(seen[0]?.headers.authorization).toBe('Bearer sesame')
  })

  it('works below a path', async () => {
    let path: string | undefined
    const baseUrl = await serverThat((request, answer) => {
      path = request.url
      answer.end(emptyPage)
    })
    await createClient({ baseUrl: `${baseUrl}/data` }).jobs.list()
    expect(path).toBe('/data/api/v1/jobs')
  })

  it('gives the problem that the server answers with', async () => {
    const problem = {
      type: 'urn:assetry:error:CONFIG_INVALID',
      title: 'Config invalid',
      status: 422,
      detail: 'two things are wrong',
      code: 'CONFIG_INVALID',
      instance: '/api/v1/runs',
      findings: [{ code: 'CONFIG_INVALID', message: 'is no number', path: 'assets.a' }],
    }
    const baseUrl = await serverThat((_, answer) => {
      answer.writeHead(422, { 'content-type': 'application/problem+json', 'retry-after': '5' }).end(JSON.stringify(problem))
    })
    await expect(createClient({ baseUrl }).runs.start({ selection: 'a' })).rejects.toMatchObject({
      name: 'ApiError',
      code: 'CONFIG_INVALID',
      status: 422,
      message: 'two things are wrong',
      detail: 'two things are wrong',
      findings: problem.findings,
      retryAfterSeconds: 5,
    })
  })

  it('says which address does not answer', async () => {
    const baseUrl = await serverThat(() => undefined)
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve))
    await expect(createClient({ baseUrl }).jobs.list()).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining(baseUrl) as string,
    })
  })

  it('says that an answer broke off', async () => {
    const baseUrl = await serverThat((_, answer) => {
      answer.writeHead(200, { 'content-length': '1000' }).write('{"items":')
      setTimeout(() => answer.destroy(), 20)
    })
    await expect(createClient({ baseUrl }).jobs.list()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' })
  })

  it.each([
    ['a page', 200, 'text/html', '<html></html>'],
    ['other JSON', 200, 'application/json', '{"items":"none"}'],
    ['an error of another server', 502, 'text/plain', 'Bad Gateway'],
  ])('says that %s is no answer of Assetry', async (_, status, type, body) => {
    const baseUrl = await serverThat((__, answer) => {
      answer.writeHead(status, { 'content-type': type }).end(body)
    })
    await expect(createClient({ baseUrl }).jobs.list()).rejects.toMatchObject({ code: 'RESPONSE_INVALID', status })
    await expect(createClient({ baseUrl }).health()).rejects.toMatchObject({ code: 'RESPONSE_INVALID' })
  })

  it.each(['', '127.0.0.1:3000', 'ftp://127.0.0.1', 'http://'])('refuses %j as an address', (baseUrl) => {
    expect(() => createClient({ baseUrl })).toThrow('is not the address of an Assetry server')
  })

  it('follows through an answer of a server that is just starting', async () => {
    let asked = 0
    const event = {
      seq: 1,
      type: 'RUN_QUEUED',
      time: '2026-01-01T00:00:00.000Z',
      stepKey: null,
      assetKey: null,
      partitionKey: null,
      attempt: null,
      data: {},
    }
    const baseUrl = await serverThat((_, answer) => {
      asked++
      if (asked === 2) answer.writeHead(502).end('starting')
      else if (asked === 1)
        answer.writeHead(200, { 'content-type': 'text/event-stream' }).end(`id: 1\nevent: RUN_QUEUED\ndata: ${JSON.stringify(event)}\n\n`)
      else answer.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: end\ndata: {"status":"SUCCESS"}\n\n')
    })
    const seen: number[] = []
    for await (const { seq } of createClient({ baseUrl }).runs.follow('any')) seen.push(seq)
    expect(seen).toEqual([1])
    expect(asked).toBe(3)
  })

  it('does not go on following after an event that it does not understand', async () => {
    const baseUrl = await serverThat((_, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 1\nevent: X\ndata: {"seq":1}\n\n')
    })
    const follow = async () => {
      for await (const _ of createClient({ baseUrl }).runs.follow('any')) throw new Error('an event came')
    }
    await expect(follow()).rejects.toMatchObject({ code: 'RESPONSE_INVALID' })
  })
})
