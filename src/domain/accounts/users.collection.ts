import type { CollectionConfig } from 'payload'
import type { Config } from '../../platform/config/environment'
import {
  adminsOnly,
  adminsOnlyField,
  adminsOrOwner,
  isAdminRequest,
  nobodyField,
} from '../../platform/payload/access'
import { caller } from '../../platform/payload/caller'
import { lockBeforeUpdate } from '../../platform/payload/payload-sql'
import type { AccountsDeps } from './deps'
import { checkAvatar } from './payload/avatar'
import { accountEndpoints } from './payload/endpoints'
import {
  afterUserChange,
  afterUserCreated,
  beforeUserDelete,
  beforeUserOperation,
  guardLastAdmin,
} from './payload/hooks'
import { checkName } from './payload/name'
import { hubStrategy } from './payload/strategy'

/**
 * The hub's users. Payload keeps the profile; passwords, failed sign-ins, sessions and tokens are stored in tables
 * that no document update writes. `onRegistered` runs in the transaction that creates an account. The hub's endpoints
 * (`accountEndpoints`) replace Payload's own ways to sign in.
 */
export function usersCollection(
  config: Config,
  onRegistered: NonNullable<AccountsDeps['onRegistered']>,
): CollectionConfig {
  return {
    slug: 'users',
    labels: { singular: 'User', plural: 'Users' },
    admin: {
      group: 'People',
      useAsTitle: 'name',
      defaultColumns: ['name', 'email', 'role', 'disabled', 'createdAt'],
      listSearchableFields: ['name', 'email'],
      components: {
        views: {
          edit: {
            overview: {
              Component: '/src/panel/user/UserOverview#UserOverview',
              path: '/overview',
              tab: { label: 'Overview', href: '/overview' },
            },
          },
        },
      },
      description: 'Everyone with an account. Disabling someone ends their sessions and keys at once.',
    },
    auth: {
      strategies: [hubStrategy],
      useSessions: false,
      maxLoginAttempts: 0,
      tokenExpiration: config.accessTokenMinutes * 60,
      removeTokenFromResponses: true,
      cookies: { secure: config.hubUrl.startsWith('https:'), sameSite: 'Lax' },
    },
    defaultSort: '-createdAt',
    disableDuplicate: true,
    disableBulkEdit: true,
    // The last-admin rule counts these documents.
    disableBulkDelete: true,
    access: {
      admin: ({ req }) => isAdminRequest(req),
      read: adminsOrOwner('id'),
      create: adminsOnly,
      update: ({ req, id }) => {
        if (isAdminRequest(req)) return true
        const me = caller(req)
        return me?.via === 'session' && (id === undefined || id === me.id) ? { id: { equals: me.id } } : false
      },
      delete: adminsOnly,
      unlock: adminsOnly,
    },
    hooks: {
      beforeOperation: [lockBeforeUpdate('users'), beforeUserOperation],
      beforeValidate: [checkName],
      beforeChange: [guardLastAdmin, checkAvatar],
      afterChange: [afterUserChange, afterUserCreated(onRegistered)],
      beforeDelete: [beforeUserDelete],
    },
    endpoints: accountEndpoints,
    fields: [
      { name: 'name', type: 'text', required: true, minLength: 1, maxLength: 100 },
      {
        name: 'email',
        type: 'email',
        required: true,
        unique: true,
        index: true,
        access: { update: adminsOnlyField },
      },
      {
        name: 'currentPassword',
        type: 'text',
        virtual: true,
        access: { read: adminsOnlyField },
        hooks: { afterRead: [() => null] },
        admin: {
          description: 'Needed to change your own password.',
          condition: (_data, _sibling, { user }) => Boolean(user),
          components: { Field: '/src/panel/fields/CurrentPassword#CurrentPassword' },
        },
      },
      {
        type: 'row',
        fields: [
          {
            name: 'role',
            type: 'select',
            enumName: 'hub_role',
            required: true,
            defaultValue: 'user',
            options: [
              { label: 'User', value: 'user' },
              { label: 'Admin', value: 'admin' },
            ],
            access: { create: adminsOnlyField, update: adminsOnlyField },
          },
          {
            name: 'disabled',
            type: 'checkbox',
            defaultValue: false,
            access: { create: adminsOnlyField, update: adminsOnlyField },
            admin: { description: 'Blocks every kind of sign-in.' },
          },
        ],
      },
      { name: 'avatar', type: 'upload', relationTo: 'media' },
      {
        name: 'emailConfirmedAt',
        type: 'date',
        admin: { readOnly: true },
        access: {
          create: nobodyField,
          update: nobodyField,
          read: ({ req, id }) => isAdminRequest(req) || (id !== undefined && caller(req)?.id === id),
        },
      },
      {
        name: 'moreAbout',
        type: 'ui',
        admin: { components: { Field: '/src/panel/fields/UserLinks#UserLinks' }, disableListColumn: true },
      },
      {
        name: 'subscription',
        type: 'join',
        collection: 'subscriptions',
        on: 'user',
        admin: {
          allowCreate: false,
          defaultColumns: ['plan', 'status', 'tokensUsed', 'tokenLimit', 'periodEnd'],
        },
      },
    ],
  }
}
