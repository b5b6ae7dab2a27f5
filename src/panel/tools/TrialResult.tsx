'use client'
import { inFull } from '../../platform/kernel/in-words'
import { ask, type Fault } from '../parts/ask'

/** The response of `POST /api/v1/admin/tools/{tool_id}/try`. */
type Trial = {
  usage_id: string
  output: Record<string, unknown> | null
  failure: { code: string; reason: string } | null
  tokens: number
  source: string
  duration_ms: number
  admission: { plan: string | null; tokens_held: number; refused: { code: string; message: string } | null }
  secrets_left_out: string[]
}

/** A trial, or why it failed. */
export type Trialled = { data: Trial } | Fault

/** The result of a trial, or why it could not run. */
export function TrialResult({ result }: { result: Trialled }) {
  if ('fault' in result) return <p className="hub-bad">{result.fault}</p>
  const { data: trial } = result
  const { admission, failure } = trial
  return (
    <div className="hub-result" data-trial={trial.usage_id}>
      {failure && (
        <p className="hub-bad">
          {failure.code}: {failure.reason}
        </p>
      )}
      <dl className="hub-facts">
        <Fact name="Would be charged" value={`${inFull(trial.tokens)} tokens`} />
        <Fact name="Known from" value={trial.source} />
        <Fact name="Would be held" value={`${inFull(admission.tokens_held)} tokens`} />
        <Fact name="Took" value={`${inFull(trial.duration_ms)} ms`} />
        <Fact name="Plan" value={admission.plan ?? 'none'} />
      </dl>
      {admission.refused ? (
        <p className="hub-warn">
          The call would be refused, {admission.refused.code}: {admission.refused.message}
        </p>
      ) : (
        <p className="hub-note">The call would be admitted.</p>
      )}
      {trial.secrets_left_out.length > 0 && (
        <p className="hub-warn">
          Called without {trial.secrets_left_out.join(', ')}: the draft goes elsewhere, and secrets belong to
          the published address.
        </p>
      )}
      {trial.output && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus
        <pre tabIndex={0}>{JSON.stringify(trial.output, null, 2)}</pre>
      )}
      <a className="hub-note" href={`/admin/collections/usage-logs/${trial.usage_id}`}>
        Its row in the usage log
      </a>
    </div>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** Requests a trial from the hub, as the panel's admin. */
export const askTrial = (id: string, body: { input: unknown; as: object }) =>
  ask<{ data: Trial }>(`/api/tools/${id}/try`, body, 'The tool could not be tried')
