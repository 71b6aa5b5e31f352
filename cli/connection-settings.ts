import { AssetryError } from '../definitions/errors.ts'

/**
 * The address of the PostgreSQL database, which the production processes can't do without.
 *
 * @throws `USAGE` where `DATABASE_URL` is not set
 */
export function databaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  return required(env, 'DATABASE_URL', 'the address of the PostgreSQL database, such as postgres://assetry@localhost:5432/assetry')
}

/** How long the production processes wait for Temporal. Unit: milliseconds; longer than a restart of its server, measured at about 3 s. */
export const temporalPatienceMs = 30_000

/**
 * Refuses to go on without a Temporal server that somebody named, by address or by a profile of the `temporal` command:
 * a production process must not find one by accident.
 *
 * @throws `USAGE`
 */
export function requireTemporal(env: NodeJS.ProcessEnv = process.env): void {
  if (env.TEMPORAL_PROFILE !== undefined || env.TEMPORAL_CONFIG_FILE !== undefined) return
  required(env, 'TEMPORAL_ADDRESS', 'the address of the Temporal server, such as localhost:7233')
}

function required(env: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = env[name]
  if (value !== undefined && value !== '') return value
  throw new AssetryError('USAGE', `${name} is not set. It must hold ${what}. For a stack of your own on this machine use "assetry dev".`, {
    facts: { variable: name },
  })
}
