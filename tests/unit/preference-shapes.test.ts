/** Protects the panel against stored preferences of a shape that its pages fail on. */
import { describe, expect, test } from '@jest/globals'
import type { FlattenedField } from 'payload'
import { readablePreference } from '../../src/domain/accounts/payload/preference-shapes'

const FIELDS = [{ name: 'name', type: 'text' }] as FlattenedField[]
const read = (value: unknown) => readablePreference(value, FIELDS)

describe('a preference as the panel reads it', () => {
  test('keeps what the panel itself writes', () => {
    const whole = {
      layouts: [{ id: 'usage-1', width: 'full', data: { days: 7 } }, { id: 'plans-2' }],
      columns: [
        { accessor: 'name', active: true },
        { accessor: '_select', active: false },
      ],
      limit: 25,
      sort: '-name',
      groups: { People: { open: false } },
      open: true,
      fields: { upstreams: { collapsed: ['a'] }, 'tabs-0': { tabIndex: 1 }, x: { collapsed: true } },
      of_a_host: [1, null],
    }
    expect(read(whole)).toEqual(whole)
    expect(read('en')).toBe('en')
    expect(read({ layouts: [] })).toEqual({ layouts: [] })
  })

  test('is without what a page would fail on', () => {
    for (const layouts of [[null], 'x', {}, [1, []], [{ id: null }], null])
      expect(read({ layouts })).toEqual({})
    expect(read({ layouts: [null, { id: 'a-1', width: {}, data: [] }] })).toEqual({
      layouts: [{ id: 'a-1' }],
    })
    for (const columns of ['name', {}, 1, null]) expect(read({ columns })).toEqual({})
    expect(read({ columns: [null, 'name', { accessor: {} }, { accessor: 'name' }] })).toEqual({
      columns: [{ accessor: 'name' }],
    })
    for (const limit of ['x', -1, 0, 1e9, null, [5], 1.5]) expect(read({ limit })).toEqual({})
    for (const sort of ['nope', {}, ['name'], '', null, 'name.deep']) expect(read({ sort })).toEqual({})
    for (const groupBy of ['nope', {}]) expect(read({ groupBy })).toEqual({})
    for (const preset of [{}, [1], "' or", true]) expect(read({ preset })).toEqual({})
    for (const fields of [null, [], 'x', 1]) expect(read({ fields })).toEqual({})
    expect(read({ fields: { a: null, b: { collapsed: [null], tabIndex: 'x', more: 1 } } })).toEqual({
      fields: { b: { more: 1 } },
    })
    for (const groups of [null, 'x', []]) expect(read({ groups })).toEqual({})
    expect(read({ groups: { a: null, b: { open: true } }, open: 'yes' })).toEqual({
      groups: { b: { open: true } },
    })
    expect(read([null, { name: 'a' }])).toEqual([{ name: 'a' }])
  })

  test('sorts by nothing where its list is not known', () => {
    expect(readablePreference({ sort: 'name' }, null)).toEqual({})
  })
})
