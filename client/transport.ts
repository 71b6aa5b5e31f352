import { type Problem, Problem as ProblemSchema, problemMediaType } from '../api/contract/problem.ts'
import type { z } from 'zod'
import { ApiError } from './api-error.ts'

/** Where the API is and how to get there. */
export interface ClientOptions {
  /** Address of the API, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string
  /** Makes the requests. @default the platform's `fetch` */
  readonly fetch?: typeof fetch
}

/** One request, by its parts. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, with parameters encoded. */
  readonly path: string
  readonly query?: Query | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** Time until the answer must have begun, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number
}

/** Query parameters; what is undefined is left out, a list is repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Sends requests to one API and reads its answers. */
export interface Transport {
  /** The answer, whatever its status. @throws `ApiError` SERVER_UNREACHABLE */
  send(request: ApiRequest): Promise<Response>
  /** The answer's body by its schema. @throws `ApiError` for a problem, an answer that isn't ours, or none */
  call<TSchema extends z.ZodType>(schema: TSchema, request: ApiRequest): Promise<z.infer<TSchema>>
}

const defaultTimeoutMs = 30_000

/** @throws `ApiError` SERVER_UNREACHABLE where `baseUrl` is no URL, NOT_AUTHORISED where no header can hold the token */
export function createTransport(options: ClientOptions): Transport {
  const base = baseOf(options.baseUrl)
  const request = options.fetch ?? fetch
  checkToken(options.token)
  const send = async (asked: ApiRequest): Promise<Response> => {
    const url = urlOf(base, asked)
    // A timer rather than AbortSignal.timeout(): it must not cut a stream whose head has arrived.
    const silence = new AbortController()
    const timeoutMs = asked.timeoutMs ?? defaultTimeoutMs
    const timer = setTimeout(() => silence.abort(new Error(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs)
    try {
      return await request(url, initOf(asked, options.token, silence.signal))
    } catch (error) {
      asked.signal?.throwIfAborted()
      throw unreachable(base, error)
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    send,
    call: async (schema, asked) => {
      const response = await send(asked)
      if (!response.ok) throw await problemOf(response)
      return bodyOf(schema, response)
    },
  }
}

/** The body of an answer by its schema. @throws `ApiError` RESPONSE_INVALID */
export async function bodyOf<TSchema extends z.ZodType>(schema: TSchema, response: Response): Promise<z.infer<TSchema>> {
  const body = await jsonOf(response)
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`).slice(0, 3)
  throw notOurs(response, where.join('; '), parsed.error)
}

/** The error in an answer that is none of 2xx. */
export async function problemOf(response: Response): Promise<ApiError> {
  if (!response.headers.get('content-type')?.startsWith(problemMediaType))
    return notOurs(response, `status ${response.status} without problem details`)
  const parsed = ProblemSchema.safeParse(await jsonOf(response))
  if (!parsed.success) return notOurs(response, `status ${response.status} with problem details of another form`, parsed.error)
  const problem: Problem = parsed.data
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiError(problem.detail, {
    code: problem.code,
    status: problem.status,
    findings: problem.findings,
    url: response.url,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  })
}

async function jsonOf(response: Response): Promise<unknown> {
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    throw unreachable(response.url, error)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notOurs(response, `a body of ${text.length} characters that is no JSON`, error)
  }
}

function baseOf(baseUrl: string): string {
  if (/^https?:\/\//.test(baseUrl) && URL.canParse(baseUrl)) return baseUrl.replace(/\/+$/, '')
  throw new ApiError(`"${baseUrl}" is not the address of an Assetry server. Use one such as "http://127.0.0.1:3000".`, {
    code: 'SERVER_UNREACHABLE',
  })
}

/** Here rather than by `fetch`, whose error would print the token. */
function checkToken(token: string | undefined): void {
  if (token === undefined || /^[!-~]+$/.test(token)) return
  throw new ApiError("The token is empty, or has a space or another character that the header of a request can't hold.", {
    code: 'NOT_AUTHORISED',
  })
}

/** Blanks as `%20`: a `+` is a sign of the selection language. */
function urlOf(base: string, { path, query }: ApiRequest): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each))
  }
  return search.size === 0 ? `${base}${path}` : `${base}${path}?${search.toString().replaceAll('+', '%20')}`
}

function initOf(asked: ApiRequest, token: string | undefined, silence: AbortSignal): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', ...asked.headers }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (asked.body !== undefined) headers['content-type'] = 'application/json'
  return {
    method: asked.method ?? 'GET',
    headers,
    signal: asked.signal === undefined ? silence : AbortSignal.any([asked.signal, silence]),
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  }
}

function unreachable(url: string, error: unknown): ApiError {
  return new ApiError(
    `No answer from the Assetry server at ${url}: ${reasonOf(error)}. Start one with "assetry dev", or set ASSETRY_URL to the address of one.`,
    {
      code: 'SERVER_UNREACHABLE',
      url,
      cause: error,
    },
  )
}

/** The words of an error; those of its cause where it has one, because fetch itself only says "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause: unknown = error.cause
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  return cause instanceof Error ? cause.message : error.message
}

function notOurs(response: Response, what: string, cause?: unknown): ApiError {
  return new ApiError(
    `${response.url} did not answer as this version of Assetry does: ${what}. Check the address, and that server and client have the same version.`,
    {
      code: 'RESPONSE_INVALID',
      status: response.status,
      url: response.url,
      cause,
    },
  )
}
