import type * as DuckDBApi from '@duckdb/node-api'
import { peer } from './peer.ts'

/** The library that runs DuckDB in this process. */
export type DuckDBLibrary = typeof DuckDBApi

/** @throws `PEER_MISSING` */
export function duckdbLibrary(): Promise<DuckDBLibrary> {
  return peer('@duckdb/node-api', () => import('@duckdb/node-api'), 'assetry/io/duckdb')
}
