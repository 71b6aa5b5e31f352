import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem, problemMediaType } from '../../api/contract/problem.ts'
import { type ApiServer, startApiServer } from '../../api/server.ts'
import { createClient } from '../../client/index.ts'
import { command, testProject, type TestProject } from '../command.ts'
import { type ApiFixture, collected, startApiFixture } from './api-fixture.ts'

const token = 'one-token-for-this-server'
const wrongTokens = [`${token}x`, token.slice(0, -1), token.toUpperCase(), 'another-token-altogether']
const errors: unknown[] = []
let api: ApiFixture
let server: ApiServer
let project: TestProject
let runId: string

beforeAll(async () => {
  project = testProject({})
  api = await startApiFixture('api-token')
  server = await startApiServer({ app: api.appWith({ token, log: { error: (...line) => errors.push(line) } }), port: 0 })
  const { run } = await createClient({ baseUrl: server.url, token }).runs.start({ selection: '+orders' })
  runId = run.runId
})
afterAll(async () => {
  await server.close()
  await api.stop()
  project.remove()
})

const ask = (path: string, authorization?: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers)
  if (authorization !== undefined) headers.set('authorization', authorization)
  return fetch(`${server.url}${path}`, { ...init, headers })
}

async function expectRefused(answer: Response): Promise<void> {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([401, problemMediaType])
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  const text = await answer.text()
  expect(Problem.parse(JSON.parse(text))).toMatchObject({ status: 401, code: 'NOT_AUTHORISED' })
  expect(text).toContain('ASSETRY_TOKEN')
  expect(text).not.toContain(token)
}

describe('an API with a token', () => {
  const paths = [
    '/',
    '/api/docs',
    '/api/docs/style.css',
    '/api/v1/openapi.json',
    '/api/v1/assets',
    '/api/v1/assets/raw%2Forders',
    '/api/v1/lineage',
    '/api/v1/runs?limit=1',
    '/api/v1/code-locations',
    '/api/v1/resources',
    '/api/v1/jobs',
  ]

  it.each([...paths, '/nowhere', '/livez/', '//livez', '/readyz/..%2Fapi%2Fdocs', '/%6Civez/x'])('refuses %s without it', async (path) => {
    await expectRefused(await ask(path))
  })

  it.each(paths)('answers %s with it', async (path) => {
    expect((await ask(path, `Bearer ${token}`)).status).toBe(200)
  })

  it.each([...wrongTokens.map((wrong) => `Bearer ${wrong}`), token, `Basic ${token}`, `Bearer ${token} ${token}`, 'Bearer', ''])(
    'refuses "%s"',
    async (authorization) => {
      await expectRefused(await ask('/api/v1/assets', authorization))
    },
  )

  it('takes the scheme in any letters, as HTTP has it', async () => {
    expect((await ask('/api/v1/assets', `bearer ${token}`)).status).toBe(200)
  })

  it('refuses the token in the address', async () => {
    await expectRefused(await ask(`/api/v1/assets?token=${token}&access_token=${token}`))
  })

  it('refuses changes, which then do not happen', async () => {
    const before = (await api.client.runs.list()).items.length
    const body = { method: 'POST', body: '{"selection":"orders"}', headers: { 'content-type': 'application/json' } }
    await expectRefused(await ask('/api/v1/runs', undefined, body))
    await expectRefused(await ask(`/api/v1/runs/${runId}/cancel`, undefined, { method: 'POST' }))
    expect((await api.client.runs.list()).items).toHaveLength(before)
  })

  it('refuses the stream of a run, and gives it to whoever has the token', async () => {
    const stream = { headers: { accept: 'text/event-stream' } }
    await expectRefused(await ask(`/api/v1/runs/${runId}/events`, undefined, stream))
    const events = await collected(createClient({ baseUrl: server.url, token }).runs.follow(runId))
    expect(events.at(-1)?.type).toBe('RUN_SUCCESS')
  })

  it.each(['/livez', '/readyz'])('answers %s to everybody', async (path) => {
    expect((await ask(path)).status).toBe(200)
    expect((await ask(path, 'Bearer another-token-altogether')).status).toBe(200)
  })

  it('says in its description what it asks for, and where not', async () => {
    const described = await (await ask('/api/v1/openapi.json', `Bearer ${token}`)).json()
    expect(described).toMatchObject({
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      paths: { '/livez': { get: { security: [] } }, '/readyz': { get: { security: [] } } },
    })
    const open = await (await api.app.request('/api/v1/openapi.json')).json()
    expect(open).toMatchObject({ security: [{}, { bearer: [] }] })
  })

  it('writes nothing about refused requests to its log', () => {
    expect(errors).toEqual([])
  })
})

describe('a client', () => {
  it.each([undefined, ...wrongTokens])('is refused with the token %s, at once also where it follows', async (wrong) => {
    const client = createClient({ baseUrl: server.url, ...(wrong !== undefined && { token: wrong }) })
    await expect(client.assets.list()).rejects.toMatchObject({ code: 'NOT_AUTHORISED', status: 401 })
    await expect(collected(client.runs.follow(runId))).rejects.toMatchObject({ code: 'NOT_AUTHORISED', status: 401 })
    expect((await client.health()).status).toBe('ok')
  })

  it.each(['', 'with a space', 'with\na-line', 'with-ü'])('does not say a token that no header can hold: %j', (bad) => {
    const made = () => createClient({ baseUrl: server.url, token: bad })
    expect(made).toThrow(expect.objectContaining({ code: 'NOT_AUTHORISED' }))
    if (bad !== '') expect(made).not.toThrow(bad)
  })
})

describe('the command line', () => {
  const runList = (env: Readonly<Record<string, string>>) =>
    command(['run', 'list'], { folder: project.folder, env: { ASSETRY_URL: server.url, ...env } })

  it('sends ASSETRY_TOKEN', async () => {
    const end = await runList({ ASSETRY_TOKEN: token })
    expect([end.code, end.stderr]).toEqual([0, ''])
    expect(end.stdout).toContain('SUCCESS')
  })

  it('ends with 5 without it or with another, and says what to set', async () => {
    for (const env of [{}, { ASSETRY_TOKEN: 'another-token-altogether' }]) {
      const end = await runList(env)
      expect([end.code, end.stdout, end.stderr.split('\n')[0]]).toEqual([5, '', 'error NOT_AUTHORISED'])
      expect(end.stderr).toContain('ASSETRY_TOKEN')
      expect(end.stderr).not.toContain('another-token-altogether')
    }
  })

  it.each(['0.0.0.0', '::', '192.0.2.1'])('does not listen on %s without a token', async (host) => {
    const end = await command(['api', '--host', host, '-p', '0'], { folder: project.folder })
    expect([end.code, end.stdout, end.stderr.split('\n')[0]]).toEqual([2, '', 'error USAGE'])
    expect(end.stderr).toContain('ASSETRY_TOKEN')
  })

  it('does not listen with a token that is too short', async () => {
    const end = await command(['api'], { folder: project.folder, env: { ASSETRY_TOKEN: 'too-short' } })
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, 'error USAGE'])
    expect(end.stderr).not.toContain('too-short')
  })
})
