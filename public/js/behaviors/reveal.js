// On <body>: <button data-reveal="order:12" formaction="/personal/reveal/order/12"> in a list shows that record unmasked
// without leaving the place: the page is fetched anew, and only what carries data-person-of="order:12" is replaced.

/** @param {HTMLElement} body */
export default function reveal(body) {
  body.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-reveal]');
    if (!button?.form) return;
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    const key = button.dataset.reveal;
    try {
      await post(button.formAction, button.form.elements._csrf.value);
      await showAnew(key);
    } catch {
      button.disabled = false;
      button.form.requestSubmit(button); // as it goes without scripts
    }
  });
}

async function post(address, token) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ _csrf: token }),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
}

async function showAnew(key) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const selector = `[data-person-of="${CSS.escape(key)}"]`;
  const places = document.querySelectorAll(selector);
  const fresh = page.querySelectorAll(selector);
  if (places.length === 0 || fresh.length !== places.length) throw new Error('the list has moved');
  for (const [at, place] of places.entries()) place.replaceWith(document.adoptNode(fresh[at]));
  document.querySelector(`${selector} a, ${selector}`)?.focus?.();
}
