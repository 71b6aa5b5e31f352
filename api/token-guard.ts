import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { AssetryError } from '../definitions/errors.ts'

/** What orchestrators ask, which have no token: they learn whether the parts are there, and nothing of what is in them. */
const openPaths: ReadonlySet<string> = new Set(['/livez', '/readyz'])

/**
 * Refuses requests without `Authorization: Bearer TOKEN`, for every path but those of health.
 *
 * @param provesItself - whether a request says in another way who it is from, which its route checks
 * @throws `NOT_AUTHORISED`
 */
export function tokenGuard(token: string, provesItself: (c: Context) => Promise<boolean>): MiddlewareHandler {
  const expected = digestOf(token)
  return async (c, next) => {
    if (!openPaths.has(c.req.path) && !(await provesItself(c))) checkToken(c, expected)
    await next()
  }
}

function checkToken(c: Context, expected: Buffer): void {
  const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (given === undefined) throw refused('This server asks for a token, and the request has none')
  if (!timingSafeEqual(digestOf(given), expected)) throw refused("The request's token is not the one of this server")
}

/** Digests have one length, so that comparing them takes as long for every token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function refused(what: string): AssetryError {
  return new AssetryError(
    'NOT_AUTHORISED',
    `${what}. Send "Authorization: Bearer TOKEN" with the ASSETRY_TOKEN that the server was started with; the assetry command sends its own ASSETRY_TOKEN to the server at ASSETRY_URL.`,
  )
}
