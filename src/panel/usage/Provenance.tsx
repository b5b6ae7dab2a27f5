import type { UIFieldServerComponent } from 'payload'
import { UUID } from '../../platform/payload/payload-sql'
import { inFull, inUtc } from '../parts/numbers'
import '../parts/panel.css'
import { runtime } from '../../platform/runtime/runtime'
import { CorrectUsage } from './CorrectUsage'
import { readProvenance, type Seen } from './read-provenance'

const SOURCE: Record<string, string> = {
  reported: 'The endpoint reported this count.',
  counted: 'The hub counted input and output itself: the endpoint reported nothing.',
  fixed: 'The tool has a fixed price.',
  partial: 'The call broke off; what had been delivered was counted.',
  estimated:
    'The call broke off. The model reasons, which nobody sees: the charge is the time that it took, at the rate of its recent calls, within what was held.',
  unknown: 'Nothing is known of what was used, so nothing is charged.',
}

/** Where a call's figures come from, how many tokens were held for it, and who corrected it. */
export const Provenance: UIFieldServerComponent = async ({ id }) => {
  const seen = UUID.test(String(id ?? '')) ? await readProvenance(runtime().pool, String(id)) : null
  if (!seen) return null
  return (
    <section
      className="hub-card"
      aria-label="Where the figures come from"
      style={{ height: 'auto', marginBottom: 'var(--base)' }}
    >
      <div className="hub-card__head">
        <h3>Where the figures come from</h3>
        {isSettled(seen) && <CorrectUsage usageId={String(id)} tokens={seen.tokens} />}
      </div>
      <ul className="hub-legend" style={{ flexDirection: 'column' }}>
        {linesOf(seen).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Corrections seen={seen} />
      <p className="hub-note">
        <a href={`/admin/collections/users/${seen.userId}/overview`}>
          {seen.userName ?? 'A user who is gone'}
        </a>
        {' · '}period from {inUtc(seen.periodStart)}
      </p>
    </section>
  )
}

const isSettled = ({ status }: Seen) => status !== 'pending' && status !== 'trial'

function linesOf(seen: Seen): string[] {
  if (seen.status === 'pending')
    return [`Under way: ${inFull(seen.held)} tokens are held, nothing is charged yet.`]
  const source = SOURCE[seen.source ?? ''] ?? 'The row says nothing about its source.'
  const over = seen.tokens - seen.held
  return [
    `${inFull(seen.tokens)} tokens are charged. ${source}`,
    over > 0
      ? `${inFull(seen.held)} were held, ${inFull(over)} fewer than were used: what a call really used is charged in full.`
      : `${inFull(seen.held)} were held while it was under way.`,
    ...(seen.errorCode === 'ABANDONED'
      ? ['Its process ended before it was settled: the sweep settled it, free of charge.']
      : []),
  ]
}

function Corrections({ seen: { corrections } }: { seen: Seen }) {
  if (corrections.length === 0) return <p className="hub-note">Nobody has corrected it.</p>
  return (
    <div className="hub-scroll">
      <table className="hub-table">
        <thead>
          <tr>
            <th scope="col">Corrected</th>
            <th scope="col" className="hub-text">
              Why
            </th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {corrections.map((one) => (
            <tr key={one.id}>
              <td>
                {inUtc(one.at)}
                <div className="hub-note">{one.admin ?? 'a former admin'}</div>
              </td>
              <td className="hub-text">{one.reason}</td>
              <td>{inFull(one.before)}</td>
              <td>{inFull(one.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
