import { proxyActivities } from '@temporalio/workflow'

/** The same shapes without Assetry: what Temporal itself costs. */
const { step } = proxyActivities<{ step(name: string): Promise<void> }>({ startToCloseTimeout: '1 minute', heartbeatTimeout: '30 seconds' })

export async function bareChain(length: number): Promise<void> {
  for (let position = 0; position < length; position += 1) await step(`chain/${position}`)
}

export async function bareFan(width: number): Promise<void> {
  await Promise.all(Array.from({ length: width }, (_each, position) => step(`fan/${position}`)))
}
