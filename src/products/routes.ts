import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { Refusal } from '#lib/errors.ts';
import { blankForm, submit } from '#lib/forms.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { namingForm } from './forms.ts';
import { listOptions, optionList } from './queries.ts';
import { nameOptions } from './renaming.ts';

export const productRoutes = Router();
productRoutes.use(allow('products.view'));

productRoutes.get('/', async (req, res) => {
  await showOptions(req, res, '/products', 200, blankForm());
});

productRoutes.get('/new-options', async (req, res) => {
  await showOptions(req, res, '/products/new-options', 200, blankForm());
});

for (const path of ['/', '/new-options']) {
  productRoutes.post(path, allow('products.edit'), async (req, res) => {
    const page = path === '/' ? '/products' : '/products/new-options';
    const form = await submit(namingForm, req.body, async (namings) => {
      if (namings.length === 0) throw new Refusal('확인할 옵션을 골라 주세요.');
      await nameOptions(req.ctx, namings);
      return namings.length;
    });
    if (!form.done) return showOptions(req, res, page, form.status, form);

    req.flash(
      'success',
      `옵션 ${form.value}개의 이름을 저장했습니다. 같은 이름으로 오는 주문에 그대로 씁니다.`,
    );
    res.redirect(303, req.originalUrl.replace(/^\/products\/new-options\?.*/, '/products/new-options'));
  });
}

async function showOptions(
  req: Request,
  res: Response,
  path: string,
  status: number,
  form: ReturnType<typeof blankForm>,
): Promise<void> {
  const inbox = path.endsWith('new-options');
  const read = readListQuery(req.query, optionList);
  const asked = inbox ? { ...read, filters: { ...read.filters, state: 'new' } } : read;
  const { counts } = await listOptions(req.ctx, { ...asked, page: 1 });
  const total = asked.filters.state === 'new' ? counts.new : counts.all;
  const query = withinTotal(asked, total);
  const { options } = await listOptions(req.ctx, query);
  res.status(status).render('products/options', {
    form,
    path,
    inbox,
    query: { ...query, filters: read.filters },
    options,
    counts,
    total,
  });
}
