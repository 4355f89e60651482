import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { allow } from '#accounts';
import { day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { listUrl, readListQuery } from '#lib/lists.ts';
import { maskName } from '#lib/masking.ts';
import { idOf } from '#lib/web/request.ts';
import { readSearch, searchInWords } from '#orders';
import { listSido, listSigungu, loadRegionBook, regionName } from '#regions';
import { deliveryStateNames } from './bundling.rules.ts';
import { dispatchDeliveries } from './dispatching.ts';
import {
  deliveryList,
  deliveryTabs,
  filterInWords,
  filterOf,
  tabNames,
  unclassified,
} from './filter.rules.ts';
import { regionForm, selectionForm } from './forms.ts';
import { isCancelled, itemMarks } from './items.rules.ts';
import { listDeliveries } from './listing.ts';
import { findPrintRun, listPrintRuns, openPrintRun, printDeliveries, printRunList } from './printing.ts';
import { setRegion } from './region-fixing.ts';
import { byDistrict, loadList, pageStyle } from './sheets.rules.ts';
import { showDelivery } from './showing.ts';
import { lineStatusWords } from './wording.ts';

export const routes = Router();

routes.get('/', allow('deliveries.view'), async (req, res) => {
  const asked = readListQuery(req.query, deliveryList, day(req.ctx.now()));
  const listing = await listDeliveries(req.ctx, asked);
  const { filters, q } = listing.query;
  const search = readSearch(q);
  const book = await loadRegionBook(req.ctx);
  res.render('deliveries/index', {
    ...listing,
    tabs: deliveryTabs.map((tab) => ({
      value: tab === 'open' ? '' : tab,
      label: tabNames[tab],
      count: listing.counts.tabs[tab],
    })),
    sidoNames: listSido(book),
    sigunguNames: filters.sido ? listSigungu(book, filters.sido) : [],
    unclassified,
    searchWords: search ? searchInWords(search) : '',
    stateNames: deliveryStateNames,
    regionName,
    isCancelled,
    itemMarks,
  });
});

/** The filter comes in the fields of the form, by the names it has in the address. */
routes.post('/print', allow('deliveries.print'), async (req, res) => {
  const asked = readListQuery(req.body ?? {}, deliveryList, day(req.ctx.now()));
  const form = await submit(z.object({}), req.body, () => printDeliveries(req.ctx, filterOf(asked)));
  if (form.done) return res.redirect(303, `/deliveries/prints/${form.value}`);

  req.flash('danger', form.message);
  res.redirect(303, listUrl('/deliveries', asked));
});

routes.get('/prints', allow('deliveries.print'), async (req, res) => {
  const asked = readListQuery(req.query, printRunList, day(req.ctx.now()));
  res.render('deliveries/prints', { ...(await listPrintRuns(req.ctx, asked)), filterInWords });
});

routes.get('/prints/:id', allow('deliveries.print'), async (req, res) => {
  const run = await openPrintRun(req.ctx, idOf(req));
  res.render('deliveries/print_run', {
    run,
    districts: byDistrict(run.deliveries),
    loads: loadList(run.deliveries),
    filterWords: filterInWords(run.filter),
  });
});

/** Names the run in the margin of each page, where only a style sheet reaches. */
routes.get('/prints/:id/page.css', allow('deliveries.print'), async (req, res) => {
  const run = await findPrintRun(req.ctx, idOf(req));
  res.type('css').send(pageStyle({ ...run, filterWords: filterInWords(run.filter) }));
});

routes.post('/dispatch', allow('deliveries.dispatch'), async (req, res) => {
  const form = await submit(selectionForm, req.body, ({ ids }) => dispatchDeliveries(req.ctx, ids));
  if (form.done) req.flash('success', `상품 ${form.value}건을 직접전달로 발송했습니다.`);
  else req.flash('danger', form.errors.ids ?? form.message);
  res.redirect(303, listUrl('/deliveries', readListQuery(req.body ?? {}, deliveryList, day(req.ctx.now()))));
});

routes.get('/:id', allow('deliveries.view'), async (req, res) => {
  await renderDelivery(req, res, blankForm());
});

routes.post('/:id/region', allow('deliveries.fix_region'), async (req, res) => {
  const id = idOf(req);
  const form = await submit(regionForm(await loadRegionBook(req.ctx)), req.body, async (region) => {
    await setRegion(req.ctx, id, region);
    return region;
  });
  if (!form.done) return renderDelivery(req, res.status(form.status), form);

  req.flash('success', `지역을 정했습니다: ${regionName(form.value)}`);
  res.redirect(303, `/deliveries/${id}`);
});

async function renderDelivery(req: Request, res: Response, form: BlankForm): Promise<void> {
  const delivery = await showDelivery(req.ctx, idOf(req));
  const book = await loadRegionBook(req.ctx);
  res.render('deliveries/show', {
    ...delivery,
    nameInTitle: maskName(delivery.row.recipient_name), // a title stays in the history of the browser
    form,
    regions: listSido(book).map((sido) => ({ sido, districts: listSigungu(book, sido) })),
    stateNames: deliveryStateNames,
    statusWords: lineStatusWords,
    regionName,
    isCancelled,
    itemMarks,
  });
}
