// The form on this page in which something stands that was not sent.

/** @returns {HTMLFormElement | undefined} */
export function unsavedForm() {
  return [...document.querySelectorAll('form[method="post"]')].find(
    (form) => !('fresh' in form.dataset) && [...form.elements].some(isChanged),
  );
}

function isChanged(field) {
  if (!field.name || field.type === 'hidden' || field.type === 'password') return false;
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement)
    return [...field.options].some((option) => option.selected !== option.defaultSelected) && !isFirst(field);
  return 'defaultValue' in field && field.type !== 'file' && field.value !== field.defaultValue;
}

/** A list in which nothing was chosen shows its first entry. */
function isFirst(select) {
  return select.selectedIndex === 0 && ![...select.options].some((option) => option.defaultSelected);
}
