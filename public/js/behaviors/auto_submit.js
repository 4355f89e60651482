// <form method="get" data-behavior="auto_submit"> sends itself when a select or date changes.
// data-default="…" on a field keeps that value out of the address; fields of one data-default-group
// are left out only together.

const typingPause = 700;

/** @param {HTMLFormElement} form */
export default function autoSubmit(form) {
  let timer;
  const submitSoon = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), pause);
  };

  form.addEventListener('change', ({ target }) => {
    if (target.type === 'search') return;
    if (!target.reportValidity()) return;
    submitSoon(target.type === 'date' ? typingPause : 0);
  });
  form.addEventListener('keydown', () => clearTimeout(timer));
  form.addEventListener('formdata', ({ formData }) => leaveOutDefaults(form, formData));
}

function leaveOutDefaults(form, formData) {
  const groups = Map.groupBy(
    form.querySelectorAll('[data-default]'),
    (field) => field.dataset.defaultGroup ?? field.name,
  );
  for (const fields of groups.values()) {
    if (fields.every((field) => field.value === field.dataset.default)) {
      for (const field of fields) formData.delete(field.name);
    }
  }
}
