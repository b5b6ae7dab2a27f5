import { userPage } from './links'

/** A user's name, as a link to their page; a deleted user has neither. */
export const UserName = ({ id, name }: { id: string; name: string | null }) =>
  name === null ? 'Deleted user' : <a href={userPage(id)}>{name}</a>
