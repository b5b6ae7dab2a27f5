import { expect, it } from '@jest/globals'
import { hasWords, nameOf, namingFields, searchOf } from '../../src/panel/list/naming'

const ofUsers = namingFields({ useAsTitle: 'name', listSearchableFields: ['name', 'email'] })

it('names documents by their title and what else their list is searched by', () => {
  expect(ofUsers).toEqual(['name', 'email'])
  expect(namingFields({ useAsTitle: 'title' })).toEqual(['title'])
  expect(namingFields()).toEqual(['id'])
  expect(nameOf({ id: '1', name: 'Ada', email: 'ada@example.org' }, ofUsers)).toBe('Ada · ada@example.org')
  expect(nameOf({ id: '1', name: '', email: 'ada@example.org' }, ofUsers)).toBe('ada@example.org')
  // The server leaves out what its reader may not see.
  expect(nameOf({ id: '1', name: 'Ada' }, ofUsers)).toBe('Ada')
  expect(nameOf({ id: '1' }, ofUsers)).toBe('1')
})

it('searches each word in every field, and knows the names that it finds', () => {
  expect(searchOf(' Ada ·  example', ofUsers)).toEqual({
    'where[and][0][or][0][name][like]': 'ada',
    'where[and][0][or][1][email][like]': 'ada',
    'where[and][1][or][0][name][like]': 'example',
    'where[and][1][or][1][email][like]': 'example',
  })
  expect(searchOf('', ofUsers)).toEqual({})
  expect(hasWords('Ada · ada@example.org', 'EXAMPLE ada')).toBe(true)
  expect(hasWords('Ada · ada@example.org', 'ada ben')).toBe(false)
})

it('asks no more conditions than a filter may have, however much is typed', () => {
  expect(Object.keys(searchOf('word '.repeat(50), ['a', 'b', 'c'])).length).toBeLessThanOrEqual(30)
})
