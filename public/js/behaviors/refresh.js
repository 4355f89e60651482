// Keeps a part of the page fresh: it is fetched anew and put in the place of the old one.
//   <div data-behavior="refresh" data-every="10000" id="health"> … </div>
// Hidden pages rest. It keeps no session alive; a page that cannot be had leaves the old one standing and says so.

/** @param {HTMLElement} element */
export default function refresh(element) {
  let part = element;
  let asking = false;

  setInterval(async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const fresh = await fetchPart(part.id);
      if (!fresh) return location.reload(); // signed out, or something else stands here
      fresh.removeAttribute('data-behavior');
      part.replaceWith(fresh);
      part = fresh;
    } catch {
      part.classList.add('is-stale');
    } finally {
      asking = false;
    }
  }, Number(element.dataset.every));
}

async function fetchPart(id) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html', 'x-moa-passive': '1' } });
  if (!answer.ok && answer.status >= 500) throw new Error(`${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.getElementById(id);
}
