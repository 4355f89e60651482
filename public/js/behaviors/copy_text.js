// <button data-behavior="copy_text" data-copy="id"> copies what the element says, a list line by line.

/** @param {HTMLButtonElement} button */
export default function copyText(button) {
  const label = button.querySelector('span');
  const before = label.textContent;
  label.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    const element = document.getElementById(button.dataset.copy);
    label.textContent = (await copy(textOf(element), element))
      ? '복사했습니다'
      : '골라 두었습니다. Ctrl+C를 누르세요';
    setTimeout(() => {
      label.textContent = before;
    }, 3000);
  });
}

function textOf(element) {
  const items = [...element.querySelectorAll('li')];
  return (items.length > 0 ? items : [element]).map((item) => item.textContent.trim()).join('\n');
}

/** Without TLS browsers give no clipboard: then the text is marked for the keyboard. */
async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return false;
  }
}
