import type { z } from '@hono/zod-openapi'
import { toPayloadUser } from '../../domain/accounts/payload/user'
import { type Trial, tryTool } from '../../domain/calls/try-tool'
import { readDraft } from '../../domain/tools/draft'
import { madeOf } from '../../platform/kernel/exact-json'
import type { HubUser } from '../../platform/payload/caller'
import { ToolParams } from '../kit/common-schemas'
import { ok } from '../kit/envelope'
import type { Registry } from '../kit/registry'
import type { Services } from '../kit/services'
import { ToolTrial, TryBody } from './schemas/trial'

/** Adds trying a tool out: for admins, charged to nobody. */
export function addTryTool(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/tools/{tool_id}/try',
      operationId: 'tryTool',
      tag: 'Admin',
      summary: "Test a tool's latest draft without charging anyone",
      description:
        'The tool is really called, even if admission would refuse the call; `admission` shows that result. The usage log keeps the call with the status `trial`, and no sum counts it.',
      access: 'admin',
      params: ToolParams,
      body: TryBody,
      answer: {
        status: 200,
        description: 'The result of the call, also if the tool failed.',
        schema: ToolTrial,
      },
      problems: ['NOT_FOUND'],
    },
    async ({ services, principal, params, body, context }) =>
      ok(
        await runTrial(services, {
          user: toPayloadUser(principal),
          tool: params.tool_id,
          sent: body,
          requestId: context.env.requestId,
          signal: context.req.raw.signal,
        }),
      ),
  )
}

type TrialCall = {
  user: HubUser
  tool: string
  sent: z.output<typeof TryBody>
  requestId: string
  signal?: AbortSignal | undefined
}

/** Runs a trial for the versioned API and for the panel, which signs in by its cookie. */
export async function runTrial(
  { payload, pool, log }: Pick<Services, 'payload' | 'pool' | 'log'>,
  { user, tool, sent, requestId, signal }: TrialCall,
) {
  const draft = await readDraft(payload, pool, user, tool)
  const as = 'user_id' in sent.as ? { userId: sent.as.user_id } : { plan: sent.as.plan }
  const request = { draft, input: sent.input, as, adminId: user.id, requestId, signal }
  return toApiTrial(await tryTool({ pool, log }, request), requestId)
}

function toApiTrial({ charge, verdict, ...trial }: Trial, requestId: string) {
  const { modelTokens } = charge
  return madeOf(trial.output, {
    usage_id: trial.usageId,
    request_id: requestId,
    output: trial.output,
    failure: trial.failure,
    tokens: charge.tokens,
    source: charge.source,
    model_tokens: modelTokens && {
      input: modelTokens.inputTokens,
      cached_input: modelTokens.cachedInputTokens,
      cache_write_5m: modelTokens.cacheWrite5mTokens ?? 0,
      cache_write_1h: modelTokens.cacheWrite1hTokens ?? 0,
      output: modelTokens.outputTokens,
      reasoning: modelTokens.reasoningTokens,
    },
    duration_ms: trial.durationMs,
    charged: 0,
    admission: { plan: verdict.plan, tokens_held: verdict.tokensHeld, refused: verdict.refused },
    secrets_left_out: trial.secretsLeftOut,
  })
}
