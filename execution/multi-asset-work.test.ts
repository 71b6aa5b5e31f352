import { expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { output } from '../definitions/output.ts'
import { memoryIOManager } from '../io/memory.ts'
import { materialize } from './materialize.ts'

test('a multi-asset of which one member has wrong facts stores none of them', async () => {
  const ioManager = memoryIOManager()
  const wrong = { checks: { unheard_of: true } }
  const both = multiAsset({
    name: 'both',
    outputs: { left: { key: 'left', ioManager }, right: { key: 'right', ioManager } },
    materialize: () => ({ left: 1, right: output(2, wrong) }),
  })
  await expect(materialize([both])).rejects.toMatchObject({ code: 'CHECK_UNDECLARED' })

  const reader = asset({ key: 'reader', inputs: { left: both.assets.left }, materialize: ({ left }) => left })
  const { failures } = await materialize([both, reader], { selection: 'reader', raiseOnError: false })
  expect(failures).toMatchObject([{ error: { code: 'VALUE_NOT_FOUND' } }])
})
