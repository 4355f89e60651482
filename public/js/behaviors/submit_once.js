// On <body>: a form that writes is sent once, however often its button is pressed.

/** @param {HTMLElement} body */
export default function submitOnce(body) {
  const sent = new WeakSet();
  body.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), 5000); // an answer that is a download leaves the page standing
  });
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}
