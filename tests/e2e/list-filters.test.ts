import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { removeDemo, seedDemo } from '../../demo/demo'
import { adminLogin } from '../support/run'
import { until } from '../support/until'
import { answered, openBrowser, type Visit } from './browser'

const url = process.env.HUB_TEST_URL as string
type Person = { id: string; name: string; email: string }

let visit: Visit
let page: Page
let database: pg.Pool
/** People with calls in the log, each with a name of their own. */
let ada: Person
let ben: Person
/** Somebody who is called as Ben is. */
let otherBen: Person
/** What the filters asked of the collection of users; the rows ask for their names themselves. */
let asked: string[] = []

beforeAll(async () => {
  database = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 2 })
  await seedDemo(database, new Date())
  const { rows } = await database.query<Person>(
    `select min(id::text) as id, name, min(email) as email from users u
     where email like '%@demo.invalid' and exists (select from usage_logs where user_id = u.id)
     group by name having count(*) = 1 order by name desc limit 3`,
  )
  ;[ada, ben, otherBen] = rows as [Person, Person, Person]
  await database.query('update users set name = $1 where id = $2', [ben.name, otherBen.id])
  otherBen.name = ben.name
  visit = await openBrowser(url)
  page = visit.page
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname === '/api/users' && !search.includes('draft=true')) asked.push(decodeURIComponent(search))
  })
  const answer = await page.request.post('/api/users/login', { data: adminLogin(), headers: { origin: url } })
  expect(answer.status()).toBe(200)
})

afterAll(async () => {
  await visit?.close()
  if (database) await removeDemo(database)
  await database?.end()
})

type Test = [operator: string, value: string | undefined]
/** Opens the usage log, where any of these tests of a user holds. */
const opened = async (...tests: Test[]) => {
  asked = []
  const filters = tests.map(
    ([operator, value], index) => `where[or][${index}][and][0][user][${operator}]=${value}`,
  )
  await page.goto(`/admin/collections/usage-logs?${filters.join('&')}`)
  await page.locator('.condition__value .rs__control').first().waitFor()
  await answered(page)
}
const filter = (index = 0) => page.locator('.condition__value').nth(index)
const chosen = (index = 0) => filter(index).locator('.rs__single-value').innerText()
/** How the filter names somebody. */
const named = ({ name, email }: Person) => `${name} · ${email}`
const type = (typed: string, index = 0) =>
  filter(index).getByRole('combobox', { name: 'User' }).pressSequentially(typed)
const offered = (...people: Person[]) =>
  until(`${people.map(named)} and nobody else`, async () => {
    const options = await page.getByRole('option').allInnerTexts()
    return JSON.stringify(options.sort()) === JSON.stringify(people.map(named).sort()) || null
  })
const pick = async (person: Person, index = 0) => {
  await type(person.name, index)
  await page.getByRole('option', { name: named(person), exact: true }).click()
}
/** Whose rows are shown, once it is these people's alone. */
const shows = (...people: Person[]) =>
  until(`the rows of ${people.map((one) => one.name)}`, async () => {
    const cells = await page.locator('tbody td.cell-user').allInnerTexts()
    const names = people.map((one) => one.name)
    return cells.length > 0 && cells.every((name) => names.includes(name)) ? cells : null
  })

it('names whom the log is filtered by, and asks for no more than that', async () => {
  await opened(['equals', ada.id])
  expect(await chosen()).toBe(named(ada))
  await shows(ada)
  expect(asked).toEqual([
    expect.stringMatching(`select.name.=true&select.email.=true&pagination=false.*${ada.id}`),
  ])
})

it('asks for what the menu offers when it is opened, and for more at its end', async () => {
  await opened(['equals', ada.id])
  await filter().locator('.rs__control').click()
  await until('the first users', async () => (await page.getByRole('option').count()) === 11)
  expect(asked.slice(1)).toEqual([expect.stringMatching('limit=10&page=1$')])
  await page.locator('.rs__menu-list').hover()
  await page.mouse.wheel(0, 2_000)
  await until('more users', async () => (await page.getByRole('option').count()) > 11)
  expect(await chosen()).toBe(named(ada))
})

it('filters by another user, whose name is typed quickly', async () => {
  await opened(['equals', ada.id])
  await pick(ben)
  await page.waitForURL((address) => address.search.includes(ben.id))
  await shows(ben)
  expect(await chosen()).toBe(named(ben))
  // What was typed is searched once, when the typing pauses.
  expect(asked.filter((query) => query.includes('like'))).toHaveLength(1)
})

it('tells two people of one name apart', async () => {
  await opened(['equals', ada.id])
  await type(ben.name)
  await offered(ben, otherBen)
  await page.getByRole('option', { name: named(otherBen), exact: true }).click()
  await page.waitForURL((address) => address.search.includes(otherBen.id))
  await shows(otherBen)
  expect(await chosen()).toBe(named(otherBen))
})

it('finds a person by a part of their address, and by words of both', async () => {
  await opened(['equals', ada.id])
  const [local] = otherBen.email.split('@') as [string]
  await type(local)
  await offered(otherBen)
  await opened(['equals', ada.id])
  await type(`${local} ${ben.name.split(' ')[1]}`)
  await offered(otherBen)
  expect(asked.filter((query) => query.includes('like'))).toHaveLength(1)
})

it('changes the one of two filters by a user that is changed', async () => {
  await opened(['equals', ada.id], ['equals', ada.id])
  await pick(ben, 1)
  await page.waitForURL((address) => address.search.includes(ben.id))
  await shows(ada, ben)
  expect([await chosen(0), await chosen(1)]).toEqual([named(ada), named(ben)])
})

it('names several users by one question, and takes one of them away', async () => {
  await opened(['in', `${ada.id},${ben.id}`])
  const names = filter().locator('.multi-value-label')
  expect(await names.allInnerTexts()).toEqual([named(ada), named(ben)])
  expect(asked).toHaveLength(1)
  await filter().locator('.multi-value-remove').first().click()
  await shows(ben)
  expect(await names.allInnerTexts()).toEqual([named(ben)])
})

it('says whether there is a user at all', async () => {
  await opened(['exists', 'true'])
  expect(await chosen()).toBe('True')
  await filter().locator('.rs__control').click()
  await page.getByRole('option', { name: 'False' }).click()
  await page.waitForURL(/exists.*=false/)
})

it('keeps what is chosen when several may be, and lets it go when none can be', async () => {
  await opened(['equals', ada.id])
  const operator = async (name: string) => {
    await page.locator('.condition__operator .rs__control').click()
    await page.getByRole('option', { name, exact: true }).click()
  }
  await operator('is in')
  await filter()
    .locator('.multi-value-label', { hasText: named(ada) })
    .waitFor()
  await operator('exists')
  await until('nothing chosen', async () => (await filter().locator('.rs__single-value').count()) === 0)
  await answered(page)
})

it('answers whatever it offers: none among several, a part of an id', async () => {
  await opened(['in', `null,${ada.id}`])
  await shows(ada)
  expect(await filter().locator('.multi-value-label').allInnerTexts()).toEqual(['None', named(ada)])
  for (const asked of ['[user][in]=null', '[requestId][contains]=01a', '[id][not_like]=01a']) {
    await page.goto(`/admin/collections/usage-logs?where[or][0][and][0]${asked}`)
    await page.locator('.where-builder .condition').waitFor()
    await answered(page)
  }
})

it('says that it could not ask, rather than that there is nobody', async () => {
  await opened(['equals', ada.id])
  const offers = /\/api\/users\?.*page=1$/
  await page.route(offers, (route) => route.fulfill({ body: 'away' }))
  await filter().locator('.rs__control').click()
  await page.getByText('An error has occurred.').waitFor()
  expect(await page.getByRole('option').count()).toBe(0)
  await page.unroute(offers)
})

it('shows all calls again, and no filter', async () => {
  await opened(['equals', ada.id])
  await shows(ada)
  await page.getByRole('link', { name: 'Show all' }).click()
  await page.waitForURL((address) => !address.search.includes('where'))
  await page.locator('tbody td.cell-user').first().waitFor()
  await answered(page)
  expect(new URL(page.url()).search).not.toContain('where')
  expect(await filter().count()).toBe(0)
})

it('shows the id of a user who is gone', async () => {
  const gone = randomUUID()
  await opened(['not_equals', gone])
  expect(await chosen()).toBe(gone)
})

it('showed no error in the console', () => {
  expect(visit.problems).toEqual([])
})
