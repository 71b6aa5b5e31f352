import { readdir, readFile } from 'node:fs/promises'
import { AssetryError } from '../definitions/errors.ts'
import type { Database, Session } from './database.ts'

/** Where the numbered SQL files are; the build puts them at the same place beside the compiled code. */
const folder = new URL('./migrations/', import.meta.url)

/**
 * Brings the database's tables up to what this version knows, all or nothing. Any number of processes may do so at once.
 *
 * @throws `STORE_TOO_NEW` when a newer version has been there
 */
export async function migrate(database: Database): Promise<void> {
  const known = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  await database.session(async (session) => {
    if ((await missing(session, known)).length === 0) return
    await session('begin')
    // The number is arbitrary; it means "Assetry migrates". Whoever waits here finds nothing left to do.
    await session('select pg_advisory_xact_lock(7246833611)')
    await session('create schema if not exists assetry')
    await session('create table if not exists assetry.migrations (name text primary key, applied_at timestamptz not null default now())')
    for (const name of await missing(session, known)) {
      await session(await readFile(new URL(name, folder), 'utf8'))
      await session('insert into assetry.migrations (name) values ($1)', [name])
    }
    await session('commit')
  })
}

async function missing(session: Session, known: readonly string[]): Promise<readonly string[]> {
  const [table] = await session(`select to_regclass('assetry.migrations') is not null as exists`)
  if (table?.['exists'] !== true) return known
  const applied = (await session('select name from assetry.migrations order by name')).map((row) => String(row['name']))
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw tooNew(unknown)
  return known.filter((name) => !applied.includes(name))
}

function tooNew(unknown: readonly string[]): AssetryError {
  return new AssetryError(
    'STORE_TOO_NEW',
    `The metadata store has migrations that this version of Assetry doesn't know (${unknown.join(', ')}): a newer version has used it. ` +
      `Use that version or a newer one; an older one would misread the tables.`,
    { facts: { unknown } },
  )
}
