import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { createRun, withPassword, workOn } from './records.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'

/** What must hold where the database goes away. */
export function outagesSuite(under: StoreUnderTest): void {
  describe('outages', () => {
    let store: MetadataStore
    let backend: StoreBackend

    beforeAll(() => {
      ;({ store, backend } = under)
    })

    test('what was recorded survives a crash in the middle of writing, and writers outlast it', async () => {
      const { runId, plan } = await createRun(store, 300)
      const acknowledged: string[] = []
      const started = Date.now()
      const writers = plan.steps.map(async (step, index) => {
        // A few at a time, so that the crash finds some of them under way.
        await new Promise((resolve) => setTimeout(resolve, index * 4))
        await workOn(store, runId, step)
        acknowledged.push(step.key)
      })
      while (acknowledged.length < 60 && Date.now() - started < 60_000) await new Promise((resolve) => setTimeout(resolve, 1))
      await backend.crash()
      const before = [...acknowledged]
      await backend.start()
      const recorded = new Set((await store.materializations.ofRun(runId)).map(({ stepKey }) => stepKey))
      expect(before.filter((key) => !recorded.has(key))).toEqual([])
      await Promise.all(writers)
      expect(await store.materializations.ofRun(runId)).toHaveLength(300)
      const records = await store.steps.list(runId)
      expect(records.map(({ status, losses }) => `${status} ${losses}`)).toEqual(plan.steps.map(() => 'SUCCESS 0'))
      expect((await store.events.list(runId, { after: 0, limit: 2000 })).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 901 }, (_, index) => index + 1),
      )
    })

    test('what stays away is said with its address, and never with a password', async () => {
      const { runId } = await createRun(store, 1)
      const impatient = await openStore({ url: withPassword(backend.url), patienceMs: 200 })
      await backend.crash()
      const error: unknown = await impatient.runs.get(runId).catch((reason: unknown) => reason)
      const opening: unknown = await openStore({ url: withPassword(backend.url), patienceMs: 200 }).catch((reason: unknown) => reason)
      await backend.start()
      for (const one of [error, opening]) {
        expect(one).toMatchObject({ code: 'STORE_UNREACHABLE' })
        expect(String(one)).not.toContain('secret')
        expect(String(one)).toMatch(/127\.0\.0\.1:\d+\/store_1|assetry-[0-9a-f]+ \(database assetry\)/)
      }
      await impatient.ping()
      await impatient.close()
    })
  })
}
