import { isAssetryError } from '../definitions/errors.ts'
import { taskQueueOf } from '../workflows/names.ts'
import type { ApiParts } from './api-parts.ts'
import type { Health, HealthPart } from './contract/health.ts'
import { workerPresence } from './worker-presence.ts'

/** Longest time a part may take to answer, in milliseconds. Orchestrators give a probe about this long. */
const patienceMs = 2_000

/** Asks every part whether it is there, all at the same time. */
export async function readiness({ store, launcher, version, log }: ApiParts): Promise<Health> {
  const locations = store.codeLocations.current()
  const parts = await Promise.all([
    part('store', () => store.ping()),
    part('temporal', () => launcher.ping()),
    part('codeLocation', async () =>
      (await locations).length > 0 ? undefined : 'No worker has registered definitions yet. Start one with "assetry worker".',
    ),
    part('worker', async () =>
      missingWorkers(
        launcher,
        (await locations).map((location) => location.name),
      ),
    ),
  ])
  return { status: parts.every(({ ok }) => ok) ? 'ok' : 'unavailable', version, parts }

  async function part(name: HealthPart['name'], ask: () => Promise<string | void>): Promise<HealthPart> {
    try {
      const detail = await within(patienceMs, ask())
      return { name, ok: detail === undefined, detail: detail ?? null }
    } catch (error) {
      if (isAssetryError(error)) return { name, ok: false, detail: error.message }
      log.error({ err: error, part: name }, 'readiness check failed')
      return { name, ok: false, detail: 'It failed; the reason is in the log of the server.' }
    }
  }
}

async function missingWorkers(launcher: ApiParts['launcher'], names: readonly string[]): Promise<string | undefined> {
  const present = await Promise.all(names.map((name) => workerPresence(launcher, name)))
  if (present.includes(null)) return 'Unknown: Temporal does not answer.'
  const missing = names.filter((_, index) => !present[index]).map(taskQueueOf)
  if (names.length > 0 && missing.length === 0) return undefined
  return `No worker polls ${missing.join(', ') || 'any task queue'}. Start one with "assetry worker".`
}

async function within<TResult>(ms: number, answer: Promise<TResult>): Promise<TResult | string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`No answer within ${ms / 1_000} s.`), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
