// <button type="button" data-behavior="print_page"> opens the browser's print window.

/** @param {HTMLButtonElement} button */
export default function printPage(button) {
  button.addEventListener('click', () => print());
}
