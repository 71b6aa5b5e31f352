declare module 's3rver' {
  import type { AddressInfo } from 'node:net'

  /** The part of Koa's context that is used here. */
  export interface Context {
    readonly method: string
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly response: { get(header: string): string; remove(header: string): void }
    status: number
    type: string
    body: unknown
  }

  type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>

  export default class S3rver {
    readonly middleware: Middleware[]
    constructor(options: {
      readonly address: string
      readonly port: number
      readonly silent: boolean
      readonly directory: string
      readonly configureBuckets: readonly { readonly name: string }[]
    })
    run(): Promise<AddressInfo>
    close(): Promise<void>
  }
}
