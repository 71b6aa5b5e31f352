import type { Socket } from 'node:net'
import { welcome } from './wire-welcome.ts'

// The protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html
const sslRequest = 80877103
const gssEncryptionRequest = 80877104
const cancelRequest = 80877102
const terminate = 'X'.charCodeAt(0)
// Where a client waits for an answer: Sync, Query, FunctionCall.
const groupEnds = new Set(['S', 'Q', 'F'].map((letter) => letter.charCodeAt(0)))
/** PostgreSQL's own limit (MAX_STARTUP_PACKET_LENGTH). Unit: bytes. */
const longestStartup = 10_000

/**
 * What one client has sent, cut into groups. A group must be carried out without another client's messages in between:
 * a statement is parsed, bound and executed by a message each, and all clients share the one unnamed statement.
 */
export class WireConnection {
  readonly socket: Socket
  /** Whole groups that wait to be carried out. */
  readonly groups: Buffer[] = []
  #started = false
  #group: Buffer[] = []
  #chunks: Buffer[] = []
  #received = 0
  /** Bytes without which the next message can't be read further. */
  #needed = 4

  constructor(socket: Socket) {
    this.socket = socket
  }

  receive(data: Buffer): void {
    this.#chunks.push(data)
    this.#received += data.length
    while (this.#received >= this.#needed && !this.socket.destroyed) this.#readMessage()
  }

  #readMessage(): void {
    const data = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks)
    // The first message has no letter before its length.
    const lengthAt = this.#started ? 1 : 0
    const length = data.readInt32BE(lengthAt)
    const end = lengthAt + length
    if (length < 4 || (!this.#started && (length < 8 || length > longestStartup))) {
      this.socket.destroy()
      return
    }
    const whole = data.length >= end
    if (whole) this.#accept(data.subarray(0, end))
    this.#chunks = [whole ? data.subarray(end) : data]
    this.#received = this.#chunks[0]?.length ?? 0
    // Its length; or, where that is known, all of it.
    const head = this.#started ? 5 : 4
    this.#needed = whole ? head : end
  }

  #accept(message: Buffer): void {
    if (!this.#started) this.#acceptStartup(message)
    else if (message[0] === terminate) this.socket.end()
    else this.#addToGroup(message)
  }

  #acceptStartup(message: Buffer): void {
    const code = message.readInt32BE(4)
    if (code === sslRequest || code === gssEncryptionRequest) this.socket.write('N')
    // There is no statement that could be canceled: one is carried out at a time, at once.
    else if (code === cancelRequest) this.socket.end()
    else {
      this.#started = true
      this.socket.write(welcome)
    }
  }

  #addToGroup(message: Buffer): void {
    this.#group.push(message)
    if (!groupEnds.has(message[0] ?? 0)) return
    this.groups.push(Buffer.concat(this.#group))
    this.#group = []
  }
}
