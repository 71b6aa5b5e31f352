/** A message of PostgreSQL's protocol: its letter, its length, what it says. */
export function wireMessage(letter: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeInt32BE(4 + bytes.length, 1)
  return Buffer.concat([head, bytes])
}

// What clients read off a server before they speak to it.
const parameters = {
  server_version: '18.0',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
}

/**
 * The answer to a client's first message: it is let in, whoever it says it is (the socket's folder is its owner's
 * alone), and may send statements. Given without asking the engine, which ends its process over a startup message that
 * it doesn't like.
 */
export const welcome: Buffer = Buffer.concat([
  wireMessage('R', Buffer.alloc(4)),
  ...Object.entries(parameters).map(([name, value]) => wireMessage('S', `${name}\0${value}\0`)),
  wireMessage('K', Buffer.alloc(8)),
  wireMessage('Z', 'I'),
])
