import { describe, expect, test } from '@jest/globals'
import { renderToStaticMarkup } from 'react-dom/server'
import { PAGE_SIZE, Pages, pageOf } from '../../src/panel/parts/Pages'

const shown = (page: number, total: number) =>
  renderToStaticMarkup(Pages({ page, total, addressOf: (next) => `?page=${next}` }))

describe('pages of a view', () => {
  test('are led through, and there is nothing to show of a single one', () => {
    expect(shown(1, PAGE_SIZE)).toBe('')
    expect(shown(2, 3 * PAGE_SIZE)).toMatch(/\?page=1.*Page 2 of 3.*\?page=3/)
  })

  test('beyond the last lead back to it', () => {
    expect(shown(9_999, 3 * PAGE_SIZE)).toMatch(/\?page=3".*There is no page 9999: the last is 3/)
    expect(shown(99, 10)).toMatch(/\?page=1".*There is no page 99: the last is 1/)
    expect(shown(9_999, 3 * PAGE_SIZE)).not.toContain('Next')
  })

  test('that make no sense are the first', () => {
    for (const page of ['0', '-1', '1.5', 'x', ['2', '3'], undefined]) expect(pageOf({ page })).toBe(1)
  })
})
