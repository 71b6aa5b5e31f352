import { BlockList, isIP } from 'node:net'
import { AssetryError } from '../definitions/errors.ts'

/** Fewer could be guessed over the network. Unit: characters. */
const shortestToken = 16

/**
 * The token of the API: what `assetry api` asks for, and what commands send to the server at `ASSETRY_URL`. Undefined
 * where `ASSETRY_TOKEN` is not set. No message has it in it.
 *
 * @throws `USAGE` where it is too short or has characters that the header of a request can't hold
 */
export function apiToken(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const token = env.ASSETRY_TOKEN
  if (token === undefined || token === '') return undefined
  if (token.length < shortestToken) {
    throw unusable(`has ${token.length} characters, and needs at least ${shortestToken}, so that nobody guesses it`)
  }
  if (!/^[!-~]+$/.test(token)) throw unusable("has a space or another character that the header of a request can't hold")
  return token
}

/** Where the API is to listen, and who may ask it. */
export interface ApiAccess {
  readonly host: string
  readonly token: string | undefined
  /** Whether somebody has said that nobody needs to be asked for a token. */
  readonly insecure: boolean
}

/**
 * Whether others than this machine can ask the API without a token.
 *
 * @throws `USAGE` where they could, and nobody has said that it is meant
 */
export function isOpenToOthers({ host, token, insecure }: ApiAccess): boolean {
  if (token !== undefined || isLoopback(host)) return false
  if (insecure) return true
  throw new AssetryError(
    'USAGE',
    `On ${host} others than this machine could reach the API, and without a token anybody could start runs. Set ASSETRY_TOKEN to at least ${shortestToken} characters, such as "openssl rand -hex 24" prints. In a network that itself asks who is there, --insecure goes without.`,
    { facts: { host } },
  )
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Of names only `localhost` is known to mean this machine; others may be looked up to anything. */
function isLoopback(host: string): boolean {
  const version = isIP(host)
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

function unusable(why: string): AssetryError {
  return new AssetryError('USAGE', `ASSETRY_TOKEN ${why}. Make one with "openssl rand -hex 24".`, { facts: { variable: 'ASSETRY_TOKEN' } })
}
