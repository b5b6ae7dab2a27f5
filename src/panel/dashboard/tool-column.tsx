import type { Column } from '../parts/Table'

/** The name of a row's tool, as a link to its page. */
export const toolColumn = (names: Map<string, string>): Column<{ toolId: string }> => ({
  heading: 'Tool',
  cell: ({ toolId }) => (
    <a href={`/admin/collections/tools/${toolId}`}>{names.get(toolId) ?? 'Deleted tool'}</a>
  ),
})
