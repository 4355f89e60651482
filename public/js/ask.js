// Asks our own server while a form is filled in. Undefined when there is no answer: the form works without.

/** @param {string} address */
export async function askJson(address) {
  try {
    const response = await fetch(address, { headers: { accept: 'application/json' } });
    if (response.status === 401) tellSignedOut();
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** Said once, as soon as it is known: the rest of the form can still be filled in. */
function tellSignedOut() {
  const place = document.querySelector('[data-draft-notice]');
  if (!place || place.querySelector('.is-signed-out')) return;
  const notice = document.createElement('p');
  notice.className = 'notice notice-warning is-signed-out';
  notice.setAttribute('role', 'alert');
  const link = document.createElement('a');
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = '다시 로그인';
  notice.append('로그인이 끝났습니다. ', link, '하면 적던 내용이 그대로 나옵니다.');
  place.append(notice);
}
