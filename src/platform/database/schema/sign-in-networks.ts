/**
 * From where an account was signed in to, and how often that failed: wrong passwords lock it for their own network
 * (an IPv4 address, or the /64 of an IPv6 one), and too many over all networks close it to those that it does not know.
 * Known are also the networks of the sessions that there are.
 */
export const signInNetworksUp = [
  `alter table credentials add column failures_in_day int not null default 0, add column failures_since timestamptz`,
  `create table sign_in_networks (
     user_id uuid not null references users (id) on delete cascade,
     network cidr not null,
     signed_in_at timestamptz,
     failed_logins int not null default 0,
     failed_at timestamptz,
     locked_until timestamptz,
     primary key (user_id, network)
   )`,
  // An address that PostgreSQL does not read must not stop the migration: its network becomes known at the next sign-in.
  `do $$ begin
     insert into sign_in_networks (user_id, network, signed_in_at)
     select user_id, network(set_masklen(address::inet, case family(address::inet) when 4 then 32 else 64 end)),
       max(created_at)
     from sessions where address ~ '^[0-9a-fA-F:.]+$' group by 1, 2;
   exception when invalid_text_representation then null;
   end $$`,
] as const

/** Undoes `signInNetworksUp`. */
export const signInNetworksDown = [
  `drop table if exists sign_in_networks`,
  `alter table credentials drop column if exists failures_in_day, drop column if exists failures_since`,
] as const
