import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { rereadRegionsLater } from '#deliveries';
import { day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { checkAddress } from './address.rules.ts';
import { listSido, listSigungu } from './book.rules.ts';
import { loadRegionBook } from './book.ts';
import { changeRegion } from './changing.ts';
import { regionChangeForm, remoteAreaForm, tryForm } from './forms.ts';
import { classifyPostcode } from './postcode.rules.ts';
import { countRanges, listChanges, listRanges, type RangeState, rangeList } from './queries.ts';
import { regionOf } from './region.rules.ts';
import { addRemoteArea, listRemoteAreas, removeRemoteArea } from './remote-areas.ts';
import { firstDay } from './seeding.ts';
import { explainRegion, koreanDay, postcodeStatusNames, regionName, spanText } from './wording.ts';

export const routes = Router();

routes.get('/', allow('regions.view'), async (req, res) => {
  const asked = readListQuery(req.query, rangeList, day(req.ctx.now()));
  const counts = await countRanges(req.ctx, asked);
  const total = counts[(asked.filters.state || 'current') as RangeState];
  const query = withinTotal(asked, total);
  const ranges = await listRanges(req.ctx, query);
  const sidoNames = listSido(await loadRegionBook(req.ctx));
  res.render('regions/index', {
    query,
    counts,
    total,
    ranges,
    sidoNames,
    firstDay,
    spanText,
    form: blankForm(),
  });
});

/** Sent as a form, not as an address of a page: what is tried may be a customer's home. */
routes.post('/try', allow('regions.view'), async (req, res) => {
  const { code, address } = tryForm.parse(req.body ?? {});
  const book = await loadRegionBook(req.ctx);
  const region = regionOf(book, { postcode: code, address });
  const { addressSido, addressSigungu, agreement } = checkAddress(
    classifyPostcode(code, book),
    address,
    book,
  );
  res.render('regions/try', {
    form: blankForm({ code, address }),
    region,
    statusName: postcodeStatusNames[region.status],
    name: regionName(region),
    addressName: addressSido ? regionName({ sido: addressSido, sigungu: addressSigungu }) : '',
    agreement: address.trim() === '' ? '' : agreement,
    reasons: explainRegion(region, book),
  });
});

routes.get('/changes', allow('regions.view'), async (req, res) => {
  res.render('regions/changes', { changes: await listChanges(req.ctx), regionName, spanText });
});

routes.get('/change', allow('regions.edit'), async (req, res) => {
  const text = (name: string) => (typeof req.query[name] === 'string' ? req.query[name] : '');
  const [from, to, sido, sigungu] = ['from', 'to', 'sido', 'sigungu'].map(text) as [
    string,
    string,
    string,
    string,
  ];
  await renderChange(req, res, blankForm({ from, to, sido, sigungu, effective: day(req.ctx.now()) }));
});

routes.post('/change', allow('regions.edit'), async (req, res) => {
  const form = await submit(regionChangeForm, req.body, async ({ new_name, ...change }) => ({
    change,
    moved: await changeRegion(req.ctx, { ...change, newName: new_name === '1' }),
  }));
  if (!form.done) return renderChange(req, res.status(form.status), form);

  const { change, moved } = form.value;
  const pieces = moved.map((span) => `${spanText(span)}(${span.old ? regionName(span.old) : '지역 없음'})`);
  req.flash(
    'success',
    `구간을 바꿨습니다. ${koreanDay(change.effective)}부터 ${regionName(change)}입니다. 옮긴 번호: ${pieces.join(', ')}`,
  );
  if (change.effective > day(req.ctx.now()))
    return res.redirect(303, `/regions?state=scheduled&q=${change.from}`);

  await rereadRegionsLater(req.ctx, change);
  res.redirect(303, `/regions?q=${change.from}`);
});

async function renderChange(req: Request, res: Response, form: BlankForm): Promise<void> {
  const book = await loadRegionBook(req.ctx);
  const sidoNames = listSido(book);
  const sigunguNames = [...new Set(sidoNames.flatMap((sido) => listSigungu(book, sido)))];
  res.render('regions/change', { form, sidoNames, sigunguNames });
}

routes.get('/remote', allow('regions.view'), async (req, res) => {
  await renderRemote(req, res, blankForm());
});

routes.post('/remote', allow('regions.edit'), async (req, res) => {
  const form = await submit(remoteAreaForm, req.body, async (area) => {
    await addRemoteArea(req.ctx, area);
    return area;
  });
  if (!form.done) return renderRemote(req, res.status(form.status), form);

  req.flash('success', `추가 배송비 구간을 더했습니다: ${spanText(form.value)} ${form.value.label}`);
  res.redirect(303, '/regions/remote');
});

routes.post('/remote/:id/remove', allow('regions.edit'), async (req, res) => {
  await removeRemoteArea(req.ctx, Number(req.params.id) || 0);
  req.flash('success', '추가 배송비 구간을 지웠습니다.');
  res.redirect(303, '/regions/remote');
});

async function renderRemote(req: Request, res: Response, form: BlankForm): Promise<void> {
  const book = await loadRegionBook(req.ctx);
  const areas = (await listRemoteAreas(req.ctx)).map((area) => ({
    ...area,
    span: spanText({ from: area.from_code, to: area.to_code }),
    region: regionName(classifyPostcode(area.from_code, book)),
  }));
  res.render('regions/remote', { form, areas });
}
