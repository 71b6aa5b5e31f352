/** The function with the fields as its own. (`Object.assign` can't do it: a function's `name` is not writable.) */
export function callable<TFields extends object, TCall>(fields: TFields, call: TCall): TFields & TCall {
  return Object.defineProperties(call, Object.getOwnPropertyDescriptors(fields)) as TFields & TCall
}
