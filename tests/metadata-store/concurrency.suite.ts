import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { claim, createRun, making, materializationOf, workOn } from './records.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'

/** What must hold where many write to a metadata store at once. */
export function concurrencySuite(under: StoreUnderTest): void {
  describe('many at once', () => {
    let store: MetadataStore
    let backend: StoreBackend

    beforeAll(() => {
      ;({ store, backend } = under)
    })

    test('the log of a run has no gaps, and a reader who follows it misses nothing, while two processes write', async () => {
      const { runId, plan } = await createRun(store, 200)
      const other = await openStore({ url: backend.url })
      let writing = true
      const writers = Promise.all(plan.steps.map((step, index) => workOn(index % 2 === 0 ? store : other, runId, step))).finally(
        () => (writing = false),
      )
      const seen: number[] = []
      for (let last = false; !last;) {
        last = !writing
        for (const { seq } of await store.events.list(runId, { after: seen.at(-1) ?? 0, limit: 1000 })) seen.push(seq)
      }
      await writers
      await other.close()
      // RUN_QUEUED, and for each step: start, log, materialization.
      expect(seen).toEqual(Array.from({ length: 1 + 3 * 200 }, (_, index) => index + 1))
    })

    test('runs that record the same assets in different order don’t hold each other up for good', async () => {
      const keys = Array.from({ length: 40 }, (_, index) => `shared-${index}`)
      const plan = { version: 1, steps: keys.map((key) => ({ key, asset: key, after: [] })) } as const
      const made = await Promise.all(Array.from({ length: 4 }, () => createRun(store, 0, { plan })))
      await Promise.all(
        made.map(async ({ runId }, index) => {
          const order = index % 2 === 0 ? keys : [...keys].reverse()
          const held = await Promise.all(order.map((key) => claim(store, runId, key)))
          await Promise.all(held.map((step) => store.steps.succeeded(step, making(step.stepKey))))
        }),
      )
      const latest = await store.materializations.latest(keys)
      expect(latest.map(({ materializationCount }) => materializationCount)).toEqual(keys.map(() => 4))
      for (const { lastRunId, lastMaterialization } of latest) expect(lastMaterialization?.runId).toBe(lastRunId)
    })

    test('statements with large parameters don’t get mixed up with others', async () => {
      const text = 'x'.repeat(300_000)
      const { runId, plan } = await createRun(store, 20)
      const others = Promise.all(Array.from({ length: 200 }, () => store.runs.get(runId)))
      const held = await Promise.all(plan.steps.map((step) => claim(store, runId, step.key)))
      await Promise.all(
        held.map((step) =>
          store.steps.succeeded(step, {
            materializations: [materializationOf(step.stepKey, { metadata: { text: { type: 'text', value: text } } })],
          }),
        ),
      )
      expect(new Set((await others).map((run) => run?.runId))).toEqual(new Set([runId]))
      expect((await store.materializations.ofRun(runId)).map(({ metadata }) => metadata['text']?.value)).toEqual(plan.steps.map(() => text))
    })
  })
}
