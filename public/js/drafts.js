// Keeps what was typed into a form until it is saved, in this tab and for this person only: an hour on the phone ends
// the session, not the work. data-draft on the form names the person, data-fresh says that nothing was typed yet.

import { askJson } from './ask.js';

const prefix = 'moa-draft:';

/**
 * @param {HTMLFormElement} form
 * @param {{ makeRoom: (names: string[]) => void, filled: () => void }} rows how lines are added for what was kept
 */
export async function keepDraft(form, { makeRoom, filled }) {
  const name = `${prefix}${form.dataset.draft}:${form.getAttribute('action')}`;
  const empty = contentOf(form);

  const keep = () => {
    const now = fieldsOf(form);
    if (contentOf(form) === empty && 'fresh' in form.dataset) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(now));
  };

  if ('fresh' in form.dataset) {
    const kept = read(name);
    if (kept && !(await isSaved(kept))) {
      makeRoom(kept.map(([field]) => field));
      fill(form, kept);
      filled();
      form.dispatchEvent(new Event('draft:filled'));
      tellRestored(() => {
        sessionStorage.removeItem(name);
        location.reload();
      });
    } else sessionStorage.removeItem(name);
  }
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
  form.addEventListener('submit', keep);
}

function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== '_csrf' && typeof value === 'string');
}

/** Without the key, which differs from form to form. */
function contentOf(form) {
  return JSON.stringify(fieldsOf(form).filter(([name, value]) => name !== 'key' && value !== ''));
}

function read(name) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name) ?? 'null');
    return Array.isArray(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

async function isSaved(kept) {
  const key = Object.fromEntries(kept).key ?? '';
  return (await askJson(`/orders/new/saved?key=${encodeURIComponent(key)}`))?.saved === true;
}

function fill(form, kept) {
  const values = new Map(kept);
  for (const field of form.elements) {
    if (!field.name || field.name === '_csrf') continue;
    if (field.type === 'checkbox' || field.type === 'radio')
      field.checked = values.get(field.name) === field.value;
    else if (values.has(field.name)) field.value = values.get(field.name);
  }
}

function tellRestored(startAnew) {
  const place = document.querySelector('[data-draft-notice]');
  const notice = document.createElement('p');
  notice.className = 'notice notice-info';
  notice.setAttribute('role', 'status');
  const anew = document.createElement('button');
  anew.type = 'button';
  anew.className = 'btn btn-row';
  anew.textContent = '새로 쓰기';
  anew.addEventListener('click', startAnew);
  notice.append('적던 주문서를 되살렸습니다. ', anew);
  place?.append(notice);
}

/** Forgets the drafts of everybody but this person; of nobody but none when `person` is ''. */
export function forgetDrafts(person) {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(prefix) && !(person && name.startsWith(`${prefix}${person}:`)))
      sessionStorage.removeItem(name);
  }
}
