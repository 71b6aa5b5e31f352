import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { AssetryError } from '../definitions/errors.ts'

type FetchCallback = Parameters<typeof createAdaptorServer>[0]['fetch']

/** What {@link startApiServer} takes. */
export interface ApiServerOptions {
  readonly app: { readonly fetch: FetchCallback }
  /** Address to listen on. @default '127.0.0.1', which only this machine can reach */
  readonly host?: string | undefined
  /** 0 takes any free one. */
  readonly port: number
}

/** A server that listens. */
export interface ApiServer {
  readonly url: string
  readonly port: number
  /** Takes no more requests, lets those that are under way end, and ends streams. Resolves within about a second. */
  close(): Promise<void>
}

/** Time for requests that are under way when the server closes, in milliseconds. Streams never end by themselves. */
const graceMs = 500

/**
 * Serves the API on a port.
 *
 * @throws `PORT_IN_USE` naming the port
 */
export async function startApiServer({ app, host = '127.0.0.1', port }: ApiServerOptions): Promise<ApiServer> {
  const server = createAdaptorServer({ fetch: app.fetch })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portInUse(host, port, error) : error
  }
  const address = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: () => (closing ??= closed(server)),
  }
}

async function closed(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  const cut = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs)
  try {
    await new Promise<void>((resolve) => server.close(() => resolve()))
  } finally {
    clearTimeout(cut)
  }
}

function portInUse(host: string, port: number, cause: unknown): AssetryError {
  return new AssetryError(
    'PORT_IN_USE',
    `Port ${port} of ${host} is taken by another process. End that process, or choose another port: --port ${port + 1}, or 0 for any free one.`,
    { facts: { host, port }, cause },
  )
}
