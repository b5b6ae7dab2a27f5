/**
 * What the thread runs that checks inputs apart from the process's own work. It is text, as every host bundles the hub
 * in its own way and none would find a file; the libraries are found from the folder where the process was started.
 * Patterns are run by V8's own engine here, which cuts off what takes too long.
 */
export const PROGRAM = `
'use strict'
const { parentPort, workerData } = require('node:worker_threads')
const { createRequire } = require('node:module')
const vm = require('node:vm')
const find = createRequire(workerData.from)
const { Ajv } = find('ajv')
const { Ajv2020 } = find('ajv/dist/2020.js')
const addFormats = find('ajv-formats').default
const known = new Map()
const context = vm.createContext(Object.create(null))
const script = new vm.Script('work()')

function compile({ schema, isDraft07, allErrors }) {
  const options = { strict: false, ownProperties: true, validateFormats: true, logger: false, validateSchema: false, allErrors }
  const ajv = isDraft07 ? new Ajv(options) : new Ajv2020(options)
  addFormats(ajv)
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', compile: (is) => (is ? allDiffer : () => true) })
  return ajv.compile(JSON.parse(schema))
}

// As in unique-items.ts: the library's own compares each item with each other one.
function allDiffer(items) {
  const places = new Map()
  for (const [at, item] of items.entries()) {
    const said = canonical(item)
    const before = places.get(said)
    if (before !== undefined) {
      const message = 'must NOT have duplicate items (items ## ' + before + ' and ' + at + ' are identical)'
      allDiffer.errors = [{ keyword: 'uniqueItems', message, params: { i: at, j: before } }]
      return false
    }
    places.set(said, at)
  }
  return true
}

function canonical(value) {
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const part = (name) => JSON.stringify(name) + ':' + canonical(value[name])
  return '{' + Object.keys(value).sort().map(part).join(',') + '}'
}

function validatorOf(task) {
  const name = task.key + task.allErrors
  const found = known.get(name)
  if (found) return found
  if (known.size >= 500) known.clear()
  const made = compile(task)
  known.set(name, made)
  return made
}

function check(task) {
  const validate = validatorOf(task)
  const errors = validate(JSON.parse(task.input)) ? [] : (validate.errors ?? []).slice(0, task.most)
  validate.errors = null
  return errors
}

parentPort.on('message', (task) => {
  context.work = () => check(task)
  try {
    const errors = script.runInContext(context, { timeout: task.timeoutMs })
    parentPort.postMessage({ id: task.id, errors: JSON.stringify(errors) })
  } catch (error) {
    const late = error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    parentPort.postMessage({ id: task.id, late, reason: String(error?.message ?? error) })
  } finally {
    context.work = undefined
  }
})
`
