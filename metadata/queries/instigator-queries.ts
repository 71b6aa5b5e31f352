import { and, asc, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../database.ts'
import type { Instigator, InstigatorName, InstigatorStore } from '../stores/instigator-store.ts'
import { storableText } from '../storable-json.ts'
import { instigators } from '../tables/instigators.ts'

export function instigatorStore(database: Database): InstigatorStore {
  return {
    get: async (name) => (await read(database, isThis(name)))[0],
    list: (codeLocation) => read(database, codeLocation === undefined ? undefined : eq(instigators.codeLocation, codeLocation)),
    setStatus: async ({ codeLocation, kind, name }, status, reason) => {
      await database.call('set_instigator_status', [codeLocation, kind, name, status, reason === undefined ? null : storableText(reason)])
    },
    setCursor: async ({ codeLocation, kind, name }, cursor) => {
      await database.call('set_instigator_cursor', [codeLocation, kind, name, cursor === null ? null : storableText(cursor)])
    },
    rename: async ({ codeLocation, kind, name }, newName) =>
      (await database.call('rename_instigator', [codeLocation, kind, name, newName])) as boolean,
  }
}

function isThis({ codeLocation, kind, name }: InstigatorName): SQL | undefined {
  return and(eq(instigators.codeLocation, codeLocation), eq(instigators.kind, kind), eq(instigators.name, name))
}

async function read(database: Database, where: SQL | undefined): Promise<readonly Instigator[]> {
  return await database.read((db) => db.select(columns).from(instigators).where(where).orderBy(asc(instigators.name)))
}

const columns = {
  codeLocation: instigators.codeLocation,
  kind: instigators.kind,
  name: instigators.name,
  status: instigators.status,
  reason: instigators.reason,
  cursor: instigators.cursor,
  failures: instigators.failures,
  changedAt: instigators.changedAt,
}
