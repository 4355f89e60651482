// Gives elements their behaviours: <div data-behavior="selection"> loads behaviors/selection.js and calls it.
for (const element of document.querySelectorAll('[data-behavior]')) {
  for (const name of element.dataset.behavior.split(' ')) {
    if (/^[a-z_]+$/.test(name))
      import(`./behaviors/${name}.js`).then((behavior) => behavior.default(element));
  }
}
