import { expect, test } from 'vitest'
import { env, environmentNames, isEnvVariable } from './env.ts'

test('a variable is its name until the resource is created, and its brand says so', () => {
  expect(isEnvVariable(env('TOKEN'))).toBe(true)
  expect(JSON.stringify(env('TOKEN'))).toBe('{"name":"TOKEN"}')
  expect(isEnvVariable({ name: 'TOKEN' })).toBe(false)
})

test('the variables of a config are found at any depth, each once, in order', () => {
  const config = { url: env('URL'), pool: [{ token: env('TOKEN') }, env('URL')], at: new Date(0), none: null }
  expect(environmentNames(config)).toEqual(['TOKEN', 'URL'])
  expect(environmentNames(env('ALL'))).toEqual(['ALL'])
  expect(environmentNames(undefined)).toEqual([])
})

test('a variable refuses to be part of a text, of which its value could never become a part', () => {
  const parts: readonly unknown[] = ['https://', env('HOST')]
  const refusal = expect.objectContaining({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('env("HOST") was made part of a text'),
  })
  expect(() => `https://${env('HOST') as unknown as string}/`).toThrow(refusal)
  expect(() => 'https://' + (env('HOST') as unknown as string)).toThrow(refusal)
  expect(() => parts.join('')).toThrow(refusal)
})
