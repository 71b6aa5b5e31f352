import type { Context, MiddlewareHandler } from 'hono'
import { AssetryError } from '../definitions/errors.ts'

const local = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost') || name === '127.0.0.1' || name === '[::1]'

/**
 * Refuses requests that a web page elsewhere may have sent through somebody's browser: those for another host name (a
 * name that was made to point to this machine), and changes whose origin is another site.
 *
 * @param allowedHosts - host names besides those of this machine, without port; `*` allows every name
 * @throws `HOST_REFUSED`, `ORIGIN_REFUSED`
 */
export function hostGuard(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()))
  return async (c, next) => {
    const host = hostOf(c)
    const name = host.replace(/:\d+$/, '').toLowerCase()
    if (!allowed.has('*') && !allowed.has(name) && !local(name)) throw refusedHost(name)
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') checkOrigin(c, host)
    await next()
  }
}

function hostOf(c: Context): string {
  return c.req.header('host') ?? new URL(c.req.url).host
}

/** Browsers send `Origin` with every change; programs send none. */
function checkOrigin(c: Context, host: string): void {
  const origin = c.req.header('origin')
  const sameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase())
  if (sameOrigin && c.req.header('sec-fetch-site') !== 'cross-site') return
  throw new AssetryError(
    'ORIGIN_REFUSED',
    `A page of ${origin ?? 'another site'} asked for a change at ${host}. Only this server's own pages and programs may do so.`,
    { facts: { origin, host } },
  )
}

function refusedHost(name: string): AssetryError {
  return new AssetryError(
    'HOST_REFUSED',
    `This server does not answer to the name "${name}". Use localhost, or add the name to its allowed hosts.`,
    { facts: { name } },
  )
}
