import type { Table } from 'apache-arrow'
import { describe, expectTypeOf, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { input } from '../definitions/input.ts'
import { onlyColumns } from '../definitions/input-shape.ts'
import { asTable } from './arrow.ts'

describe('an input that asks for a table', () => {
  const orders = asset({ key: 'orders', materialize: () => [{ id: 1, amount: 2 }] })

  test('has the type of one, whatever it was saved as', () => {
    asset({
      key: 'reader',
      inputs: { plain: asTable(orders), some: asTable(onlyColumns(orders, ['id'])), given: asTable(input(orders)) },
      materialize: ({ plain, some, given }) => {
        expectTypeOf(plain).toEqualTypeOf<Table>()
        expectTypeOf(some).toEqualTypeOf<Table>()
        expectTypeOf(given).toEqualTypeOf<Table>()
      },
    })
  })
})
