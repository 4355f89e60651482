import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { allow, confirmed, onceADay } from '#accounts';
import { day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { type ListSource, pageOf, wordsOf } from '#lib/list-source.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { permissionOf } from './asked.ts';
import { chosenKeys, forgetColumns, offerOf } from './choosing.ts';
import { choicesOf } from './columns.rules.ts';
import { downloadForm, shortestReason } from './forms.ts';
import { cancelDownload } from './making.ts';
import { downloadList, findDownload, listDownloads } from './queries.ts';
import { countRows, makeLater, requestDownload, rowsAtOnce } from './requesting.ts';
import { downloadStateNames, downloadStates, downloadStateTones } from './tables.ts';
import { takeFile } from './taking.ts';

/** The history, and for each list the page on which its columns are chosen. */
export function routesFor(lists: readonly ListSource[]): Router {
  const routes = Router();
  routes.use(allow('downloads.view'));

  routes.get('/', async (req, res) => {
    const asked = readListQuery(req.query, downloadList, day(req.ctx.now()));
    const { counts } = await listDownloads(req.ctx, { ...asked, page: 1 });
    const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
    const { state } = asked.filters;
    const total = state ? ([...counts].find(([name]) => name === state)?.[1] ?? 0) : all;
    const query = withinTotal(asked, total);
    const { downloads } = await listDownloads(req.ctx, query);
    res.render('downloads/index', {
      query,
      downloads,
      total,
      tabs: [
        { value: '', label: '전체', count: all },
        ...downloadStates.map((value) => ({
          value,
          label: downloadStateNames[value],
          count: counts.get(value) ?? 0,
        })),
      ],
      stateNames: downloadStateNames,
      tones: downloadStateTones,
      now: req.ctx.now(),
    });
  });

  for (const source of lists) {
    const path = `/new/${source.name}`;
    routes.get(path, allow(source.view), allow(permissionOf(source)), async (req, res) => {
      await renderChoice(req, res, source, req.query, blankForm());
    });

    const proven = confirmed({ minutes: onceADay, when: (req) => asksForPersonal(source, req.body) });
    routes.post(path, allow(source.view), allow(permissionOf(source)), proven, async (req, res) => {
      const body = (req.body ?? {}) as Record<string, unknown>;
      const query = readListQuery(body, source.definition, day(req.ctx.now()));
      const { columns, rememberedAs } = await offerOf(req.ctx, source, query);
      if (body.reset !== undefined) {
        await forgetColumns(req.ctx, rememberedAs);
        return renderChoice(req, res, source, body, blankForm({ reason: textOf(body.reason) }));
      }
      const form = await submit(downloadForm(columns), body, (input) =>
        requestDownload(req.ctx, source, { ...input, rememberedAs, query }),
      );
      if (!form.done) return renderChoice(req, res.status(form.status), source, body, form);
      if (form.value.ready) return sendFile(req, res, form.value.id);

      await makeLater(req.ctx, await findDownload(req.ctx, form.value.id));
      req.flash('info', '행이 많아 뒤에서 만듭니다. 다른 일을 하다가 이 화면에서 받으세요.');
      res.redirect(303, '/downloads');
    });
  }

  routes.post('/:id/file', async (req, res) => {
    await sendFile(req, res, idOf(req));
  });

  routes.post('/:id/cancel', async (req, res) => {
    await cancelDownload(req.ctx, idOf(req));
    req.flash('info', '다운로드를 취소했습니다.');
    res.redirect(303, '/downloads');
  });

  return routes;
}

/** A column we do not know beforehand belongs to a mall's own file, and may hold anything. */
function asksForPersonal(source: ListSource, body: Record<string, unknown> | undefined): boolean {
  const known = new Map(source.columns.map(({ key, personal }) => [key, personal === true]));
  return [body?.columns ?? []].flat().some((key) => known.get(String(key)) ?? true);
}

/** `input` is the address of the page, or what its form sent: both name the filter as the list's page does. */
async function renderChoice(
  req: Request,
  res: Response,
  source: ListSource,
  input: Record<string, unknown>,
  form: BlankForm,
): Promise<void> {
  const query = readListQuery(input, source.definition, day(req.ctx.now()));
  const { total, of, note } = await countRows(req.ctx, source, query);
  const { columns, rememberedAs } = await offerOf(req.ctx, source, query);
  const sent = form.message === '' ? undefined : [input.columns ?? []].flat().map(String);
  const choices = choicesOf(columns, sent ?? (await chosenKeys(req.ctx, rememberedAs)));
  res.render('downloads/new', {
    source,
    query,
    total,
    note,
    choices,
    form,
    words: wordsOf([of, source.inWords(query)]),
    backTo: pageOf(source, query),
    isLong: total > rowsAtOnce,
    shortestReason,
  });
}

async function sendFile(req: Request, res: Response, id: number): Promise<void> {
  const { row, parts } = await takeFile(req.ctx, id);
  res.attachment(row.file_name);
  res.type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  res.set('Content-Length', String(row.file_size));
  await pipeline(parts, res).catch((error: Error & { code?: string }) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error; // the person has closed the browser
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
