// On <body>: data-shortcut="/" on a field is focused by that key, on a link or button it is clicked.

/** @param {HTMLElement} body */
export default function shortcut(body) {
  body.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const target = body.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches('input, select, textarea')) {
      target.focus();
      target.select?.();
    } else target.click();
  });
}

function isTyping(element) {
  return element.matches('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
}
