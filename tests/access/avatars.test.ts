import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { ask, type Cast, castOfCallers, hubDatabase } from './callers'
import { newDocument } from './documents'

let db: Pool
let cast: Cast

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
})
afterAll(() => db.end())

const choose = (token: string, userId: string, avatar: unknown) =>
  ask('PATCH', `/api/users/${userId}?depth=0`, { token, body: { avatar } })

/** Somebody else's image is theirs: its id neither becomes an avatar, nor tells that there is such an image. */
describe('an avatar', () => {
  test("is one's own image, or none", async () => {
    const { owner, other } = cast
    const image = await newDocument(db, 'media', cast, 'owner')
    const icon = await newDocument(db, 'media that is the icon of a tool', cast, 'owner')
    const refused = await Promise.all([image, icon, newId()].map((id) => choose(other.token, other.id, id)))
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400])
    expect(new Set(refused.map(({ text }) => text)).size).toBe(1)
    for (const wrong of ['rubbish', 5, { id: image }, [image], { relationTo: 'media', value: image }])
      expect([wrong, (await choose(other.token, other.id, wrong)).status]).toEqual([wrong, 400])
    expect((await choose(owner.token, owner.id, image)).body).toMatchObject({ doc: { avatar: image } })
    const renamed = await ask('PATCH', `/api/users/${owner.id}`, {
      token: owner.token,
      body: { name: 'Renamed' },
    })
    expect(renamed.status).toBe(200)
    expect((await choose(owner.token, owner.id, null)).body).toMatchObject({ doc: { avatar: null } })
  })

  test('given by an admin may be anyone’s, and its user may keep it', async () => {
    const { owner, other, headers } = cast
    const image = await newDocument(db, 'media', cast, 'owner')
    const body = { avatar: image }
    expect((await ask('PATCH', `/api/users/${other.id}`, { headers: headers.admin, body })).status).toBe(200)
    expect((await choose(other.token, other.id, image)).status).toBe(200)
    expect((await choose(owner.token, owner.id, image)).status).toBe(200)
  })
})
