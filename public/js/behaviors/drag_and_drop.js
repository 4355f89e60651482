// <form data-behavior="drag_and_drop" method="post" enctype="multipart/form-data"> takes files dropped anywhere on
// it. Inside it:
//   <input type="file" name="files" multiple accept=".xlsx" data-max-bytes="52428800">
//   <ul class="chosen-files" data-file-list></ul>      names, sizes and a button to take one out again
//   <p data-file-error role="alert"></p>               what was refused, and why
//   <button type="submit" data-busy="올리는 중…">        shows that text while the files travel
// data-auto-submit on the form sends the files as soon as they are chosen.

/** @param {HTMLFormElement} form */
export default function dragAndDrop(form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector('[data-file-list]');
  const error = form.querySelector('[data-file-error]');
  let files = [];

  const take = (added) => {
    const checked = added.map((file) => ({ file, problem: problemOf(file, input) }));
    const fit = checked.filter(({ problem }) => !problem).map(({ file }) => file);
    const known = new Set(fit.map(keyOf));
    files = input.multiple ? [...files.filter((file) => !known.has(keyOf(file))), ...fit] : fit.slice(0, 1);
    if (error) error.textContent = checked.flatMap(({ problem }) => problem ?? []).join(' ');
    show();
    if (fit.length > 0 && form.hasAttribute('data-auto-submit')) form.requestSubmit();
  };
  const show = () => {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    list?.replaceChildren(...files.map((file) => rowOf(file, () => remove(file))));
  };
  const remove = (file) => {
    files = files.filter((other) => other !== file);
    show();
    input.focus();
  };

  input.addEventListener('change', () => take([...input.files]));
  form.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) showBusy(form);
  });
  acceptDrops(form, take);
}

function acceptDrops(form, take) {
  let depth = 0;
  const hover = (change) => {
    depth = Math.max(depth + change, 0);
    form.classList.toggle('is-over', depth > 0);
  };
  form.addEventListener('dragenter', () => hover(1));
  form.addEventListener('dragleave', () => hover(-1));
  form.addEventListener('dragover', (event) => event.preventDefault());
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    hover(-depth);
    take([...event.dataTransfer.files]);
  });
  // A file that misses the area must not replace the page.
  for (const type of ['dragover', 'drop']) document.addEventListener(type, (event) => event.preventDefault());
}

function problemOf(file, input) {
  const endings = input.accept.split(',').filter((ending) => ending.startsWith('.'));
  const limit = Number(input.dataset.maxBytes ?? Number.POSITIVE_INFINITY);
  const name = file.name.toLowerCase();
  if (endings.length > 0 && !endings.some((ending) => name.endsWith(ending))) {
    return `'${file.name}'은 ${endings.join(', ')} 파일이 아니어서 뺐습니다.`;
  }
  if (file.size > limit) return `'${file.name}'은 ${sizeOf(limit)}를 넘어 뺐습니다.`;
  if (file.size === 0) return `'${file.name}'은 빈 파일이어서 뺐습니다.`;
}

function keyOf(file) {
  return `${file.name}/${file.size}/${file.lastModified}`;
}

function rowOf(file, remove) {
  const row = document.createElement('li');
  const name = document.createElement('span');
  name.className = 'file-name';
  name.textContent = file.name;
  const size = document.createElement('span');
  size.className = 'file-size';
  size.textContent = sizeOf(file.size);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn-quiet btn-icon';
  button.setAttribute('aria-label', `${file.name} 빼기`);
  button.textContent = '×';
  button.addEventListener('click', remove);
  row.append(name, size, button);
  return row;
}

function sizeOf(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(Math.round(bytes / 1024), 1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace('.0', '')} MB`;
}

function showBusy(form) {
  for (const button of form.querySelectorAll('button[data-busy]')) {
    button.textContent = button.dataset.busy;
    button.setAttribute('aria-disabled', 'true');
  }
}
