import { z } from '@hono/zod-openapi'
import { listCorrections } from '../../domain/ledger/corrections'
import { correctUsage } from '../../domain/ledger/operations/correct-usage'
import { carryOut } from '../../domain/operation/operation'
import { lastLedgerCheck, runLedgerCheck } from '../../domain/usage/ledger-report'
import { Problem } from '../../platform/kernel/problem'
import { orNull } from '../kit/common-schemas'
import { created, ok } from '../kit/envelope'
import { callerOf, depsOf } from '../kit/operations'
import type { Registry } from '../kit/registry'
import { Correction, LedgerCheck, NewCorrection, UsageParams } from './schemas/ledger'

const tag = 'Admin'

/** Adds what admins do about the ledger: correct a row, and check the sums against the rows. */
export function addAdminLedger(registry: Registry): void {
  addCorrections(registry)
  addChecks(registry)
}

function addCorrections(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/usage/{usage_id}/corrections',
      operationId: 'correctUsage',
      tag,
      summary: 'Correct what a call was charged',
      description:
        'Updates the period, the summaries and the statistics at once. The figure that the call is already charged is refused with `CONFLICT`. A repeated request with the same `X-Request-ID` changes nothing and returns the first correction.',
      access: correctUsage.access,
      params: UsageParams,
      body: NewCorrection,
      answer: { status: 201, description: 'The correction.', schema: Correction },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, principal, params, body, context }) => {
      const { output } = await carryOut(correctUsage, depsOf(services), {
        subjectId: params.usage_id,
        input: { ...body, requestId: context.env.requestId },
        caller: callerOf(services, context, principal),
      })
      return created(output)
    },
  )
  registry.add(
    {
      method: 'get',
      path: '/admin/usage/{usage_id}/corrections',
      operationId: 'listCorrections',
      tag,
      summary: 'List the corrections of a call, oldest first',
      access: 'admin',
      params: UsageParams,
      answer: { status: 200, description: 'All corrections.', schema: z.array(Correction) },
      problems: ['NOT_FOUND'],
    },
    async ({ services, params }) => ok(await listCorrections(services.pool, params.usage_id)),
  )
}

function addChecks(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/ledger/check',
      operationId: 'checkLedger',
      tag,
      summary: 'Recompute the sums from the usage rows and report differences',
      access: 'admin',
      answer: { status: 200, description: 'The result.', schema: LedgerCheck },
      problems: ['CONFLICT'],
    },
    async ({ services }) => {
      const report = await runLedgerCheck(services.pool, 'admin')
      if (!report) throw new Problem('CONFLICT', 'Another ledger check is running.')
      return ok(report)
    },
  )
  registry.add(
    {
      method: 'get',
      path: '/admin/ledger/check',
      operationId: 'getLedgerCheck',
      tag,
      summary: 'The last ledger check; null before the first',
      access: 'admin',
      answer: { status: 200, description: 'The result.', schema: orNull(LedgerCheck) },
    },
    async ({ services }) => ok(await lastLedgerCheck(services.pool)),
  )
}
