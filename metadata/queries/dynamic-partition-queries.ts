import { randomUUID } from 'node:crypto'
import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { DynamicKeys } from '../../definitions/partitions/dynamic-keys.ts'
import type { Database } from '../database.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { storableJson } from '../storable-json.ts'
import type { DynamicPartition, DynamicPartitionStore } from '../stores/dynamic-partition-store.ts'
import type { Page, PageRequest } from '../stores/page.ts'
import { dynamicPartitions } from '../tables/dynamic-partitions.ts'

const { name: ofName, key: ofKey, number: ofNumber, addedAt } = dynamicPartitions

export function dynamicPartitionStore(database: Database): DynamicPartitionStore {
  return {
    add: async (name, keys) => {
      // The call's own number lets a repeated statement find what it has added.
      const added = await database.call('add_dynamic_partitions', [name, storableJson(keys), randomUUID()])
      return added as readonly string[]
    },
    remove: async (name, keys) => {
      await database.call('remove_dynamic_partitions', [name, storableJson(keys)])
    },
    keysOf: (names) => keysOf(database, names),
    list: (name, page) => list(database, name, page),
    names: async () =>
      await database.read((db) =>
        db
          .select({ name: ofName, count: sql<number>`count(*)::int` })
          .from(dynamicPartitions)
          .groupBy(ofName)
          .orderBy(asc(ofName)),
      ),
  }
}

async function keysOf(database: Database, names: readonly string[]): Promise<DynamicKeys> {
  const keys = new Map<string, string[]>(names.map((name) => [name, []]))
  if (names.length === 0) return keys
  const rows = await database.read((db) =>
    db
      .select({ name: ofName, key: ofKey })
      .from(dynamicPartitions)
      .where(inArray(ofName, [...names]))
      .orderBy(asc(ofNumber)),
  )
  for (const row of rows) keys.get(row.name)?.push(row.key)
  return keys
}

async function list(database: Database, name: string, page: PageRequest): Promise<Page<DynamicPartition>> {
  const rows = await database.read((db) =>
    db
      .select({ key: ofKey, number: ofNumber, addedAt })
      .from(dynamicPartitions)
      .where(and(eq(ofName, name), lt(ofNumber, numberBefore(page))))
      .orderBy(desc(ofNumber))
      .limit(rowsFor(page)),
  )
  return pageOf(page, rows, (row) => ({ key: row.key, addedAt: row.addedAt }))
}
