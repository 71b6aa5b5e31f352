import { AsyncLocalStorage } from 'node:async_hooks'
import type { StepOutput } from './step-output.ts'

/** The step that code runs in, as far as such code can reach it without being given anything: what it throws and writes. */
interface RunningStep {
  /** Takes an error that nobody awaits: one of a timer, an event handler, a promise let go. */
  readonly fail: (error: unknown) => void
  /** Takes what is written to the console; undefined where that stays the process's own. */
  readonly output: StepOutput | undefined
}

const steps = new AsyncLocalStorage<RunningStep | undefined>()

/** The step whose code is running now: called by it, or begun by it and going on since. Undefined for the process's own code. */
export function runningStep(): RunningStep | undefined {
  return steps.getStore()
}

/**
 * Runs the code of a step. An error it throws where nobody awaits it rejects the result, as if it had thrown it in place,
 * once `attributeStrayErrors` was called; what it writes goes to `output`, once `captureOutput` was called.
 */
export async function withinStep<TResult>(output: StepOutput | undefined, run: () => Promise<TResult>): Promise<TResult> {
  return new Promise<TResult>((resolve, reject) => {
    steps.run({ fail: reject, output }, () => {
      run().then(resolve, reject)
    })
  })
}

/** Runs code of ours that a step's code has called into, so that nothing it throws or writes counts as the step's. */
export function outsideSteps<TResult>(run: () => TResult): TResult {
  return steps.run(undefined, run)
}
