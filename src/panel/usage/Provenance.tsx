import type { UIFieldServerComponent } from 'payload'
import { inFull, inUtc } from '../../platform/kernel/in-words'
import { UUID } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { Card } from '../parts/Card'
import { userPage } from '../parts/links'
import { Table } from '../parts/Table'
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
    <Card
      title="Where the figures come from"
      action={isSettled(seen) && <CorrectUsage usageId={String(id)} tokens={seen.tokens} />}
      isField
    >
      <ul className="hub-legend" style={{ flexDirection: 'column' }}>
        {linesOf(seen).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Corrections seen={seen} />
      <p className="hub-note">
        <a href={userPage(seen.userId)}>{seen.userName ?? 'A user who is gone'}</a>
        {' · '}period from {inUtc(seen.periodStart)}
      </p>
    </Card>
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
      : `${inFull(seen.held)} were held while it was in flight.`,
    ...(seen.errorCode === 'ABANDONED'
      ? ['Its process ended before it was settled: the sweep settled it, free of charge.']
      : []),
  ]
}

function Corrections({ seen: { corrections } }: { seen: Seen }) {
  if (corrections.length === 0) return <p className="hub-note">Nobody has corrected it.</p>
  return (
    <Table
      rows={corrections}
      keyOf={({ id }) => id}
      columns={[
        { heading: 'Corrected', cell: ({ at }) => inUtc(at), note: ({ admin }) => admin ?? 'a former admin' },
        { heading: 'Why', isText: true, cell: ({ reason }) => reason },
        { heading: 'Before', cell: ({ before }) => inFull(before) },
        { heading: 'After', cell: ({ after }) => inFull(after) },
      ]}
    />
  )
}
