import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and PostgreSQL, and can make an answer get lost after the work was done. */
export interface AnswerLosingProxy {
  /** Of the proxy, for the client. */
  readonly url: string
  /** How many answers got lost so far. */
  readonly lost: number
  /** Lets the next statement reach the server, and cuts the connection instead of passing its answer on. */
  loseNextAnswer(): void
  /** As if the server were gone: cuts all connections, and those that are made until it is back. */
  goAway(): void
  comeBack(): void
  close(): Promise<void>
}

/** @param target - URL of the server, by TCP or a Unix socket's folder */
export async function startAnswerLosingProxy(target: string): Promise<AnswerLosingProxy> {
  let armed = false
  let lost = 0
  let away = false
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (away) return void client.destroy()
    const upstream = connectTo(target)
    let doomed = false
    client.on('data', (data) => {
      if (armed) [armed, doomed] = [false, true]
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!doomed) return client.write(data)
      lost += 1
      client.destroy()
      return upstream.destroy()
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `postgres://assetry@127.0.0.1:${port}${new URL(target).pathname}`,
    get lost() {
      return lost
    },
    loseNextAnswer: () => {
      armed = true
    },
    goAway: () => {
      away = true
      for (const socket of sockets) socket.destroy()
    },
    comeBack: () => {
      away = false
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function connectTo(target: string): Socket {
  const { hostname, port, searchParams } = new URL(target)
  const folder = searchParams.get('host')
  return folder === null ? connect(Number(port), hostname) : connect(`${folder}/.s.PGSQL.5432`)
}
