"""The chain of who is told, as the part that it adds to the sweep's one statement a batch.

Half of the time left is told to whose turn it is; a fifth, or the last day, to their manager too; a breach
to the heads of service as well (`clocks.md`, enforcing). Whoever stands in for one of them is told *too*, not
instead: a wrong line about somebody's leave must not keep a warning from the person whose turn it is. What
was theirs who left goes to their team and its managers; where a manager is wanted and there is none, to the
heads of service; never to nobody.
"""

from deadlines.enums import NoticeKind

TO_MANAGERS = (NoticeKind.FIFTH, NoticeKind.LAST_DAY, NoticeKind.BREACH)
_TO_MANAGERS = ", ".join(f"'{kind}'" for kind in TO_MANAGERS)

# `told` has a row a notice. Each step names rows (notice, person) or (notice, team's mailbox), each once.
WRITE = f"""
WITH head AS (
  SELECT id FROM accounts_user WHERE is_active AND roles @> ARRAY['head_of_service']::varchar[]
), last_resort AS (
  SELECT id FROM head UNION ALL
  SELECT id FROM accounts_user
  WHERE is_active AND roles @> ARRAY['administrator']::varchar[] AND NOT EXISTS (SELECT FROM head)
), stands_in AS (
  SELECT absent_id, deputy_id FROM accounts_actingfor acting
  JOIN accounts_user absent ON absent.id = absent_id AND absent.is_active
  JOIN accounts_user deputy ON deputy.id = deputy_id AND deputy.is_active
  WHERE starts_at <= %(now)s AND ends_at > %(now)s
), turn AS (
  SELECT told.notice_id, told.kind, told.case_team_id, told.owner_id, told.owner_team_id,
    owner.is_active IS TRUE AS has_owner,
    told.kind IN ({_TO_MANAGERS}) OR owner.is_active IS FALSE AS wants_manager
  FROM told LEFT JOIN accounts_user owner ON owner.id = told.owner_id
), led AS (
  SELECT notice_id, case_team_id AS team_id FROM turn WHERE wants_manager
  UNION
  SELECT notice_id, owner_team_id FROM turn
  WHERE wants_manager AND NOT has_owner AND owner_team_id IS NOT NULL
  UNION
  SELECT notice_id, member.team_id FROM turn JOIN accounts_user_teams member ON member.user_id = owner_id
  WHERE wants_manager
), manager AS (
  SELECT DISTINCT notice_id, manager.id FROM led JOIN accounts_team team ON team.id = led.team_id
  JOIN accounts_user manager ON manager.id = team.manager_id AND manager.is_active
), named AS (
  SELECT notice_id, owner_id AS user_id, NULL::bigint AS team_id FROM turn WHERE has_owner
  UNION ALL
  SELECT notice_id, NULL, team.id FROM turn JOIN accounts_team team ON team.id = owner_team_id
  WHERE NOT has_owner AND team.mailbox <> ''
  UNION ALL
  SELECT notice_id, member.user_id, NULL FROM turn JOIN accounts_team team ON team.id = owner_team_id
  JOIN accounts_user_teams member ON member.team_id = team.id
  JOIN accounts_user person ON person.id = member.user_id AND person.is_active
  WHERE NOT has_owner AND team.mailbox = ''
  UNION ALL
  SELECT notice_id, id, NULL FROM manager
  UNION ALL
  SELECT notice_id, head.id, NULL FROM turn, head WHERE kind = '{NoticeKind.BREACH}'
  UNION ALL
  SELECT notice_id, last_resort.id, NULL FROM turn, last_resort
  WHERE wants_manager AND NOT EXISTS (SELECT FROM manager WHERE manager.notice_id = turn.notice_id)
), reached AS (
  SELECT * FROM named
  UNION
  SELECT notice_id, deputy_id, NULL FROM named JOIN stands_in ON absent_id = user_id
  UNION
  SELECT notice_id, last_resort.id, NULL FROM turn, last_resort
  WHERE NOT EXISTS (SELECT FROM named WHERE named.notice_id = turn.notice_id)
)
INSERT INTO escalations_telling (notice_id, user_id, team_id)
SELECT notice_id, user_id, team_id FROM reached
"""

# Whoever left between the sweep and the letter, or lost their mailbox: what waits for them goes on, as if the
# sweep found it now. `{mine}` says whose.
PASS_ON = f"""
WITH told AS (
  SELECT notice.id AS notice_id, notice.kind, clock.owner_id, clock.owner_team_id,
    cases_case.team_id AS case_team_id
  FROM escalations_telling telling JOIN deadlines_notice notice ON notice.id = telling.notice_id
  JOIN deadlines_deadline clock ON clock.id = notice.deadline_id
  JOIN cases_case ON cases_case.id = clock.case_id
  WHERE telling.told_at IS NULL AND {{mine}}
), passed AS ({WRITE} ON CONFLICT DO NOTHING)
UPDATE escalations_telling telling SET told_at = %(now)s WHERE told_at IS NULL AND {{mine}}
"""
