import { runningStep } from './running-step.ts'

/**
 * Gives errors that nobody catches to the step whose code threw them, instead of ending the process and with it every
 * step beside it. What belongs to no step goes to `others`. Once a process.
 */
export function attributeStrayErrors(others: (error: unknown) => void): void {
  const take = (error: unknown): void => {
    const step = runningStep()
    if (step === undefined) others(error)
    else step.fail(error)
  }
  process.on('uncaughtException', take)
  process.on('unhandledRejection', take)
}
