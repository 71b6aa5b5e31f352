import { type Branded, hasKind, kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'

/** An element of a list with a mapping key of its own, made by {@link dynamicOutput}. */
export interface DynamicOutput<TValue> extends Branded<'dynamic-output'> {
  readonly value: TValue
  readonly mappingKey: string
}

/** As a file or folder is named by it, it may not begin with a dot. */
const pattern = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/

/**
 * Names an element of the list that an op returns. Where the list is mapped, the steps of this element carry the key
 * instead of the position: `resize[cat.png]`.
 *
 * @example
 * ```ts
 * const listFiles = op({
 *   name: 'list_files',
 *   run: () => ['cat.png', 'dog.png'].map((file) => dynamicOutput({ file }, { mappingKey: file })),
 * })
 * ```
 * @throws `INVALID_NAME` for a key that is not 1 to 100 letters, digits, `_`, `-` and `.`, or begins with a dot
 */
export function dynamicOutput<TValue>(value: TValue, { mappingKey }: { readonly mappingKey: string }): DynamicOutput<TValue> {
  if (typeof mappingKey === 'string' && pattern.test(mappingKey)) return { [kindOf]: 'dynamic-output', value, mappingKey }
  throw new AssetryError(
    'INVALID_NAME',
    `${JSON.stringify(mappingKey)} can't be a mapping key. Use up to 100 letters, digits, "_", "-" and ".", not beginning with ".".`,
    { facts: { mappingKey } },
  )
}

export function isDynamicOutput(value: unknown): value is DynamicOutput<unknown> {
  return hasKind(value, 'dynamic-output')
}

type ElementValue<TElement> = TElement extends DynamicOutput<infer TValue> ? TValue : TElement

/** What an op's output holds for those who read it: the elements of a list without their {@link DynamicOutput}. */
export type OutputValue<TValue> = TValue extends readonly unknown[]
  ? [Extract<TValue[number], DynamicOutput<unknown>>] extends [never]
    ? TValue
    : { [K in keyof TValue]: ElementValue<TValue[K]> }
  : TValue
