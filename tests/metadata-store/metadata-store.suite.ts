import { afterAll, beforeAll, describe } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { assetsSuite } from './assets.suite.ts'
import { backfillsSuite } from './backfills.suite.ts'
import { checksSuite } from './checks.suite.ts'
import { codeLocationsSuite } from './code-locations.suite.ts'
import { concurrencySuite } from './concurrency.suite.ts'
import { dynamicPartitionsSuite } from './dynamic-partitions.suite.ts'
import { freshnessSuite } from './freshness.suite.ts'
import { lostAnswersSuite } from './lost-answers.suite.ts'
import { observationsSuite } from './observations.suite.ts'
import { openingSuite } from './opening.suite.ts'
import { outagesSuite } from './outages.suite.ts'
import { reportsSuite } from './reports.suite.ts'
import { runsSuite } from './runs.suite.ts'
import { stepKindsSuite } from './step-kinds.suite.ts'
import { stepsSuite } from './steps.suite.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'
import { ticksSuite } from './ticks.suite.ts'

/** What every metadata store must do, whatever it is kept in. */
export function metadataStoreSuite(name: string, startBackend: () => Promise<StoreBackend>): void {
  describe(`the metadata store on ${name}`, () => {
    let backend: StoreBackend
    let store: MetadataStore

    beforeAll(async () => {
      backend = await startBackend()
      store = await openStore({ url: backend.url })
    })

    afterAll(async () => {
      await store?.close()
      await backend?.stop()
    })

    const under: StoreUnderTest = {
      get backend() {
        return backend
      },
      get store() {
        return store
      },
    }
    for (const suite of suites) suite(under)
  })
}

const suites: readonly ((under: StoreUnderTest) => void)[] = [
  runsSuite,
  backfillsSuite,
  stepsSuite,
  stepKindsSuite,
  assetsSuite,
  observationsSuite,
  checksSuite,
  reportsSuite,
  codeLocationsSuite,
  dynamicPartitionsSuite,
  ticksSuite,
  freshnessSuite,
  concurrencySuite,
  openingSuite,
  lostAnswersSuite,
  outagesSuite,
]
