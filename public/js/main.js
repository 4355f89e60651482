// Gives elements their behaviours: <div data-behavior="selection"> loads behaviors/selection.js and calls it.
for (const element of document.querySelectorAll('[data-behavior]')) {
  for (const name of element.dataset.behavior.split(' ')) void load(name, element);
}

async function load(name, element) {
  const { default: behave } = await import(`./behaviors/${name}.js`);
  behave(element);
}
