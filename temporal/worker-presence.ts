import type { Client } from '@temporalio/client'
import { taskQueueOf } from '../workflows/names.ts'

/** How long an answer is believed. Unit: milliseconds. */
const believedMs = 1_000

/** A poller that has not asked for work for longer than this is gone: a poll lasts a minute at most. Unit: milliseconds. */
const pollerLifeMs = 90_000

/** Activity task queues, in Temporal's numbering: user code runs there. */
const activityQueue = 2

/** Whether workers poll a code location's task queue, as Temporal sees it. */
export class WorkerPresence {
  readonly #client: Client
  readonly #answers = new Map<string, { readonly at: number; readonly there: Promise<boolean> }>()

  constructor(client: Client) {
    this.#client = client
  }

  isThere(codeLocation: string): Promise<boolean> {
    const known = this.#answers.get(codeLocation)
    if (known !== undefined && Date.now() - known.at < believedMs) return known.there
    const there = this.#ask(codeLocation)
    this.#answers.set(codeLocation, { at: Date.now(), there })
    there.catch(() => this.#answers.delete(codeLocation))
    return there
  }

  async #ask(codeLocation: string): Promise<boolean> {
    const { pollers } = await this.#client.workflowService.describeTaskQueue({
      namespace: this.#client.options.namespace,
      taskQueue: { name: taskQueueOf(codeLocation) },
      taskQueueType: activityQueue,
    })
    return (pollers ?? []).some((poller) => Date.now() - Number(poller.lastAccessTime?.seconds ?? 0) * 1_000 < pollerLifeMs)
  }
}
