// <form data-behavior="dependent_select"> with <select data-parent> and <select data-child>, whose choices stand in
// groups labelled with the values of the parent: only the group of the chosen parent is offered.

/** @param {HTMLFormElement} form */
export default function dependentSelect(form) {
  const parent = form.querySelector('[data-parent]');
  const child = form.querySelector('[data-child]');
  const groups = [...child.querySelectorAll('optgroup')];

  const offer = () => {
    for (const group of groups) group.remove();
    const own = groups.find((group) => group.label === parent.value);
    if (own) child.append(own);
    child.disabled = !own;
  };
  parent.addEventListener('change', () => {
    child.value = '';
    offer();
  });
  offer();
}
