import { type Request, Router } from 'express';
import multer from 'multer';
import { signedIn } from '#accounts';
import { may } from '#lib/ctx.ts';
import { type ListDefinition, readListQuery } from '#lib/lists.ts';
import type { AppModule } from '#lib/module.ts';
import { renderView, viewTools } from '#lib/views.ts';
import { csrfAfterUpload } from '#lib/web/csrf.ts';
import { plainLocals } from '#lib/web/pages.ts';

const list: ListDefinition = {
  sorts: ['id'],
  defaultSort: { key: 'id', dir: 'asc' },
  defaultRange: 'month',
};

/** A page with one of each behaviour, and what it sent. */
export function workshop() {
  const posted: unknown[] = [];
  const state = { name: 'reading', done: 0 };
  const reported = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();

  const router = Router();
  router.use(signedIn);
  router.get('/', (req, res) => void res.send(page(req, state)));
  router.get('/done', (_req, res) => void res.send('done'));
  router.post('/hold', (req, res) => {
    const { _csrf, ...form } = req.body;
    posted.push(form);
    res.redirect(303, '/workshop/done');
  });
  router.post('/upload', multer({ defParamCharset: 'utf8' }).array('files'), csrfAfterUpload, (req, res) => {
    posted.push((req.files as Express.Multer.File[]).map((file) => file.originalname));
    res.redirect(303, '/workshop/done');
  });

  const module: AppModule = {
    name: 'workshop',
    permissions: [{ code: 'imports.view', name: '가져오기 보기', roles: ['office'] }],
    routes: [{ path: '/workshop', router }],
    watchables: [{ key: 'importId', mayWatch: async (ctx) => may(ctx, 'imports.view') }],
    jobs: [
      {
        name: 'workshop.read',
        run: async (_ctx, _data, progress) => {
          progress(500, 1000, '읽는 중');
          reported.resolve();
          await finished.promise;
        },
      },
    ],
  };
  return { module, posted, state, reported: reported.promise, finish: finished.resolve };
}

function page(req: Request, state: { name: string; done: number }): string {
  const locals = { ...viewTools, ...plainLocals(req), title: '작업장' };
  const part = (name: string, data: object = {}) => renderView(`shared/${name}`, { ...locals, ...data });
  const query = readListQuery(req.query, list);
  const token = `<input type="hidden" name="_csrf" value="${locals.csrfToken}">`;
  const rows = Array.from({ length: 9 }, (_, i) => i + 1);
  const buttons = [{ label: '보류', action: '/workshop/hold', confirm: '고른 주문을 보류할까요?' }];

  return `<!doctype html><html lang="ko"><head>${part('_head')}</head>
<body data-behavior="shortcut confirm submit_once"><main><h1>작업장</h1>
${part('_list_toolbar', { path: '/workshop', query, dates: true, dateLabel: '주문일' })}
<form method="post" data-behavior="selection">${token}
  <table class="table-list">
    <thead><tr><th scope="col"><input type="checkbox" data-select-all aria-label="모두 선택"></th><th scope="col">번호</th></tr></thead>
    <tbody>${rows
      .map(
        (
          id,
        ) => `<tr><td><input type="checkbox" name="ids" value="${id}" data-select-row aria-label="${id}번 선택"></td>
        <td>${id}</td></tr>`,
      )
      .join('')}</tbody>
  </table>
  ${part('_selection_bar', { buttons })}
</form>
<form class="drop-area" data-behavior="drag_and_drop" method="post" enctype="multipart/form-data" action="/workshop/upload">${token}
  <input type="file" name="files" multiple accept=".xlsx" data-max-bytes="2048" aria-label="주문 파일">
  <ul class="chosen-files" data-file-list></ul>
  <p data-file-error role="alert"></p>
  <button class="btn btn-primary" type="submit" data-busy="올리는 중…">올리기</button>
</form>
${
  state.name === 'reading'
    ? `<div class="live-progress" data-behavior="progress" data-import-id="7" data-state="reading">
        <p aria-live="polite" data-progress-text>읽는 중…</p>
        <progress data-progress-bar max="1000" value="${state.done}" aria-label="진행"></progress></div>`
    : '<p>다 읽었습니다.</p>'
}
</main></body></html>`;
}
