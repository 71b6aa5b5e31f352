import { AsyncLocalStorage } from 'node:async_hooks'

/** Takes an error that user code threw where nobody awaits it: in a timer, an event handler, a promise let go. */
type StraySink = (error: unknown) => void

const sinks = new AsyncLocalStorage<StraySink>()

/**
 * Runs user code so that an error it throws where nobody awaits it rejects the result, as if it had thrown it in place.
 * Needs {@link attributeStrayErrors}, once a process.
 */
export async function withStrayErrors<TResult>(run: () => Promise<TResult>): Promise<TResult> {
  return new Promise<TResult>((resolve, reject) => {
    sinks.run(reject, () => {
      run().then(resolve, reject)
    })
  })
}

/**
 * Gives errors that nobody catches to the step whose code threw them, instead of ending the process and with it every
 * step beside it. What belongs to no step goes to `others`.
 */
export function attributeStrayErrors(others: (error: unknown) => void): void {
  const take = (error: unknown): void => {
    const sink = sinks.getStore()
    if (sink === undefined) others(error)
    else sink(error)
  }
  process.on('uncaughtException', take)
  process.on('unhandledRejection', take)
}
