import { createServer, type Server, type Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'
import { WireConnection } from './wire-connection.ts'
import { WireStatements } from './wire-statements.ts'
import { wireMessage } from './wire-welcome.ts'

/**
 * Offers a PGlite as a PostgreSQL server on a Unix socket, to any number of clients.
 *
 * One statement is carried out at a time; a client inside a transaction keeps the others waiting until it ends, and is
 * rolled back when its connection does. All clients share one session: no statements that they name, no SET, no LISTEN, no
 * COPY from the client. (`@electric-sql/pglite-socket` 0.2.17 mixes the statements of two clients up when one has parameters
 * larger than a socket's buffer of 64 KB.)
 */
export class WireServer {
  readonly #engine: PGlite
  readonly #statements: WireStatements
  readonly #server: Server
  readonly #connections = new Set<WireConnection>()
  /** Who is inside a transaction. */
  #owner: WireConnection | undefined

  constructor(engine: PGlite) {
    this.#engine = engine
    this.#statements = new WireStatements(engine)
    this.#server = createServer((socket) => this.#connected(socket))
  }

  /** Begins to listen on a socket file that doesn't exist yet. */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, () => resolve())
    })
  }

  /** Ends all connections; what has been answered is kept, what is inside a transaction is not. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const { socket } of this.#connections) socket.destroy()
    await closed
  }

  #connected(socket: Socket): void {
    const connection = new WireConnection(socket)
    this.#connections.add(connection)
    socket.on('data', (data: Buffer) => {
      connection.receive(data)
      this.#work()
    })
    // A broken connection is closed next.
    socket.on('error', () => {})
    socket.on('close', () => this.#closed(connection))
  }

  #closed(connection: WireConnection): void {
    this.#connections.delete(connection)
    if (this.#owner !== connection) return
    this.#engine.execProtocolRawSync(wireMessage('Q', 'rollback\0'))
    this.#owner = undefined
    this.#work()
  }

  /** Carries out all that may be, a group of each client in turn. */
  #work(): void {
    for (let worked = true; worked;) {
      worked = false
      for (const connection of this.#connections) if (this.#workOn(connection)) worked = true
    }
  }

  #workOn(connection: WireConnection): boolean {
    if (this.#owner !== undefined && this.#owner !== connection) return false
    const group = connection.groups.shift()
    if (group === undefined) return false
    connection.socket.write(this.#statements.carryOut(group))
    this.#owner = this.#engine.isInTransaction() ? connection : undefined
    return true
  }
}
