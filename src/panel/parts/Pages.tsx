export const PAGE_SIZE = 50

/** The page number in the page's address; the first page if it is invalid. */
export function pageOf({ page }: { page?: string | string[] }): number {
  const asked = Number(page)
  return Number.isInteger(asked) && asked >= 1 && asked <= 100_000 ? asked : 1
}

/**
 * Links to other pages, if there are several; a page beyond the last links back to the last. `addressOf` keeps the
 * filter.
 */
export function Pages(props: { page: number; total: number; addressOf: (page: number) => string }) {
  const { page, total, addressOf } = props
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE))
  if (last === 1 && page === 1) return null
  return (
    <nav className="hub-choices" aria-label="Pages">
      {page > 1 && (
        <a className="hub-button" href={addressOf(Math.min(page - 1, last))}>
          Previous
        </a>
      )}
      <span className="hub-note">
        {page > last ? `There is no page ${page}: the last is ${last}` : `Page ${page} of ${last}`}
      </span>
      {page < last && (
        <a className="hub-button" href={addressOf(page + 1)}>
          Next
        </a>
      )}
    </nav>
  )
}
