import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type OwnHub, ownHub } from '../support/own-hub'
import { until } from '../support/until'

/** What an admin searches for. */
const VALUE = 'value-of-a-search'

let own: OwnHub

beforeAll(async () => {
  own = await ownHub({ PANEL: 'on' })
})

afterAll(async () => {
  await own?.close()
})

/** Payload's list view logs the error, and Next prints it once more. */
it('a list whose query fails leaves its values in no line, the log’s or the console’s', async () => {
  await own.database.pool.query('alter table refusals rename column message to elsewhere')
  const search = `where[or][0][and][0][message][contains]=${VALUE}`
  const headers = { authorization: `Bearer ${own.admin}` }
  const page = await fetch(`${own.hub.url}/admin/collections/refusals?${search}`, { headers })
  await page.text()
  const output = await until('both reports of the failure, and the line of the request', () => {
    const text = own.hub.output()
    const failures = text.split('column refusals.message does not exist').length - 1
    return failures >= 2 && text.includes('"route":"/admin/collections/refusals"') ? text : null
  })
  expect(output).toMatch(/"msg":"There was an error fetching the list view data/)
  expect(output).toMatch(/^Error: Failed query\n +at .*\[cause\]: Error: column/ms)
  expect(output).not.toContain(VALUE)
  expect(output).not.toContain('select count')
})
