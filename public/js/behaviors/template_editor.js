// <form data-behavior="template_editor" data-preview-action="/…/preview"> with a [data-editor] and a [data-preview]:
// what is typed is shown at once in the preview, and buttons named "arrange" move columns without loading the page.
// The server does both; without this script the same buttons load the page it answers.

const typingPause = 400;

/** @param {HTMLFormElement} form */
export default function templateEditor(form) {
  let timer;
  let latest = 0;

  const fetchPage = async (button) => {
    const mine = ++latest;
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await fetch(form.dataset.previewAction, {
      method: 'POST',
      body,
      headers: { accept: 'text/html' },
    });
    if (!answer.ok || mine !== latest) return undefined;
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  };
  const refresh = async () => {
    const page = await fetchPage();
    if (page) swap(form, page, '[data-preview]');
  };
  const arrange = async (button) => {
    const page = await fetchPage(button);
    if (!page) return;
    swap(form, page, '[data-editor]');
    swap(form, page, '[data-preview]');
    focusAfter(form, button.value);
  };

  form.addEventListener('input', ({ target }) => {
    if (target.name === 'column_source') openConstant(target);
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), typingPause);
  });
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name="arrange"], button[data-refresh]');
    if (!button) return;
    event.preventDefault();
    clearTimeout(timer);
    const act = button.name === 'arrange' ? arrange(button) : refresh();
    act.catch(() => form.requestSubmit(button));
  });
  // Enter in a field would press the first button of the form, which moves columns.
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('input')) event.preventDefault();
  });
}

function swap(form, page, selector) {
  const fresh = page.querySelector(selector);
  if (fresh) form.querySelector(selector).replaceWith(document.adoptNode(fresh));
}

function openConstant(select) {
  const constant = select.closest('tr').querySelector('[name="column_constant"]');
  constant.readOnly = select.value !== 'constant';
}

/** The moved column keeps the focus, so that it can be moved on. */
function focusAfter(form, act) {
  const [verb, place] = act.split(':');
  const titles = form.querySelectorAll('[name="column_title"]');
  if (verb === 'add') return titles[titles.length - 1]?.focus();
  const at = Number(place) + (verb === 'up' ? -1 : verb === 'down' ? 1 : 0);
  const button = form.querySelector(`button[value="${verb}:${at}"]:not(:disabled)`);
  (button ?? titles[Math.min(at, titles.length - 1)])?.focus();
}
