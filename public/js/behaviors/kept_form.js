// On <body>, when a form was sent too late: fills what was typed into its form again, and says so. What has no place on
// the page any more is shown as text.

/** @param {HTMLElement} body */
export default async function keptForm(body) {
  const token = body.querySelector('[name="_csrf"]').value;
  const answer = await fetch('/session/kept-form', {
    method: 'POST',
    headers: { accept: 'application/json', 'x-csrf-token': token },
    body: new URLSearchParams({ page: location.pathname + location.search }),
  }).catch(() => undefined);
  const { form: kept } = answer?.ok ? await answer.json() : {};
  if (!kept) return;

  const form = formOf(kept);
  if (form && 'fresh' in form.dataset) return; // it keeps drafts of its own, with as many lines as there were
  const { typed, left } = form ? fill(form, kept.fields) : { typed: true, left: kept.fields };
  tell(
    typed,
    left.filter(([, value]) => value !== ''),
  );
  (form?.querySelector('[data-restored]') ?? document.getElementById('main')).focus();
}

/** Rows of a table may each have a form of one address: what they hide tells them apart. */
function formOf({ action, fields }) {
  const forms = [...document.querySelectorAll('form[method="post"]')].filter((one) =>
    sameAddress(one, action),
  );
  const alike = (form) =>
    [...form.elements].filter(
      (field) =>
        field.type === 'hidden' &&
        fields.some(([name, value]) => name === field.name && value === field.value),
    ).length;
  return forms.sort((a, b) => alike(b) - alike(a))[0];
}

function sameAddress(form, action) {
  const path = (address) => new URL(address || location.href, location.href).pathname;
  return [form, ...form.querySelectorAll('[formaction]')].some(
    (one) => path(one.getAttribute('formaction') ?? one.getAttribute('action')) === path(action),
  );
}

/** Hidden fields and buttons are of the page, not of the person. Tells whether there was more, and what found no field. */
function fill(form, fields) {
  const names = new Set(fields.map(([name]) => name));
  const found = new Set();
  let typed = false;
  for (const field of form.elements) {
    if (!field.name || ['password', 'file'].includes(field.type)) continue;
    if (names.has(field.name)) found.add(field.name);
    if (['hidden', 'submit', 'button'].includes(field.type)) continue;
    typed ||= names.has(field.name);
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if (values.length > 0 && field.value !== values[0]) {
      field.value = values[0];
      field.dataset.restored = '';
    } else continue;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
  const left = fields.filter(([name]) => !found.has(name) && !name.startsWith('_'));
  return { typed: typed || left.length > 0, left };
}

function tell(typed, left) {
  const notice = document.createElement('div');
  notice.className = 'notice notice-info';
  notice.setAttribute('role', 'status');
  const words = document.createElement('span');
  words.textContent = typed
    ? '로그인이 끝나 저장하지 못한 내용을 되살렸습니다. 확인하고 다시 저장해 주세요.'
    : '로그인이 끝나 방금 누른 일은 처리하지 못했습니다. 이 화면에서 다시 눌러 주세요.';
  if (left.length > 0)
    words.append(` 이 화면에 없는 칸: ${left.map(([, value]) => `“${value}”`).join(', ')}`);
  notice.append(words);
  document.getElementById('main').prepend(notice);
}
