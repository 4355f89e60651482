import { Router } from 'express';
import { allow } from '#accounts';
import { accessKinds } from '#lib/access.ts';
import { day } from '#lib/dates.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { newestStart } from './links.ts';
import { kindNames, kindTones, subjectWords } from './records.rules.ts';
import { countRecords, listPeople, listRecords, recordList } from './records.ts';
import { register, tablesWithoutPeople } from './register.ts';
import { latestVerification } from './verifying.ts';

export const recordRoutes = Router();

recordRoutes.get('/', allow('personal.records'), async (req, res) => {
  const asked = readListQuery(req.query, recordList, day(req.ctx.now()));
  const counts = await countRecords(req.ctx, asked);
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const kind = accessKinds.find((known) => known === asked.filters.kind);
  const total = kind ? (counts.get(kind) ?? 0) : all;
  const query = withinTotal(asked, total);
  res.render('personal/records', {
    query,
    total,
    records: await listRecords(req.ctx, query),
    people: await listPeople(req.ctx),
    verified: await latestVerification(req.ctx),
    start: await newestStart(req.ctx),
    kindNames,
    kindTones,
    subjectWords,
    tabs: [
      { value: '', label: '전체', count: all },
      ...accessKinds.map((name) => ({ value: name, label: kindNames[name], count: counts.get(name) ?? 0 })),
    ],
  });
});

export const registerRoutes = Router();

registerRoutes.get('/', allow('personal.register'), (_req, res) => {
  res.render('personal/register', { register, tablesWithoutPeople });
});
